//! Tokens, what is burnt of them, and their import.

use super::OpenError;
use super::flow::one_row;
use super::row::Cells;
use crate::domain::customer::CustomerId;
use crate::domain::flow::Timestamp;
use crate::domain::oath::ocra::PinHash;
use crate::domain::oath::ocra::suite::Suite;
use crate::domain::oath::totp::{Drift, Period, Totp};
use crate::domain::oath::{Digits, HashAlgorithm, Seed};
use crate::domain::operator::{Actor, Stamp};
use crate::domain::ports::{SerialTaken, StoreError, TokensAdded};
use crate::domain::token::{
    Assignment, Command, Decision, Device, DeviceKind, Failures, Life, Make, Ocra, Representative, Serial, Token,
    TokenHolder, TokenId, step,
};
use crate::store::seal::{Place, Sealer};
use rusqlite::{Connection, Row, TransactionBehavior, named_params};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

const TABLE: &str = "tokens";

/// More tokens of one holder than these are not looked at, the oldest first.
const HOLDER_TOKENS_MAX: usize = 64;

/// Every column but the id, in no order that matters: cells are found by name.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, serial, manufacturer, model, secret, sealed_with, device, digits, algorithm, period, t0, suite,
                    counter, drift, last_step, state, since_by, since_at_ms, customer_id, representative, assigned_by,
                    assigned_at_ms, active_since_ms, starts_at_ms, expires_at_ms, failures, last_failure_at_ms, version
             from tokens ",
            $rest
        )
    };
}

