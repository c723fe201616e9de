//! Tokens, and what is burnt of them.

const BURNT: &str = "burnt_challenges";

/// Every column but the id, in no order that matters: cells are found by name.
macro_rules! select {
    ($($rest:tt)*) => {
        concat!(
            "select id, serial, manufacturer, model, secret, sealed_with, device, digits, algorithm, period, t0, suite,
                    counter, drift, last_step, state, since_by, since_at_ms, customer, holder, assigned_by,
                    assigned_at_ms, active_since_ms, starts_at_ms, expires_at_ms, failures, last_failure_at_ms, version
             from tokens ",
            $($rest)*
        )
    };
}

/// Whether a token's import is over: those of the others are in nobody's sight.
macro_rules! visible {
    () => {
        "(import_id is null or exists (select 1 from imports
                                       where imports.id = tokens.import_id and imports.state = 'committed'))"
    };
}

mod add;
mod row;

use super::repeat::{self, Before};
use super::row::{Wanted, whole};
use super::writing::Writing;
use super::{Store, audit};
use crate::domain::desk::ports::TokenDesk;
use crate::domain::flow::Secret;
use crate::domain::operator::{Made, Order, Repeatable};
use crate::domain::page::{Page, Paging};
use crate::domain::ports::{SerialTaken, StoreError, TokenStore, TokensAdded};
use crate::domain::pseudonym::Pseudonym;
use crate::domain::token::{self, Command, Decision, Filter, Make, Refusal, Token, TokenHolder, TokenId, step};
use crate::store::seal::Sealer;
use crate::store::sql::{Connection, params_from_iter};
use async_trait::async_trait;
use chrono::SubsecRound;
use row::all;

pub(super) use add::{Stub, Verdict, admit, judge, namesakes};
pub(super) use row::{insert, seal, update};

/// More tokens of one holder than these are not looked at, the oldest first.
const HOLDER_TOKENS_MAX: usize = 64;

/// The token of this id, whether or not its import is over. For those who have the id from an assignment: what is
/// given to somebody is in sight.
pub(super) fn load(connection: &Connection, sealer: &Sealer, id: TokenId) -> Result<Option<Token>, StoreError> {
    let mut statement = connection.prepare_keyed(row::TABLE, select!("where id = ?"))?;
    Ok(all(sealer, statement.query([id.as_bytes()])?)?.pop())
}

/// The token of this id, if it is in sight.
fn find(connection: &Connection, sealer: &Sealer, id: TokenId) -> Result<Option<Token>, StoreError> {
    let mut statement = connection.prepare_cached(select!("where id = ? and ", visible!()))?;
    Ok(all(sealer, statement.query([id.as_bytes()])?)?.pop())
}

/// The tokens in a holder's hands, the one given last first.
pub(super) fn of_holder(
    connection: &Connection,
    sealer: &Sealer,
    holder: &TokenHolder,
) -> Result<Vec<Token>, StoreError> {
    let sql = select!(
        "where holder = ?1 and state in ('assigned', 'active', 'locked')
         order by assigned_at_ms desc, id limit ?2"
    );
    let mut statement = connection.prepare_cached(sql)?;
    all(sealer, statement.query((sealer.holder(holder)?.as_bytes(), HOLDER_TOKENS_MAX as i64))?)
}

/// All that a customer has, whoever acts for it, and those that were revoked in these hands.
pub(super) fn of_customer(
    connection: &Connection,
    sealer: &Sealer,
    customer: Pseudonym,
) -> Result<Vec<Token>, StoreError> {
    let mut statement = connection.prepare_cached(select!("where customer = ?"))?;
    all(sealer, statement.query([customer.as_bytes()])?)
}

/// Tokens in the order of their serial numbers and manufacturers.
fn page(connection: &Connection, sealer: &Sealer, filter: &Filter, paging: &Paging) -> Result<Page<Token>, StoreError> {
    let (serial, manufacturer) =
        paging.behind.as_deref().map_or(("", ""), |key| key.split_once(' ').unwrap_or((key, "")));
    let mut wanted = Wanted::default();
    let behind = [serial, serial, manufacturer].map(|text| text.to_owned().into());
    wanted.all("serial >= ? and (serial > ? or manufacturer > ?)", behind);
    wanted.all(visible!(), []);
    wanted.want("serial = ?", filter.serial.as_ref().map(|serial| serial.as_str().to_owned()));
    let customer = filter.customer.as_ref().map(|id| sealer.customer(id)).transpose()?;
    wanted.want("customer = ?", customer.map(|customer| customer.as_bytes().to_vec()));
    wanted.want("state = ?", filter.state.map(|kind| kind.as_str().to_owned()));
    let (sql, values) = wanted.query(select!(""), "order by serial, manufacturer", paging.limit);
    let mut statement = connection.prepare_cached(&sql)?;
    let tokens = all(sealer, statement.query(params_from_iter(values))?)?;
    // A serial number has no blank in it.
    let key =
        |token: &Token| format!("{} {}", token.serial.as_str(), token.manufacturer.as_ref().map_or("", Make::as_str));
    Ok(Page::of(tokens, paging.limit, key))
}

