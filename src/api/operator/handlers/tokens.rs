//! Tokens: convert, one call of the desk, convert.

use super::device::{self, Described};
use super::trouble::Trouble;
use super::{BackOffice, customers};
use crate::api::operator::convert::{e_tag, next_page, paging, repeatable, seen};
use crate::api::operator::generated::*;
use crate::api::operator::types::{self, EnrolledToken, EntityTag, NewToken, Timestamp, TokenPage, TokenState};
use crate::api::runtime::Reject;
use crate::api::scalar::Invalid;
use crate::domain::flow::Secret;
use crate::domain::oath::Seed;
use crate::domain::operator::{Operator, Order};
use crate::domain::ports::Random;
use crate::domain::token::{
    Action, Device, Filter, Life, LifeKind, Make, Representative, Serial, Token, TokenHolder, TokenId,
};
use crate::tokenfile::{Algorithm, Kind, SeedBytes, TokenEntry, Usage, otpauth};
use data_encoding::HEXLOWER_PERMISSIVE;
use zeroize::Zeroizing;

/// Bytes of a seed that the server draws (RFC 4226 §4, R6: 160 bits are recommended).
const SEED_BYTES: usize = 20;

impl BackOffice {
    pub(super) async fn list_tokens(&self, call: TokenListCall<Operator>) -> Result<TokenListOk, Trouble> {
        let parameters = &call.parameters;
        let filter = Filter {
            serial: parameters.serial.as_ref().map(serial).transpose()?,
            customer: parameters.customer_id.as_ref().map(customers::id).transpose()?,
            state: parameters.state.map(life),
        };
        let page = self.desk.token_list(filter, paging(parameters.limit, parameters.page_token.as_ref())?).await?;
        let items = page.items.iter().map(|token| self.shown(token)).collect::<Result<_, _>>()?;
        Ok(TokenListOk::Status200 { body: TokenPage { items, next_page_token: next_page(page.next.as_deref())? } })
    }

    pub(super) async fn view_token(&self, call: TokenViewCall<Operator>) -> Result<TokenViewOk, Trouble> {
        let token = self.desk.token_view(id(&call.parameters.token_id)?).await?;
        Ok(TokenViewOk::Status200 { e_tag: e_tag(token.version)?, body: self.shown(&token)? })
    }

    pub(super) async fn enrol_token(&self, call: TokenEnrolCall<Operator>) -> Result<TokenEnrolOk, Trouble> {
        let order = self.order(&call);
        let repeat = repeatable(&call.parameters.idempotency_key, &TOKEN_ENROL, &call.body)?;
        let (token, holder) = (self.enrolled(&call.body, &order)?, holder(&call.body)?);
        let secret = call.body.seed.is_none().then(|| key_uri(&token)).transpose()?;
        let made = self.desk.token_enrol(order, repeat, token, holder, secret).await?;
        let key_uri = made.secret.map(|uri| uri.expose().parse()).transpose()?;
        let token = made.made;
        let body = EnrolledToken { token: self.shown(&token)?, key_uri };
        Ok(TokenEnrolOk::Status201 { e_tag: e_tag(token.version)?, body })
    }

    pub(super) async fn assign_token(&self, call: TokenAssignCall<Operator>) -> Result<TokenAssignOk, Trouble> {
        let body = &call.body;
        let action = Action::Assign(TokenHolder {
            customer: customers::id(&body.customer_id)?,
            representative: body.representative_id.as_ref().map(representative).transpose()?,
        });
        let parameters = &call.parameters;
        let order = self.order(&call);
        let (e_tag, body) = self.change(order, &parameters.token_id, parameters.if_match.as_ref(), action).await?;
        Ok(TokenAssignOk::Status200 { e_tag, body })
    }

    pub(super) async fn unassign_token(&self, call: TokenUnassignCall<Operator>) -> Result<TokenUnassignOk, Trouble> {
        let (order, parameters) = (self.order(&call), &call.parameters);
        let tag = parameters.if_match.as_ref();
        let (e_tag, body) = self.change(order, &parameters.token_id, tag, Action::Unassign).await?;
        Ok(TokenUnassignOk::Status200 { e_tag, body })
    }

    pub(super) async fn unlock_token(&self, call: TokenUnlockCall<Operator>) -> Result<TokenUnlockOk, Trouble> {
        let (order, parameters) = (self.order(&call), &call.parameters);
        let tag = parameters.if_match.as_ref();
        let (e_tag, body) = self.change(order, &parameters.token_id, tag, Action::Unlock).await?;
        Ok(TokenUnlockOk::Status200 { e_tag, body })
    }

