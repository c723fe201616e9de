//! Flows and their proofs: convert, one call of the desk, convert.

use super::trouble::Trouble;
use super::{BackOffice, customers};
use crate::api::operator::convert::{next_page, paging};
use crate::api::operator::generated::*;
use crate::api::operator::types::{self, AddressKind, FlowPage, FlowPurpose, FlowRedemption, Timestamp};
use crate::api::runtime::Reject;
use crate::api::scalar::Invalid;
use crate::domain::flow::{Destination, Expected, ExpectedError, FlowId, Secret, Sight, Standing};
use crate::domain::operator::Operator;
use crate::domain::policy::Purpose;
use crate::domain::recipient::{Channel, PhoneNumber};

impl BackOffice {
    pub(super) async fn list_flows(&self, call: FlowListCall<Operator>) -> Result<FlowListOk, Trouble> {
        let parameters = &call.parameters;
        let customer = customers::id(&parameters.customer_id)?;
        let page = self.desk.flow_list(customer, paging(parameters.limit, parameters.page_token.as_ref())?).await?;
        let items = page.items.iter().map(shown).collect::<Result<_, _>>()?;
        Ok(FlowListOk::Status200 { body: FlowPage { items, next_page_token: next_page(page.next.as_deref())? } })
    }

    pub(super) async fn view_flow(&self, call: FlowViewCall<Operator>) -> Result<FlowViewOk, Trouble> {
        let flow = self.desk.flow_view(&Secret::new(call.body.service_key.as_str())).await?;
        Ok(FlowViewOk::Status200 { body: shown(&flow)? })
    }

    pub(super) async fn redeem_flow(&self, call: FlowRedeemCall<Operator>) -> Result<FlowRedeemOk, Trouble> {
        let (order, expected) = (self.order(&call), expected(&call.body)?);
        let flow = self.desk.flow_redeem(order, &Secret::new(call.body.service_key.as_str()), expected).await?;
        Ok(FlowRedeemOk::Status200 { body: shown(&flow)? })
    }
}

fn expected(body: &FlowRedemption) -> Result<Expected, Reject> {
    let customer = body.customer_id.as_ref().map(customers::id).transpose()?;
    let phone = body.phone.as_ref().map(|phone| PhoneNumber::parse(phone.as_str())).transpose();
    let phone = phone.map_err(|problem| Reject::malformed("phone", problem.to_string()))?;
    let purpose = match body.purpose {
        FlowPurpose::PreLogin => Purpose::PreLogin,
        FlowPurpose::SecurityQuestions => Purpose::SecurityQuestions,
    };
    Expected::new(purpose, customer, phone).map_err(|error| {
        let location = match error {
            ExpectedError::Phone => "phone",
            ExpectedError::Customer => "customerId",
        };
        Reject::malformed(location, error.to_string())
    })
}

/// A flow's id, wherever it stands in a call.
pub(super) fn id(id: &types::FlowId) -> Result<FlowId, Reject> {
    FlowId::parse(id.as_str()).ok_or_else(|| Reject::malformed("flowId", "names no flow"))
}

/// A channel, in the document's words.
pub(super) fn kind(channel: Channel) -> AddressKind {
    match channel {
        Channel::Sms => AddressKind::Sms,
        Channel::Email => AddressKind::Email,
    }
}

/// A purpose, in the document's words.
pub(super) fn purpose(purpose: Purpose) -> FlowPurpose {
    match purpose {
        Purpose::PreLogin => FlowPurpose::PreLogin,
        Purpose::SecurityQuestions => FlowPurpose::SecurityQuestions,
    }
}

fn shown(flow: &Sight) -> Result<types::Flow, Invalid> {
    let (ended, code_expires) = match flow.standing {
        Standing::Verified { at } | Standing::Locked { at } => (Some(at), None),
        Standing::Sent { code_expires_at } => (None, Some(code_expires_at)),
        Standing::Started | Standing::Expired => (None, None),
    };
    // Of a verified flow it matters where the right code went, and nothing else.
    let verified = matches!(flow.standing, Standing::Verified { .. });
    let destinations = flow.destinations.iter().flatten().filter(|to| to.chosen || !verified);
    let destination = |to: &Destination| Ok(types::Destination { kind: kind(to.channel), masked: to.masked.parse()? });
    Ok(types::Flow {
        flow_id: flow.id.to_string().parse()?,
        purpose: purpose(flow.purpose),
        state: flow.standing.as_str().parse()?,
        customer_id: flow.holder.as_ref().map(|holder| holder.customer.as_str().parse()).transpose()?,
        app: flow.holder.as_ref().map(|holder| holder.app.parse()).transpose()?,
        destinations: destinations.map(destination).collect::<Result<_, Invalid>>()?,
        opened_at: Timestamp(flow.opened_at),
        expires_at: Timestamp(flow.expires_at),
        code_expires_at: code_expires.map(Timestamp),
        ended_at: ended.map(Timestamp),
        failed_attempts: u64::from(flow.failed_attempts).try_into()?,
        redeemed_by: flow.redeemed.as_ref().map(|stamp| stamp.by.as_str().parse()).transpose()?,
        redeemed_at: flow.redeemed.as_ref().map(|stamp| Timestamp(stamp.at)),
    })
}