/// Why an import of tokens changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum TokenImportError<E> {
    /// An entry could not be had.
    #[error("an entry is not usable: {0}")]
    Entry(E),
    /// One is there already that makes other codes.
    #[error(transparent)]
    Taken(SerialTaken),
    /// The data file could not be opened for the import.
    #[error(transparent)]
    Open(OpenError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<E> From<rusqlite::Error> for TokenImportError<E> {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct SecretJson {
    seed: Vec<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pin: Option<Vec<u8>>,
}

impl Drop for SecretJson {
    fn drop(&mut self) {
        self.seed.zeroize();
        self.pin.zeroize();
    }
}

/// The columns of a device; those a device does not have are null.
#[derive(Default)]
struct DeviceRow {
    digits: Option<u8>,
    algorithm: Option<&'static str>,
    period: Option<u32>,
    t0: Option<i64>,
    suite: Option<String>,
    counter: Option<i64>,
    drift: Option<i64>,
    last_step: Option<i64>,
}

impl DeviceRow {
    fn of(device: &Device) -> Self {
        match device {
            Device::Hotp { digits, counter } => {
                Self { digits: Some(digits.count()), counter: Some(counter.cast_signed()), ..Self::default() }
            }
            Device::Totp { totp, drift, last_step } => Self {
                digits: Some(totp.digits.count()),
                algorithm: Some(totp.algorithm.as_str()),
                period: Some(totp.period.seconds()),
                t0: Some(totp.t0),
                drift: Some(drift.steps()),
                last_step: last_step.map(u64::cast_signed),
                ..Self::default()
            },
            Device::Ocra(ocra) => Self {
                suite: Some(ocra.suite().as_str().to_owned()),
                counter: Some(ocra.counter().cast_signed()),
                ..Self::default()
            },
        }
    }

    fn read(cells: &Cells<'_>, secret: &SecretJson) -> Result<Device, StoreError> {
        let digits = || known(cells, "digits", Digits::new(cells.get("digits")?));
        let counter = || Ok::<_, StoreError>(cells.get::<i64>("counter")?.cast_unsigned());
        Ok(match cells.parse("device", DeviceKind::parse)? {
            DeviceKind::Hotp => Device::Hotp { digits: digits()?, counter: counter()? },
            DeviceKind::Totp => Device::Totp {
                totp: Totp {
                    algorithm: cells.parse("algorithm", HashAlgorithm::parse)?,
                    digits: digits()?,
                    period: known(cells, "period", Period::new(cells.get("period")?))?,
                    t0: cells.get("t0")?,
                },
                drift: known(cells, "drift", Drift::new(cells.get("drift")?).ok())?,
                last_step: cells.get::<Option<i64>>("last_step")?.map(i64::cast_unsigned),
            },
            DeviceKind::Ocra => {
                let suite = cells.parse("suite", |text| text.parse::<Suite>().ok())?;
                let hash = |pin: &Vec<u8>| suite.pin().and_then(|algorithm| PinHash::from_bytes(algorithm, pin));
                let pin = secret.pin.as_ref().map(|pin| known(cells, "secret", hash(pin))).transpose()?;
                Device::Ocra(known(cells, "suite", Ocra::new(suite, counter()?, pin).ok())?)
            }
        })
    }
}

/// The columns of a life; those a life does not have are null.
struct LifeRow<'a> {
    since_by: &'a str,
    since_at: Timestamp,
    holder: Option<&'a TokenHolder>,
    assigned: Option<&'a Stamp>,
    active_since: Option<Timestamp>,
}

impl<'a> LifeRow<'a> {
    fn of(life: &'a Life) -> Self {
        let since = |stamp: &'a Stamp| Self {
            since_by: stamp.by.as_str(),
            since_at: stamp.at,
            holder: None,
            assigned: None,
            active_since: None,
        };
        let held = |stamp, assignment: &'a Assignment| Self {
            holder: Some(&assignment.holder),
            assigned: Some(&assignment.given),
            ..since(stamp)
        };
        match life {
            Life::Imported { since: stamp } => since(stamp),
            Life::Assigned(assignment) => held(&assignment.given, assignment),
            Life::Active { assignment, since } => {
                Self { since_at: *since, active_since: Some(*since), ..held(&assignment.given, assignment) }
            }
            Life::Locked { assignment, active_since, since } => {
                Self { active_since: *active_since, ..held(since, assignment) }
            }
            Life::Revoked { last, since: stamp } => Self { holder: last.as_ref(), ..since(stamp) },
        }
    }

    fn read(cells: &Cells<'_>) -> Result<Life, StoreError> {
        let stamp = |by, at| {
            Ok::<_, StoreError>(Stamp { by: cells.parse(by, |text| Actor::parse(text).ok())?, at: cells.time(at)? })
        };
        let since = || stamp("since_by", "since_at_ms");
        let assignment = || {
            let holder = known(cells, "customer_id", holder(cells)?)?;
            Ok::<_, StoreError>(Assignment { holder, given: stamp("assigned_by", "assigned_at_ms")? })
        };
        let state: String = cells.get("state")?;
        Ok(match state.as_str() {
            "imported" => Life::Imported { since: since()? },
            "assigned" => Life::Assigned(assignment()?),
            "active" => Life::Active { assignment: assignment()?, since: cells.time("active_since_ms")? },
            "locked" => Life::Locked {
                assignment: assignment()?,
                active_since: cells.time_if_any("active_since_ms")?,
                since: since()?,
            },
            "revoked" => Life::Revoked { last: holder(cells)?, since: since()? },
            _ => return Err(cells.place("state").corrupt("is no state")),
        })
    }
}

/// The holder in the columns `customer_id` and `representative`, if there is one.
pub(super) fn holder(cells: &Cells<'_>) -> Result<Option<TokenHolder>, StoreError> {
    let Some(customer) = cells.get::<Option<String>>("customer_id")? else { return Ok(None) };
    let customer = known(cells, "customer_id", CustomerId::parse(&customer).ok())?;
    let representative = cells.get::<Option<String>>("representative")?;
    let read = |text: String| known(cells, "representative", Representative::parse(&text).ok());
    Ok(Some(TokenHolder { customer, representative: representative.map(read).transpose()? }))
}

fn known<T>(cells: &Cells<'_>, column: &'static str, value: Option<T>) -> Result<T, StoreError> {
    value.ok_or_else(|| cells.place(column).corrupt("has a value that is not known"))
}

fn millis(time: Option<Timestamp>) -> Option<i64> {
    time.map(|time| time.timestamp_millis())
}

/// The token of this id.
pub(super) fn load(connection: &Connection, sealer: &Sealer, id: TokenId) -> Result<Option<Token>, StoreError> {
    let mut statement = connection.prepare_cached(select!("where id = ?"))?;
    let mut rows = statement.query([id.as_bytes()])?;
    rows.next()?.map(|row| read(sealer, row)).transpose()
}