    pub(super) async fn revoke_token(&self, call: TokenRevokeCall<Operator>) -> Result<TokenRevokeOk, Trouble> {
        let (order, parameters) = (self.order(&call), &call.parameters);
        let tag = parameters.if_match.as_ref();
        let (e_tag, body) = self.change(order, &parameters.token_id, tag, Action::Revoke).await?;
        Ok(TokenRevokeOk::Status200 { e_tag, body })
    }

    pub(super) async fn resync_token(&self, call: TokenResyncCall<Operator>) -> Result<TokenResyncOk, Trouble> {
        let (order, parameters) = (self.order(&call), &call.parameters);
        let first = Secret::new(call.body.first_code.as_str());
        let action = Action::Resync { first, second: Secret::new(call.body.second_code.as_str()) };
        let tag = parameters.if_match.as_ref();
        let (e_tag, body) = self.change(order, &parameters.token_id, tag, action).await?;
        Ok(TokenResyncOk::Status200 { e_tag, body })
    }

    pub(super) async fn test_token(&self, call: TokenTestCall<Operator>) -> Result<TokenTestOk, Trouble> {
        let (order, parameters) = (self.order(&call), &call.parameters);
        let action = Action::Test(Secret::new(call.body.code.as_str()));
        let tag = parameters.if_match.as_ref();
        let (e_tag, body) = self.change(order, &parameters.token_id, tag, action).await?;
        Ok(TokenTestOk::Status200 { e_tag, body })
    }

    async fn change(
        &self,
        order: Order,
        token: &types::TokenId,
        if_match: Option<&EntityTag>,
        action: Action,
    ) -> Result<(EntityTag, types::Token), Trouble> {
        let token = self.desk.token_change(order, id(token)?, seen(if_match), action).await?;
        Ok((e_tag(token.version)?, self.shown(&token)?))
    }

    /// The token of a call, with a seed that is drawn if none is given.
    fn enrolled(&self, body: &NewToken, order: &Order) -> Result<Token, Reject> {
        let device = Described::from(body).device().map_err(device::malformed)?;
        let seed = match &body.seed {
            Some(seed) => read_seed(seed)?,
            None if matches!(device, Device::Ocra(_)) => return Err(Reject::malformed("seed", "missing")),
            None => {
                let mut bytes = Zeroizing::new([0; SEED_BYTES]);
                self.desk.random.fill(&mut *bytes);
                Seed::new(&*bytes).map_err(|problem| Reject::malformed("seed", problem.to_string()))?
            }
        };
        let random: &dyn Random = &*self.desk.random;
        let token = Token::imported(TokenId::random(random), serial(&body.serial)?, device, seed, order.stamp());
        Ok(Token {
            manufacturer: body.manufacturer.as_ref().map(|text| make("manufacturer", text)).transpose()?,
            model: body.model.as_ref().map(|text| make("model", text)).transpose()?,
            starts_at: body.starts_at.map(|at| at.0),
            expires_at: body.expires_at.map(|at| at.0),
            ..token
        })
    }

    fn shown(&self, token: &Token) -> Result<types::Token, Invalid> {
        let (since, by) = match &token.life {
            Life::Imported { since } | Life::Locked { since, .. } | Life::Revoked { since, .. } => {
                (since.at, Some(&since.by))
            }
            Life::Assigned(assignment) => (assignment.given.at, Some(&assignment.given.by)),
            Life::Active { since, .. } => (*since, None),
        };
        let active_since = match &token.life {
            Life::Active { since, .. } => Some(*since),
            Life::Locked { active_since, .. } => *active_since,
            Life::Imported { .. } | Life::Assigned(_) | Life::Revoked { .. } => None,
        };
        let given = token.assignment().map(|assignment| &assignment.given);
        let holder = token.last_holder();
        let representative = holder.and_then(|holder| holder.representative.as_ref());
        let waits_until = self.desk.rules.policy.tokens.waits_until(token.failures);
        let mut shown = types::Token {
            token_id: token.id.to_string().parse()?,
            serial: token.serial.as_str().parse()?,
            manufacturer: token.manufacturer.as_ref().map(|make| make.as_str().parse()).transpose()?,
            model: token.model.as_ref().map(|make| make.as_str().parse()).transpose()?,
            kind: device::kind(token.device.kind()),
            digits: None,
            algorithm: None,
            period: None,
            t0: None,
            counter: None,
            drift: None,
            last_step: None,
            suite: None,
            state: token.life.as_str().parse()?,
            state_since: Timestamp(since),
            state_by: by.map(|by| by.as_str().parse()).transpose()?,
            customer_id: holder.map(|holder| holder.customer.as_str().parse()).transpose()?,
            representative_id: representative.map(|text| text.as_str().parse()).transpose()?,
            assigned_at: given.map(|given| Timestamp(given.at)),
            assigned_by: given.map(|given| given.by.as_str().parse()).transpose()?,
            active_since: active_since.map(Timestamp),
            starts_at: token.starts_at.map(Timestamp),
            expires_at: token.expires_at.map(Timestamp),
            failures: u64::from(token.failures.count).try_into()?,
            last_failure_at: token.failures.last_at.map(Timestamp),
            waits_until: waits_until.filter(|until| self.desk.clock.now() < *until).map(Timestamp),
            version: token.version.try_into()?,
        };
        device::show(&token.device, &mut shown)?;
        Ok(shown)
    }
}

