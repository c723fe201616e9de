//! The audit trail: convert, one call of the desk, convert.

use super::trouble::Trouble;
use super::{BackOffice, customers};
use crate::api::operator::convert::{next_page, paging};
use crate::api::operator::generated::*;
use crate::api::operator::types::{AuditEntry, AuditPage, AuditSource, Fact, Facts, Timestamp};
use crate::api::runtime::Reject;
use crate::api::scalar::Invalid;
use crate::domain::audit::{Filter, Recorded, Source};
use crate::domain::operator::Operator;

impl BackOffice {
    pub(super) async fn list_audit(&self, call: AuditListCall<Operator>) -> Result<AuditListOk, Trouble> {
        let page = self.desk.audit_list(filter(&call.parameters)?).await?;
        let items = page.items.iter().map(entry).collect::<Result<_, _>>()?;
        Ok(AuditListOk::Status200 { body: AuditPage { items, next_page_token: next_page(page.next.as_deref())? } })
    }
}

fn filter(parameters: &AuditListParameters) -> Result<Filter, Reject> {
    let paging = paging(parameters.limit, parameters.page_token.as_ref())?;
    let token = paging.behind.map(|text| text.parse().map_err(|_| Reject::malformed("pageToken", "is none of ours")));
    Ok(Filter {
        customer: parameters.customer_id.as_ref().map(customers::id).transpose()?,
        actor: parameters.actor.as_ref().map(|text| text.as_str().to_owned()),
        action: parameters.action.as_ref().map(|text| text.as_str().to_owned()),
        subject: parameters.subject.as_ref().map(|text| text.as_str().to_owned()),
        since: parameters.since.map(|at| at.0),
        until: parameters.until.map(|at| at.0),
        behind: token.transpose()?.or(parameters.after.map(|sequence| sequence.get())),
        newest_first: parameters.newest_first.is_some_and(|first| first.0),
        limit: paging.limit,
    })
}

fn entry(entry: &Recorded) -> Result<AuditEntry, Invalid> {
    let source = match entry.source {
        Source::Dbx => AuditSource::Dbx,
        Source::Bne => AuditSource::Bne,
        Source::Operator => AuditSource::Operator,
        Source::Server => AuditSource::Server,
    };
    Ok(AuditEntry {
        sequence: entry.sequence.try_into()?,
        at: Timestamp(entry.at),
        source,
        actor: entry.actor.as_ref().map(|text| text.parse()).transpose()?,
        action: entry.action.parse()?,
        subject: entry.subject.parse()?,
        customer_id: entry.customer.as_ref().map(|customer| customer.as_str().parse()).transpose()?,
        customer_pseudonym: entry.pseudonym.map(|pseudonym| pseudonym.to_string().parse()).transpose()?,
        outcome: entry.outcome.parse()?,
        before: entry.before.as_deref().map(facts).transpose()?,
        after: entry.after.as_deref().map(facts).transpose()?,
        count: entry.count.try_into()?,
        request_id: entry.request_id.as_ref().map(|text| text.parse()).transpose()?,
        hash: entry.hash.to_string().parse()?,
    })
}

fn facts(facts: &[(String, String)]) -> Result<Facts, Invalid> {
    let fact = |(name, value): &(String, String)| Ok(Fact { name: name.parse()?, value: value.parse()? });
    facts.iter().map(fact).collect::<Result<Vec<_>, Invalid>>()?.try_into()
}
