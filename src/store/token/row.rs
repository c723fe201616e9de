//! A token's row.

use super::super::row::{Cells, HolderJson};
use crate::domain::flow::Timestamp;
use crate::domain::import::ImportId;
use crate::domain::oath::ocra::PinHash;
use crate::domain::oath::ocra::suite::Suite;
use crate::domain::oath::totp::{Drift, Period, Totp};
use crate::domain::oath::{Digits, HashAlgorithm, Seed};
use crate::domain::operator::{Actor, Stamp};
use crate::domain::ports::StoreError;
use crate::domain::pseudonym::Pseudonym;
use crate::domain::token::{
    Assignment, Device, DeviceKind, Failures, Life, Make, Ocra, Serial, Token, TokenHolder, TokenId,
};
use crate::store::seal::{Place, Sealer};
use crate::store::sql::{self, Connection, Row, named, params};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

pub(super) const TABLE: &str = "tokens";

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct SecretJson {
    seed: Vec<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pin: Option<Vec<u8>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    holder: Option<HolderJson>,
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

    fn read(cells: &Cells<'_>, holder: Option<TokenHolder>) -> Result<Life, StoreError> {
        let stamp = |by, at| {
            Ok::<_, StoreError>(Stamp { by: cells.parse(by, |text| Actor::parse(text).ok())?, at: cells.time(at)? })
        };
        let since = || stamp("since_by", "since_at_ms");
        let last = holder.clone();
        let assignment = || {
            let holder = known(cells, "holder", holder)?;
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
            "revoked" => Life::Revoked { last, since: since()? },
            _ => return Err(cells.place("state").corrupt("is no state")),
        })
    }
}

fn known<T>(cells: &Cells<'_>, column: &'static str, value: Option<T>) -> Result<T, StoreError> {
    value.ok_or_else(|| cells.place(column).corrupt("has a value that is not known"))
}

fn millis(time: Option<Timestamp>) -> Option<i64> {
    time.map(|time| time.timestamp_millis())
}

pub(super) fn all(sealer: &Sealer, mut rows: sql::Rows<'_>) -> Result<Vec<Token>, StoreError> {
    let mut tokens = Vec::new();
    while let Some(row) = rows.next()? {
        tokens.push(read(sealer, row)?);
    }
    Ok(tokens)
}

fn read(sealer: &Sealer, row: Row<'_>) -> Result<Token, StoreError> {
    let id = TokenId::from_bytes(row.get("id")?);
    let cells = Cells { table: TABLE, key: &id.to_string(), row };
    let place = cells.place("secret");
    let json = sealer.open(&place, &cells.get::<Vec<u8>>("secret")?)?;
    let secret: SecretJson = serde_json::from_slice(&json).map_err(|_| place.corrupt("is no secret of a token"))?;
    let holder = secret.holder.as_ref().map(|json| known(&cells, "secret", json.read())).transpose()?;
    let (customer, whole) = pseudonyms(sealer, holder.as_ref())?;
    cells.belongs("customer", customer)?;
    cells.belongs("holder", whole)?;
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
        life: LifeRow::read(&cells, holder)?,
        starts_at: cells.time_if_any("starts_at_ms")?,
        expires_at: cells.time_if_any("expires_at_ms")?,
        failures: Failures { count: cells.get("failures")?, last_at: cells.time_if_any("last_failure_at_ms")? },
        version: cells.get::<i64>("version")?.cast_unsigned(),
    })
}

/// What a holder's tokens are found by: the customer, and the customer with the representative.
fn pseudonyms(
    sealer: &Sealer,
    holder: Option<&TokenHolder>,
) -> Result<(Option<Pseudonym>, Option<Pseudonym>), StoreError> {
    let Some(holder) = holder else { return Ok((None, None)) };
    Ok((Some(sealer.customer(&holder.customer)?), Some(sealer.holder(holder)?)))
}