/// A token's id, wherever it stands in a call.
fn id(id: &types::TokenId) -> Result<TokenId, Reject> {
    TokenId::parse(id.as_str()).ok_or_else(|| Reject::malformed("tokenId", "names no token"))
}

pub(super) fn serial(text: &types::Serial) -> Result<Serial, Reject> {
    Serial::parse(text.as_str()).map_err(|problem| Reject::malformed("serial", problem.to_string()))
}

pub(super) fn make(location: &'static str, text: &types::Make) -> Result<Make, Reject> {
    Make::parse(text.as_str()).map_err(|problem| Reject::malformed(location, problem.to_string()))
}

/// A representative, wherever it stands in a call.
pub(super) fn representative(text: &types::RepresentativeId) -> Result<Representative, Reject> {
    Representative::parse(text.as_str()).map_err(|problem| Reject::malformed("representativeId", problem.to_string()))
}

pub(super) fn read_seed(text: &types::Seed) -> Result<Seed, Reject> {
    let bytes = HEXLOWER_PERMISSIVE.decode(text.as_str().as_bytes()).map(Zeroizing::new);
    let seed = bytes.ok().and_then(|bytes| Seed::new(&bytes).ok());
    seed.ok_or_else(|| Reject::malformed("seed", "is no seed of 16 to 128 bytes in hexadecimal"))
}

fn holder(body: &NewToken) -> Result<Option<TokenHolder>, Reject> {
    let representative = body.representative_id.as_ref().map(representative).transpose()?;
    match &body.customer_id {
        Some(customer) => Ok(Some(TokenHolder { customer: customers::id(customer)?, representative })),
        None if representative.is_some() => Err(Reject::malformed("customerId", "missing: it has a representative")),
        None => Ok(None),
    }
}

fn life(state: TokenState) -> LifeKind {
    match state {
        TokenState::Imported => LifeKind::Imported,
        TokenState::Assigned => LifeKind::Assigned,
        TokenState::Active => LifeKind::Active,
        TokenState::Locked => LifeKind::Locked,
        TokenState::Revoked => LifeKind::Revoked,
    }
}

/// What an authenticator app is set up with. Apps know neither another beginning of time nor challenges.
fn key_uri(token: &Token) -> Result<Secret, Reject> {
    let unfit = |problem: &dyn ToString| Reject::malformed("seed", format!("missing: {}", problem.to_string()));
    let kind = match &token.device {
        Device::Hotp { digits, counter } => Kind::Hotp { digits: digits.count(), counter: *counter },
        Device::Totp { totp, drift, .. } => Kind::Totp {
            digits: totp.digits.count(),
            period_secs: totp.period.seconds(),
            algorithm: match totp.algorithm {
                crate::domain::oath::HashAlgorithm::Sha1 => Algorithm::Sha1,
                crate::domain::oath::HashAlgorithm::Sha256 => Algorithm::Sha256,
                crate::domain::oath::HashAlgorithm::Sha512 => Algorithm::Sha512,
            },
            t0: u64::try_from(totp.t0).unwrap_or_default(),
            drift_steps: i32::try_from(drift.steps()).unwrap_or_default(),
        },
        Device::Ocra(_) => return Err(unfit(&"a token that answers challenges has one already")),
    };
    let seed = SeedBytes::new(Zeroizing::new(token.seed.expose().to_vec()));
    let entry = TokenEntry {
        line: 1,
        serial: token.serial.as_str().to_owned(),
        manufacturer: None,
        model: None,
        kind,
        seed: seed.ok_or_else(|| unfit(&"the one that was drawn is of no use"))?,
        start: None,
        expiry: None,
        usage: Usage::ANY,
        issuer: token.manufacturer.as_ref().map(|make| make.as_str().to_owned()),
        account: None,
    };
    let uri = otpauth::write(&entry).map_err(|problem| unfit(&problem))?;
    // Before the token is made: one whose URI does not fit the answer would be there, and nobody could be set up with it.
    uri.parse::<types::KeyUri>().map_err(|_| unfit(&"names as long as these do not fit into a key URI"))?;
    Ok(Secret::new(&uri))
}
