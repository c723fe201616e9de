//! Applications: convert, one call of the desk, convert.

use super::BackOffice;
use super::trouble::Trouble;
use crate::api::operator::convert::{e_tag, next_page, paging, seen};
use crate::api::operator::generated::*;
use crate::api::operator::types::{self, ClientData, ClientPage, Timestamp};
use crate::api::runtime::Reject;
use crate::api::scalar::Invalid;
use crate::domain::client::{Business, Client, ClientId, Country, LabelError, Origin};
use crate::domain::operator::Operator;
use crate::domain::version::Versioned;
use std::collections::BTreeSet;

impl BackOffice {
    pub(super) async fn list_clients(&self, call: ClientListCall<Operator>) -> Result<ClientListOk, Trouble> {
        let parameters = &call.parameters;
        let page = self.desk.client_list(paging(parameters.limit, parameters.page_token.as_ref())?).await?;
        let items = page.items.iter().map(shown).collect::<Result<_, _>>()?;
        Ok(ClientListOk::Status200 { body: ClientPage { items, next_page_token: next_page(page.next.as_deref())? } })
    }

    pub(super) async fn view_client(&self, call: ClientViewCall<Operator>) -> Result<ClientViewOk, Trouble> {
        let client = self.desk.client_view(&id(&call.parameters.client_id)?).await?;
        Ok(ClientViewOk::Status200 { e_tag: e_tag(client.version)?, body: shown(&client)? })
    }

    pub(super) async fn put_client(&self, call: ClientPutCall<Operator>) -> Result<ClientPutOk, Trouble> {
        let client = client(&call.parameters.client_id, &call.body)?;
        let seen = seen(call.parameters.if_match.as_ref());
        let client = self.desk.client_put(self.order(&call), seen, client).await?;
        let (e_tag, body) = (e_tag(client.version)?, shown(&client)?);
        Ok(if client.is_new() {
            ClientPutOk::Status201 { e_tag, body }
        } else {
            ClientPutOk::Status200 { e_tag, body }
        })
    }

    pub(super) async fn delete_client(&self, call: ClientDeleteCall<Operator>) -> Result<ClientDeleteOk, Trouble> {
        let seen = seen(call.parameters.if_match.as_ref());
        self.desk.client_delete(self.order(&call), seen, id(&call.parameters.client_id)?).await?;
        Ok(ClientDeleteOk::Status204)
    }
}

/// An application's id, wherever it stands in a call.
pub(super) fn id(id: &types::ClientId) -> Result<ClientId, Reject> {
    ClientId::parse(id.as_str()).map_err(|problem| Reject::malformed("clientId", problem.to_string()))
}

fn client(name: &types::ClientId, data: &ClientData) -> Result<Client, Reject> {
    let ClientData { countries, businesses, channels } = data;
    let countries = countries.as_slice().iter().map(types::CountryCode::as_str);
    let businesses = businesses.as_slice().iter().map(types::BusinessCode::as_str);
    let channels = channels.as_slice().iter().map(types::ChannelId::as_str);
    Ok(Client {
        id: id(name)?,
        countries: labels("countries", countries, Country::parse)?,
        businesses: labels("businesses", businesses, Business::parse)?,
        channels: labels("channels", channels, Origin::parse)?,
    })
}

fn labels<'a, T: Ord>(
    field: &str,
    texts: impl Iterator<Item = &'a str>,
    parse: fn(&str) -> Result<T, LabelError>,
) -> Result<BTreeSet<T>, Reject> {
    let label =
        |(n, text)| parse(text).map_err(|problem| Reject::malformed(format!("{field}[{n}]"), problem.to_string()));
    texts.enumerate().map(label).collect()
}

fn shown(kept: &Versioned<Client>) -> Result<types::Client, Invalid> {
    let Client { id, countries, businesses, channels } = &kept.it;
    let countries: Vec<_> = countries.iter().map(|text| text.as_str().parse()).collect::<Result<_, _>>()?;
    let businesses: Vec<_> = businesses.iter().map(|text| text.as_str().parse()).collect::<Result<_, _>>()?;
    let channels: Vec<_> = channels.iter().map(|text| text.as_str().parse()).collect::<Result<_, _>>()?;
    Ok(types::Client {
        client_id: id.as_str().parse()?,
        countries: countries.try_into()?,
        businesses: businesses.try_into()?,
        channels: channels.try_into()?,
        version: kept.version.try_into()?,
        updated_at: Timestamp(kept.updated_at),
    })
}