/// The tokens in a holder's hands, the one given last first.
pub(super) fn of_holder(
    connection: &Connection,
    sealer: &Sealer,
    holder: &TokenHolder,
) -> Result<Vec<Token>, StoreError> {
    let sql = select!(
        "where customer_id = ?1 and representative is ?2 and state in ('assigned', 'active', 'locked')
         order by assigned_at_ms desc, id limit ?3"
    );
    let representative = holder.representative.as_ref().map(Representative::as_str);
    let mut statement = connection.prepare_cached(sql)?;
    all(sealer, statement.query((holder.customer.as_str(), representative, HOLDER_TOKENS_MAX as i64))?)
}

/// The tokens of a serial number: one for each manufacturer at most.
pub(super) fn of_serial(connection: &Connection, sealer: &Sealer, serial: &Serial) -> Result<Vec<Token>, StoreError> {
    let mut statement = connection.prepare_cached(select!("where serial = ? order by manufacturer limit 100"))?;
    all(sealer, statement.query([serial.as_str()])?)
}

fn all(sealer: &Sealer, mut rows: rusqlite::Rows<'_>) -> Result<Vec<Token>, StoreError> {
    let mut tokens = Vec::new();
    while let Some(row) = rows.next()? {
        tokens.push(read(sealer, row)?);
    }
    Ok(tokens)
}

fn read(sealer: &Sealer, row: &Row<'_>) -> Result<Token, StoreError> {
    let id = TokenId::from_bytes(row.get("id")?);
    let cells = Cells { table: TABLE, key: &id.to_string(), row };
    let place = cells.place("secret");
    let json = sealer.open(&place, &cells.get::<Vec<u8>>("secret")?)?;
    let secret: SecretJson = serde_json::from_slice(&json).map_err(|_| place.corrupt("is no secret of a token"))?;
    let make = |column| {
        let text: String = cells.get(column)?;
        let make = || known(&cells, column, Make::parse(&text).ok());
        if text.is_empty() { Ok(None) } else { make().map(Some) }
    };
    Ok(Token {
        id,
        serial: cells.parse("serial", |text| Serial::parse(text).ok())?,
        manufacturer: make("manufacturer")?,
        model: make("model")?,
        device: DeviceRow::read(&cells, &secret)?,
        seed: Seed::new(&secret.seed).map_err(|_| place.corrupt("has a seed of a length that cannot be"))?,
        life: LifeRow::read(&cells)?,
        starts_at: cells.time_if_any("starts_at_ms")?,
        expires_at: cells.time_if_any("expires_at_ms")?,
        failures: Failures { count: cells.get("failures")?, last_at: cells.time_if_any("last_failure_at_ms")? },
        version: cells.get::<i64>("version")?.cast_unsigned(),
    })
}

fn insert(connection: &Connection, sealer: &Sealer, token: &Token) -> Result<(), StoreError> {
    let sql = "insert into tokens (id, serial, manufacturer, model, secret, sealed_with, device, digits, algorithm,
                                   period, t0, suite, counter, drift, last_step, state, since_by, since_at_ms,
                                   customer_id, representative, assigned_by, assigned_at_ms, active_since_ms,
                                   starts_at_ms, expires_at_ms, failures, last_failure_at_ms, version)
               values (:id, :serial, :manufacturer, :model, :secret, :sealed_with, :device, :digits, :algorithm,
                       :period, :t0, :suite, :counter, :drift, :last_step, :state, :since_by, :since_at_ms,
                       :customer_id, :representative, :assigned_by, :assigned_at_ms, :active_since_ms,
                       :starts_at_ms, :expires_at_ms, :failures, :last_failure_at_ms, :version)";
    let (device, life) = (DeviceRow::of(&token.device), LifeRow::of(&token.life));
    connection.prepare_cached(sql)?.execute(named_params! {
        ":id": token.id.as_bytes(),
        ":serial": token.serial.as_str(),
        ":manufacturer": token.manufacturer.as_ref().map_or("", Make::as_str),
        ":model": token.model.as_ref().map_or("", Make::as_str),
        ":secret": seal(sealer, token)?,
        ":sealed_with": sealer.current().as_str(),
        ":device": token.device.kind().as_str(),
        ":digits": device.digits,
        ":algorithm": device.algorithm,
        ":period": device.period,
        ":t0": device.t0,
        ":suite": device.suite,
        ":counter": device.counter,
        ":drift": device.drift,
        ":last_step": device.last_step,
        ":state": token.life.as_str(),
        ":since_by": life.since_by,
        ":since_at_ms": life.since_at.timestamp_millis(),
        ":customer_id": life.holder.map(|holder| holder.customer.as_str()),
        ":representative": life.holder.and_then(|holder| holder.representative.as_ref()).map(Representative::as_str),
        ":assigned_by": life.assigned.map(|stamp| stamp.by.as_str()),
        ":assigned_at_ms": life.assigned.map(|stamp| stamp.at.timestamp_millis()),
        ":active_since_ms": millis(life.active_since),
        ":starts_at_ms": millis(token.starts_at),
        ":expires_at_ms": millis(token.expires_at),
        ":failures": token.failures.count,
        ":last_failure_at_ms": millis(token.failures.last_at),
        ":version": token.version.cast_signed(),
    })?;
    Ok(())
}

