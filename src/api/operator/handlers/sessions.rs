//! Sessions: convert, one call of the desk, convert.

use super::BackOffice;
use super::trouble::Trouble;
use super::{clients, customers};
use crate::api::operator::convert::{next_page, paging, repeatable};
use crate::api::operator::generated::*;
use crate::api::operator::types::{self, ClosedSession, SessionClosing, SessionPage, Timestamp};
use crate::api::runtime::Reject;
use crate::api::scalar::Invalid;
use crate::domain::flow::Secret;
use crate::domain::operator::{Operator, Stamp};
use crate::domain::session::{Filter, Lifetime, Listed, SessionId, Which};

impl BackOffice {
    pub(super) async fn list_sessions(&self, call: SessionListCall<Operator>) -> Result<SessionListOk, Trouble> {
        let parameters = &call.parameters;
        let filter = Filter {
            client: parameters.client_id.as_ref().map(clients::id).transpose()?,
            customer: parameters.customer_id.as_ref().map(customers::id).transpose()?,
        };
        let page = self.desk.session_list(filter, paging(parameters.limit, parameters.page_token.as_ref())?).await?;
        let items = page.items.iter().map(shown).collect::<Result<_, _>>()?;
        Ok(SessionListOk::Status200 { body: SessionPage { items, next_page_token: next_page(page.next.as_deref())? } })
    }

    pub(super) async fn open_session(&self, call: SessionOpenCall<Operator>) -> Result<SessionOpenOk, Trouble> {
        let order = self.order(&call);
        let repeat = repeatable(&call.parameters.idempotency_key, &SESSION_OPEN, &call.body)?;
        let body = &call.body;
        let lifetime = body.lifetime_secs.map_or(Some(Lifetime::DEFAULT), |secs| Lifetime::new(secs.get()));
        let lifetime = lifetime.ok_or_else(|| Reject::malformed("lifetimeSecs", "is out of bounds"))?;
        let (sid, client) = (Secret::new(body.sid.as_str()), clients::id(&body.client_id)?);
        let customer = body.customer_id.as_ref().map(customers::id).transpose()?;
        let session = self.desk.session_open(order, repeat, sid, client, customer, lifetime).await?;
        Ok(SessionOpenOk::Status201 { body: shown(&session)? })
    }

    pub(super) async fn close_session(&self, call: SessionCloseCall<Operator>) -> Result<SessionCloseOk, Trouble> {
        let closed = self.desk.session_close(self.order(&call), which(&call.body)?).await?;
        Ok(SessionCloseOk::Status200 { body: ClosedSession { transactions_closed: closed.try_into()? } })
    }
}

/// Which session is named: by one way and by no other.
fn which(closing: &SessionClosing) -> Result<Which, Reject> {
    match (&closing.session_id, &closing.sid, &closing.client_id) {
        (Some(id), None, None) => {
            let id = SessionId::parse(id.as_str());
            id.map(Which::Id).ok_or_else(|| Reject::malformed("sessionId", "names no session"))
        }
        (None, Some(sid), Some(client)) => {
            Ok(Which::Sid { sid: Secret::new(sid.as_str()), client: clients::id(client)? })
        }
        (Some(_), _, _) => Err(Reject::malformed("sessionId", "must come without sid and clientId")),
        (None, None, Some(_)) => Err(Reject::malformed("sid", "missing")),
        (None, Some(_), None) => Err(Reject::malformed("clientId", "missing")),
        (None, None, None) => Err(Reject::malformed("sessionId", "missing, and so are sid and clientId")),
    }
}

fn shown(listed: &Listed) -> Result<types::Session, Invalid> {
    let session = listed.session.as_ref();
    let closed: Option<&Stamp> = session.and_then(|session| session.closed.as_ref());
    let customer = session.and_then(|session| session.customer.as_ref());
    Ok(types::Session {
        session_id: listed.id.to_string().parse()?,
        client_id: listed.client.as_str().parse()?,
        registered: session.is_some(),
        customer_id: customer.map(|customer| customer.as_str().parse()).transpose()?,
        opened_by: session.map(|session| session.opened.by.as_str().parse()).transpose()?,
        opened_at: session.map(|session| Timestamp(session.opened.at)),
        expires_at: session.map(|session| Timestamp(session.expires_at)),
        closed_by: closed.map(|stamp| stamp.by.as_str().parse()).transpose()?,
        closed_at: closed.map(|stamp| Timestamp(stamp.at)),
        open_transactions: listed.open_transactions.try_into()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_named_by_one_way_and_by_no_other() {
        let id = "0123456789abcdef".repeat(4);
        let closing = |json: &str| {
            let closing: SessionClosing = serde_json::from_str(json).expect("the right shape");
            which(&closing).map_err(|reject| reject.location().map(str::to_owned))
        };
        let by_id = closing(&format!(r#"{{"sessionId":"{id}"}}"#));
        assert!(matches!(by_id, Ok(Which::Id(found)) if found.to_string() == id));
        let by_sid = closing(r#"{"sid":"s","clientId":"web"}"#);
        assert!(matches!(by_sid, Ok(Which::Sid { sid, client }) if sid.expose() == "s" && client.as_str() == "web"));
        let cases = [
            ("{}".to_owned(), "sessionId"),
            (r#"{"sid":"s"}"#.to_owned(), "clientId"),
            (r#"{"clientId":"web"}"#.to_owned(), "sid"),
            (format!(r#"{{"sessionId":"{id}","sid":"s"}}"#), "sessionId"),
            (format!(r#"{{"sessionId":"{id}","sid":"s","clientId":"web"}}"#), "sessionId"),
        ];
        for (json, location) in cases {
            assert_eq!(closing(&json).err(), Some(Some(location.to_owned())), "{json}");
        }
    }
}