/// Writes a new token, whose secret is [sealed](seal).
pub(in super::super) fn insert(
    connection: &Connection,
    sealer: &Sealer,
    token: &Token,
    secret: &[u8],
    import: Option<ImportId>,
) -> Result<(), StoreError> {
    // By position: to find each of so many values by its name takes a tenth of the time of an import.
    let sql = "insert into tokens (id, serial, manufacturer, model, secret, sealed_with, device, digits, algorithm,
                                   period, t0, suite, counter, drift, last_step, state, since_by, since_at_ms,
                                   customer, holder, assigned_by, assigned_at_ms, active_since_ms,
                                   starts_at_ms, expires_at_ms, failures, last_failure_at_ms, version, import_id)
               values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let (device, life) = (DeviceRow::of(&token.device), LifeRow::of(&token.life));
    let (customer, holder) = pseudonyms(sealer, life.holder)?;
    connection.prepare_cached(sql)?.put(params![
        token.id.as_bytes(),
        token.serial.as_str(),
        token.manufacturer.as_ref().map_or("", Make::as_str),
        token.model.as_ref().map_or("", Make::as_str),
        secret,
        sealer.current().as_str(),
        token.device.kind().as_str(),
        device.digits,
        device.algorithm,
        device.period,
        device.t0,
        device.suite,
        device.counter,
        device.drift,
        device.last_step,
        token.life.as_str(),
        life.since_by,
        life.since_at.timestamp_millis(),
        customer.map(|customer| *customer.as_bytes()),
        holder.map(|holder| *holder.as_bytes()),
        life.assigned.map(|stamp| stamp.by.as_str()),
        life.assigned.map(|stamp| stamp.at.timestamp_millis()),
        millis(life.active_since),
        millis(token.starts_at),
        millis(token.expires_at),
        token.failures.count,
        millis(token.failures.last_at),
        token.version.cast_signed(),
        import.as_ref().map(ImportId::as_bytes),
    ])?;
    Ok(())
}

/// Writes what can change in a token, if it is still of the version before. The secret is sealed anew: with every use
/// it moves to the current key.
pub(in super::super) fn update(connection: &Connection, sealer: &Sealer, token: &Token) -> Result<(), StoreError> {
    let sql = "update tokens set secret = :secret, sealed_with = :sealed_with, counter = :counter, drift = :drift,
                      last_step = :last_step, state = :state, since_by = :since_by, since_at_ms = :since_at_ms,
                      customer = :customer, holder = :holder, assigned_by = :assigned_by,
                      assigned_at_ms = :assigned_at_ms, active_since_ms = :active_since_ms, failures = :failures,
                      last_failure_at_ms = :last_failure_at_ms, version = :version
               where id = :id and version + 1 = :version";
    let (device, life) = (DeviceRow::of(&token.device), LifeRow::of(&token.life));
    let (customer, holder) = pseudonyms(sealer, life.holder)?;
    connection.prepare_keyed(TABLE, sql)?.put_one(
        named! {
            ":id": token.id.as_bytes(),
            ":secret": seal(sealer, token)?,
            ":sealed_with": sealer.current().as_str(),
            ":counter": device.counter,
            ":drift": device.drift,
            ":last_step": device.last_step,
            ":state": token.life.as_str(),
            ":since_by": life.since_by,
            ":since_at_ms": life.since_at.timestamp_millis(),
            ":customer": customer.map(|customer| *customer.as_bytes()),
            ":holder": holder.map(|holder| *holder.as_bytes()),
            ":assigned_by": life.assigned.map(|stamp| stamp.by.as_str()),
            ":assigned_at_ms": life.assigned.map(|stamp| stamp.at.timestamp_millis()),
            ":active_since_ms": millis(life.active_since),
            ":failures": token.failures.count,
            ":last_failure_at_ms": millis(token.failures.last_at),
            ":version": token.version.cast_signed(),
        },
        "the token changed under a step",
    )?;
    Ok(())
}

/// Seals a token's secret for its row.
pub(in super::super) fn seal(sealer: &Sealer, token: &Token) -> Result<Vec<u8>, StoreError> {
    let pin = match &token.device {
        Device::Ocra(ocra) => ocra.pin().map(|pin| pin.expose().to_vec()),
        Device::Hotp { .. } | Device::Totp { .. } => None,
    };
    let holder = LifeRow::of(&token.life).holder.map(HolderJson::of);
    let secret = SecretJson { seed: token.seed.expose().to_vec(), pin, holder };
    let json = Zeroizing::new(serde_json::to_vec(&secret).map_err(|error| StoreError::Engine(Box::new(error)))?);
    sealer.seal(&Place { table: TABLE, column: "secret", row: &token.id.to_string() }, &json)
}

/// Whether two tokens have the same seed; the time taken tells nothing of it.
pub(super) fn same_seed(one: &Token, other: &Token) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one.seed.expose(), other.seed.expose()).is_ok()
}

/// Whether two tokens make the same codes, wherever each of them has got to.
pub(super) fn same(one: &Token, other: &Token) -> bool {
    let fixed =
        |token: &Token| DeviceRow { counter: None, drift: None, last_step: None, ..DeviceRow::of(&token.device) };
    let (a, b) = (fixed(one), fixed(other));
    same_seed(one, other)
        && one.device.kind() == other.device.kind()
        && (a.digits, a.algorithm, a.period, a.t0, a.suite) == (b.digits, b.algorithm, b.period, b.t0, b.suite)
}