/// Writes what can change in a token, if it is still of the version before. The secret is sealed anew: with every use
/// it moves to the current key.
pub(super) fn update(connection: &Connection, sealer: &Sealer, token: &Token) -> Result<(), StoreError> {
    let sql = "update tokens set secret = :secret, sealed_with = :sealed_with, counter = :counter, drift = :drift,
                      last_step = :last_step, state = :state, since_by = :since_by, since_at_ms = :since_at_ms,
                      customer_id = :customer_id, representative = :representative, assigned_by = :assigned_by,
                      assigned_at_ms = :assigned_at_ms, active_since_ms = :active_since_ms, failures = :failures,
                      last_failure_at_ms = :last_failure_at_ms, version = :version
               where id = :id and version = :version - 1";
    let (device, life) = (DeviceRow::of(&token.device), LifeRow::of(&token.life));
    let written = connection.prepare_cached(sql)?.execute(named_params! {
        ":id": token.id.as_bytes(),
        ":secret": seal(sealer, token)?,
        ":sealed_with": sealer.current().as_str(),
        ":counter": device.counter,
        ":drift": device.drift,
        ":last_step": device.last_step,
        ":state": token.life.as_str(),
        ":since_by": life.since_by,
        ":since_at_ms": life.since_at.timestamp_millis(),
        ":customer_id": life.holder.map(|holder| holder.customer.as_str()),
        ":representative": life.holder.and_then(|holder| holder.representative.as_ref()).map(Representative::as_str),
        ":assigned_by": life.assigned.map(|stamp| stamp.by.as_str()),
        ":assigned_at_ms": life.assigned.map(|stamp| stamp.at.timestamp_millis()),
        ":active_since_ms": millis(life.active_since),
        ":failures": token.failures.count,
        ":last_failure_at_ms": millis(token.failures.last_at),
        ":version": token.version.cast_signed(),
    })?;
    one_row(written, "the token changed under a step")
}

fn seal(sealer: &Sealer, token: &Token) -> Result<Vec<u8>, StoreError> {
    let pin = match &token.device {
        Device::Ocra(ocra) => ocra.pin().map(|pin| pin.expose().to_vec()),
        Device::Hotp { .. } | Device::Totp { .. } => None,
    };
    let secret = SecretJson { seed: token.seed.expose().to_vec(), pin };
    let json = Zeroizing::new(serde_json::to_vec(&secret).map_err(|error| StoreError::Engine(Box::new(error)))?);
    sealer.seal(&Place { table: TABLE, column: "secret", row: &token.id.to_string() }, &json)
}

/// Loads, decides, writes; runs inside the writer's transaction.
pub(super) fn change(
    connection: &Connection,
    sealer: &Sealer,
    id: TokenId,
    command: &Command,
) -> Result<Decision, StoreError> {
    let step = step(command, load(connection, sealer, id)?);
    if let Some(token) = &step.write {
        update(connection, sealer, token)?;
    }
    Ok(step.decision)
}

/// Whether a challenge is burnt for a token.
pub(super) fn is_burnt(connection: &Connection, id: TokenId, question: &str) -> Result<bool, StoreError> {
    let sql = "select 1 from burnt_challenges where token_id = ? and question = ?";
    Ok(connection.prepare_cached(sql)?.exists((id.as_bytes(), question))?)
}

