//! Phone prefixes: convert, one call of the desk, convert.

use super::trouble::Trouble;
use super::{BackOffice, flows};
use crate::api::operator::convert::{next_page, paging};
use crate::api::operator::generated::*;
use crate::api::operator::types::{self, PhonePrefix, PrefixPage, PrefixState, Timestamp};
use crate::api::runtime::Reject;
use crate::api::scalar::Invalid;
use crate::domain::operator::Operator;
use crate::domain::prefix::{Listed, Prefix, Reason, Ruling, Standing, State};

impl BackOffice {
    pub(super) async fn list_prefixes(&self, call: PrefixListCall<Operator>) -> Result<PrefixListOk, Trouble> {
        let parameters = &call.parameters;
        let standing = parameters.state.map(|state| match state {
            PrefixState::Open => Standing::Open,
            PrefixState::Slowed => Standing::Slowed,
            PrefixState::Stopped => Standing::Stopped,
            PrefixState::Blocked => Standing::Blocked,
            PrefixState::Exempt => Standing::Exempt,
        });
        let page = self.desk.prefix_list(standing, paging(parameters.limit, parameters.page_token.as_ref())?).await?;
        let items = page.items.iter().map(shown).collect::<Result<_, _>>()?;
        Ok(PrefixListOk::Status200 { body: PrefixPage { items, next_page_token: next_page(page.next.as_deref())? } })
    }

    pub(super) async fn block_prefix(&self, call: PrefixBlockCall<Operator>) -> Result<PrefixBlockOk, Trouble> {
        let body = &call.body;
        self.desk.prefix_block(self.order(&call), prefix(&body.prefix)?, reason(body.reason.as_ref())?).await?;
        Ok(PrefixBlockOk::Status204)
    }

    pub(super) async fn release_prefix(&self, call: PrefixReleaseCall<Operator>) -> Result<PrefixReleaseOk, Trouble> {
        let body = &call.body;
        let (prefix, reason) = (prefix(&body.prefix)?, reason(body.reason.as_ref())?);
        let exempt_until = body.exempt_until.map(|until| until.0);
        self.desk.prefix_release(self.order(&call), prefix, reason, exempt_until).await?;
        Ok(PrefixReleaseOk::Status204)
    }
}

fn prefix(text: &PhonePrefix) -> Result<Prefix, Reject> {
    let problem = |_| Reject::malformed("prefix", "must be a known country calling code and at most four digits");
    Prefix::parse(text.as_str()).map_err(problem)
}

fn reason(text: Option<&types::Reason>) -> Result<Option<Reason>, Reject> {
    let parse = |text: &types::Reason| {
        Reason::parse(text.as_str()).ok_or_else(|| Reject::malformed("reason", "must have 1 to 200 characters"))
    };
    text.map(parse).transpose()
}

fn shown(listed: &Listed) -> Result<types::Prefix, Invalid> {
    Ok(match listed {
        Listed::Kept(kept) => {
            let (sent, verified) = kept.window.totals();
            let (state, until) = match kept.state {
                State::Open => (PrefixState::Open, None),
                State::Slowed => (PrefixState::Slowed, None),
                State::Stopped { until } => (PrefixState::Stopped, Some(until)),
            };
            types::Prefix {
                prefix: kept.prefix.as_str().parse()?,
                purpose: Some(flows::purpose(kept.purpose)),
                state,
                since: Timestamp(kept.since),
                until: until.map(Timestamp),
                sent: Some(u64::from(sent).try_into()?),
                verified: Some(u64::from(verified).try_into()?),
                last_sent_at: kept.sent_at.map(Timestamp),
                set_by: None,
                reason: None,
            }
        }
        Listed::Ruled(ruled) => types::Prefix {
            prefix: ruled.prefix.as_str().parse()?,
            purpose: None,
            state: match ruled.ruling {
                Ruling::Blocked => PrefixState::Blocked,
                Ruling::Exempt { .. } => PrefixState::Exempt,
            },
            since: Timestamp(ruled.stamp.at),
            until: ruled.ruling.until().map(Timestamp),
            sent: None,
            verified: None,
            last_sent_at: None,
            set_by: Some(ruled.stamp.by.as_str().parse()?),
            reason: ruled.reason.as_ref().map(|reason| reason.as_str().parse()).transpose()?,
        },
    })
}