/// Loads, decides, writes; runs inside the writer's transaction.
fn change(connection: &Writing<'_>, sealer: &Sealer, id: TokenId, command: &Command) -> Result<Decision, StoreError> {
    let step = step(command, find(connection, sealer, id)?);
    if let Some(token) = &step.write {
        update(connection, sealer, token)?;
    }
    audit::append(connection, &step.audit)?;
    Ok(step.decision)
}

/// Takes in one token, unless the call is the repeat of one that did.
fn enrol(
    connection: &Writing<'_>,
    sealer: &Sealer,
    order: &Order,
    call: &Repeatable,
    token: Token,
    holder: Option<TokenHolder>,
    secret: Option<&Secret>,
) -> Result<Result<Made<Token>, Refusal>, StoreError> {
    match repeat::find(connection, sealer, order, call)? {
        Before::Nothing => {}
        Before::OtherRequest => {
            audit::append(connection, &order.mismatch("token_enrol", "token".to_owned()))?;
            return Ok(Err(Refusal::Mismatch));
        }
        Before::Made { resource, secret } => {
            let made = TokenId::parse(&resource).map(|id| find(connection, sealer, id)).transpose()?.flatten();
            return Ok(made.map(|made| Made { made, secret }).ok_or(Refusal::Unknown));
        }
    }
    let namesakes = namesakes(connection, &token.serial, order.at)?;
    let taken = judge(connection, sealer, &token, &namesakes, None)? != Verdict::Fresh;
    let step = token::enrol(order, token, holder, taken);
    if let Some(token) = &step.write {
        admit(connection, sealer, token, &seal(sealer, token)?, &namesakes, None)?;
        repeat::keep(connection, sealer, order, call, &token.id.to_string(), secret.map(Secret::expose))?;
    }
    audit::append(connection, &step.audit)?;
    Ok(step.decision.map(|made| Made { made, secret: secret.cloned() }))
}

/// Whether a challenge is burnt for a token.
pub(super) fn is_burnt(connection: &Connection, id: TokenId, question: &str) -> Result<bool, StoreError> {
    let sql = "select 1 from burnt_challenges where token_id = ? and question = ?";
    Ok(connection.prepare_keyed(BURNT, sql)?.exists((id.as_bytes(), question))?)
}

/// Burns a challenge for a token: an error if it is burnt already.
pub(super) fn burn(connection: &Connection, id: TokenId, question: &str) -> Result<(), StoreError> {
    let sql = "insert into burnt_challenges (token_id, question) values (?, ?)";
    Ok(connection.prepare_keyed(BURNT, sql)?.put_one((id.as_bytes(), question), "a challenge was not burnt")?)
}

#[async_trait]
impl TokenStore for Store {
    async fn change_token(&self, id: TokenId, mut command: Command) -> Result<Decision, StoreError> {
        command.order = whole(command.order);
        let sealer = self.sealer.clone();
        self.writer.run(move |connection| change(connection, &sealer, id, &command)).await
    }

    async fn add_tokens(
        &self,
        order: Order,
        tokens: Vec<Token>,
    ) -> Result<Result<TokensAdded, SerialTaken>, StoreError> {
        let (sealer, order) = (self.sealer.clone(), whole(order));
        self.writer.run(move |connection| add::add(connection, &sealer, &order, &tokens)).await
    }

    async fn token(&self, id: TokenId) -> Result<Option<Token>, StoreError> {
        let sealer = self.sealer.clone();
        self.readers.run(move |connection| find(connection, &sealer, id)).await
    }

    async fn tokens_of_holder(&self, holder: &TokenHolder) -> Result<Vec<Token>, StoreError> {
        let (sealer, holder) = (self.sealer.clone(), holder.clone());
        self.readers.run(move |connection| of_holder(connection, &sealer, &holder)).await
    }
}

#[async_trait]
impl TokenDesk for Store {
    async fn tokens(&self, filter: Filter, paging: Paging) -> Result<Page<Token>, StoreError> {
        let sealer = self.sealer.clone();
        self.readers.run(move |connection| page(connection, &sealer, &filter, &paging)).await
    }

    async fn enrol_token(
        &self,
        order: Order,
        call: Repeatable,
        mut token: Token,
        holder: Option<TokenHolder>,
        secret: Option<Secret>,
    ) -> Result<Result<Made<Token>, Refusal>, StoreError> {
        let (sealer, order) = (self.sealer.clone(), whole(order));
        token.starts_at = token.starts_at.map(|time| time.trunc_subsecs(3));
        token.expires_at = token.expires_at.map(|time| time.trunc_subsecs(3));
        let enrol = move |connection: &Writing<'_>| {
            enrol(connection, &sealer, &order, &call, token.clone(), holder.clone(), secret.as_ref())
        };
        self.writer.run(enrol).await
    }
}