/// Burns a challenge for a token: an error if it is burnt already.
pub(super) fn burn(connection: &Connection, id: TokenId, question: &str) -> Result<(), StoreError> {
    let sql = "insert into burnt_challenges (token_id, question) values (?, ?)";
    one_row(connection.prepare_cached(sql)?.execute((id.as_bytes(), question))?, "a challenge was not burnt")
}

/// Adds tokens, all of them or none; runs inside the writer's transaction.
pub(super) fn add(
    connection: &Connection,
    sealer: &Sealer,
    tokens: &[Token],
) -> Result<Result<TokensAdded, SerialTaken>, StoreError> {
    connection.execute_batch("savepoint add_tokens")?;
    let mut report = TokensAdded::default();
    for token in tokens {
        if let Err(taken) = add_one(connection, sealer, token, &mut report)? {
            connection.execute_batch("rollback to add_tokens; release add_tokens")?;
            return Ok(Err(taken));
        }
    }
    connection.execute_batch("release add_tokens")?;
    Ok(Ok(report))
}

/// Imports in one transaction; memory does not grow with the number of tokens.
pub(super) fn import<E>(
    connection: &mut Connection,
    sealer: &Sealer,
    tokens: impl IntoIterator<Item = Result<Token, E>>,
    progress: &mut dyn FnMut(u64),
) -> Result<TokensAdded, TokenImportError<E>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut report = TokensAdded::default();
    for token in tokens {
        let token = token.map_err(TokenImportError::Entry)?;
        add_one(&transaction, sealer, &token, &mut report)?.map_err(TokenImportError::Taken)?;
        progress(report.added + report.unchanged);
    }
    transaction.commit()?;
    Ok(report)
}

fn add_one(
    connection: &Connection,
    sealer: &Sealer,
    token: &Token,
    report: &mut TokensAdded,
) -> Result<Result<(), SerialTaken>, StoreError> {
    let namesakes = namesakes(connection, sealer, &token.serial)?;
    match namesakes.iter().find(|other| other.manufacturer == token.manufacturer) {
        // One that came in before without its maker's name, or with it written otherwise: as a token of its own it would
        // begin anew with codes that are burnt.
        None if namesakes.iter().any(|other| same_seed(other, token)) => {
            return Ok(Err(SerialTaken(token.serial.clone())));
        }
        None => {
            insert(connection, sealer, token)?;
            report.added += 1;
        }
        Some(twin) if same(twin, token) => report.unchanged += 1,
        Some(_) => return Ok(Err(SerialTaken(token.serial.clone()))),
    }
    Ok(Ok(()))
}

/// All tokens of a serial number.
fn namesakes(connection: &Connection, sealer: &Sealer, serial: &Serial) -> Result<Vec<Token>, StoreError> {
    let mut statement = connection.prepare_cached(select!("where serial = ?"))?;
    all(sealer, statement.query([serial.as_str()])?)
}

fn same_seed(one: &Token, other: &Token) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one.seed.expose(), other.seed.expose()).is_ok()
}

/// Whether two tokens make the same codes, wherever each of them has got to.
fn same(one: &Token, other: &Token) -> bool {
    let fixed =
        |token: &Token| DeviceRow { counter: None, drift: None, last_step: None, ..DeviceRow::of(&token.device) };
    let (a, b) = (fixed(one), fixed(other));
    same_seed(one, other)
        && one.device.kind() == other.device.kind()
        && (a.digits, a.algorithm, a.period, a.t0, a.suite) == (b.digits, b.algorithm, b.period, b.t0, b.suite)
}

/// Seals every secret that is under an older key anew. Returns how many there were.
pub(super) fn reseal(connection: &mut Connection, sealer: &Sealer) -> Result<u64, StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut moved = 0;
    loop {
        let tokens = {
            let mut statement = transaction.prepare_cached(select!("where sealed_with <> ? limit 500"))?;
            all(sealer, statement.query([sealer.current().as_str()])?)?
        };
        if tokens.is_empty() {
            break;
        }
        for token in &tokens {
            let sql = "update tokens set secret = ?, sealed_with = ? where id = ?";
            let row = (seal(sealer, token)?, sealer.current().as_str(), token.id.as_bytes());
            one_row(transaction.prepare_cached(sql)?.execute(row)?, "a token went away while it was sealed anew")?;
            moved += 1;
        }
    }
    transaction.commit()?;
    Ok(moved)
}
