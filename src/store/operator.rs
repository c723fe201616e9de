//! Operators and their credentials.

use super::repeat::{self, Before};
use super::row::{Cells, stamp_if_any};
use super::writing::Writing;
use super::{Store, audit};
use crate::domain::flow::Secret;
use crate::domain::operator::{
    Action, Actor, Credential, CredentialDigest, Made, Operator, Order, Refusal, Repeatable, Scope, Stamp, step,
};
use crate::domain::page::{Page, Paging};
use crate::domain::ports::{OperatorStore, StoreError};
use crate::store::seal::Sealer;
use crate::store::sql::{Connection, Row, named};
use async_trait::async_trait;
use std::collections::BTreeSet;

const TABLE: &str = "operators";

#[async_trait]
impl OperatorStore for Store {
    async fn operator(&self, credential: CredentialDigest) -> Result<Option<Operator>, StoreError> {
        self.readers.run(move |connection| of_credential(connection, &credential)).await
    }

    async fn operator_named(&self, name: &Actor) -> Result<Option<Operator>, StoreError> {
        let name = name.clone();
        self.readers.run(move |connection| load(connection, &name)).await
    }

    async fn operators(&self, paging: Paging) -> Result<Page<Operator>, StoreError> {
        self.readers.run(move |connection| list(connection, &paging)).await
    }

    async fn create_operator(
        &self,
        order: Order,
        call: Option<Repeatable>,
        name: Actor,
        scopes: BTreeSet<Scope>,
        credential: Credential,
    ) -> Result<Result<Made<Operator>, Refusal>, StoreError> {
        let sealer = self.sealer.clone();
        let create = move |connection: &Writing<'_>| {
            create(connection, &sealer, &order, call.as_ref(), &name, scopes.clone(), &credential)
        };
        self.writer.run(create).await
    }

    async fn revoke_operator(&self, order: Order, name: Actor) -> Result<Result<Operator, Refusal>, StoreError> {
        self.writer.run(move |connection| revoke(connection, &order, &name)).await
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!("select name, scopes, created_by, created_at_ms, revoked_by, revoked_at_ms from operators ", $rest)
    };
}

/// The operator of a credential, unless it is revoked.
fn of_credential(connection: &Connection, digest: &CredentialDigest) -> Result<Option<Operator>, StoreError> {
    let mut statement = connection.prepare_cached(select!("where digest = ? and revoked_at_ms is null"))?;
    let mut rows = statement.query([digest.as_bytes()])?;
    rows.next()?.map(read).transpose()
}

/// Operators in the order of their names.
fn list(connection: &Connection, paging: &Paging) -> Result<Page<Operator>, StoreError> {
    let mut statement = connection.prepare_cached(select!("where name > ? order by name limit ?"))?;
    let mut rows = statement.query((paging.behind.as_deref().unwrap_or_default(), i64::from(paging.limit) + 1))?;
    let mut operators = Vec::new();
    while let Some(row) = rows.next()? {
        operators.push(read(row)?);
    }
    Ok(Page::of(operators, paging.limit, |operator| operator.name.as_str().to_owned()))
}

/// Makes an operator with this credential, unless the call is the repeat of one that did.
fn create(
    connection: &Writing<'_>,
    sealer: &Sealer,
    order: &Order,
    call: Option<&Repeatable>,
    name: &Actor,
    scopes: BTreeSet<Scope>,
    credential: &Credential,
) -> Result<Result<Made<Operator>, Refusal>, StoreError> {
    if let Some(call) = call {
        match repeat::find(connection, sealer, order, call)? {
            Before::Nothing => {}
            Before::OtherRequest => {
                let subject = format!("operator {}", name.as_str());
                audit::append(connection, &order.mismatch("operator_create", subject))?;
                return Ok(Err(Refusal::Mismatch));
            }
            Before::Made { resource, secret } => {
                let made = Actor::parse(&resource).ok().map(|name| load(connection, &name)).transpose()?.flatten();
                return Ok(made.map(|made| Made { made, secret }).ok_or(Refusal::Unknown));
            }
        }
    }
    let found = load(connection, name)?;
    let step = step(order, name, &Action::Create(scopes), found, true);
    audit::append(connection, &step.audit)?;
    let Some(operator) = &step.write else { return Ok(step.decision.map(|made| Made { made, secret: None })) };
    insert(connection, operator, &CredentialDigest::of(credential.expose()))?;
    if let Some(call) = call {
        repeat::keep(connection, sealer, order, call, name.as_str(), Some(credential.expose()))?;
    }
    Ok(step.decision.map(|made| Made { made, secret: Some(Secret::new(credential.expose())) }))
}

/// Puts an operator out of use.
fn revoke(connection: &Writing<'_>, order: &Order, name: &Actor) -> Result<Result<Operator, Refusal>, StoreError> {
    let found = load(connection, name)?;
    let step = step(order, name, &Action::Revoke, found, other_admins(connection, name)?);
    audit::append(connection, &step.audit)?;
    if let Some(Operator { revoked: Some(stamp), .. }) = &step.write {
        let sql = "update operators set revoked_by = ?, revoked_at_ms = ? where name = ? and revoked_at_ms is null";
        let row = (stamp.by.as_str(), stamp.at.timestamp_millis(), name.as_str());
        connection.prepare_cached(sql)?.put_one(row, "the operator changed under a step")?;
    }
    Ok(step.decision)
}

fn other_admins(connection: &Connection, name: &Actor) -> Result<bool, StoreError> {
    let mut statement = connection.prepare_cached(select!("where revoked_at_ms is null and name <> ?"))?;
    let mut rows = statement.query([name.as_str()])?;
    while let Some(row) = rows.next()? {
        if read(row)?.may(Scope::Admin) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn load(connection: &Connection, name: &Actor) -> Result<Option<Operator>, StoreError> {
    let mut statement = connection.prepare_cached(select!("where name = ?"))?;
    let mut rows = statement.query([name.as_str()])?;
    rows.next()?.map(read).transpose()
}

fn insert(connection: &Connection, operator: &Operator, digest: &CredentialDigest) -> Result<(), StoreError> {
    let sql = "insert into operators (name, digest, scopes, created_by, created_at_ms)
               values (:name, :digest, :scopes, :created_by, :created_at_ms)";
    let scopes: Vec<_> = operator.scopes.iter().map(|scope| scope.as_str()).collect();
    connection.prepare_cached(sql)?.put(named! {
        ":name": operator.name.as_str(),
        ":digest": digest.as_bytes(),
        ":scopes": serde_json::to_string(&scopes).map_err(|error| StoreError::Engine(Box::new(error)))?,
        ":created_by": operator.created.by.as_str(),
        ":created_at_ms": operator.created.at.timestamp_millis(),
    })?;
    Ok(())
}

fn read(row: Row<'_>) -> Result<Operator, StoreError> {
    let key: String = row.get("name")?;
    let cells = Cells { table: TABLE, key: &key, row };
    let scopes = |text: &str| {
        let names: Vec<String> = serde_json::from_str(text).ok()?;
        names.iter().map(|name| Scope::parse(name)).collect::<Option<BTreeSet<_>>>()
    };
    let actor = |column| cells.parse(column, |text| Actor::parse(text).ok());
    Ok(Operator {
        name: actor("name")?,
        scopes: cells.parse("scopes", scopes)?,
        created: Stamp { by: actor("created_by")?, at: cells.time("created_at_ms")? },
        revoked: stamp_if_any(&cells, "revoked_by", "revoked_at_ms")?,
    })
}
