//! Operators: convert, one call of the desk, convert.

use super::BackOffice;
use super::trouble::Trouble;
use crate::api::operator::convert::{next_page, paging, repeatable};
use crate::api::operator::generated::*;
use crate::api::operator::types::{self, CreatedOperator, OperatorPage, Timestamp};
use crate::api::runtime::Reject;
use crate::api::scalar::Invalid;
use crate::domain::operator::{Actor, Operator, Scope};

impl BackOffice {
    pub(super) async fn list_operators(&self, call: OperatorListCall<Operator>) -> Result<OperatorListOk, Trouble> {
        let parameters = &call.parameters;
        let page = self.desk.operator_list(paging(parameters.limit, parameters.page_token.as_ref())?).await?;
        let items = page.items.iter().map(operator).collect::<Result<_, _>>()?;
        Ok(OperatorListOk::Status200 {
            body: OperatorPage { items, next_page_token: next_page(page.next.as_deref())? },
        })
    }

    pub(super) async fn create_operator(
        &self,
        call: OperatorCreateCall<Operator>,
    ) -> Result<OperatorCreateOk, Trouble> {
        let order = self.order(&call);
        let repeat = repeatable(&call.parameters.idempotency_key, &OPERATOR_CREATE, &call.body)?;
        let name = actor("name", call.body.name.as_str())?;
        let scopes = call.body.scopes.as_slice().iter().map(|named| scope(*named)).collect();
        let made = self.desk.operator_create(order, repeat, name, scopes).await?;
        // A repeat has it, too, for as long as it is known as one.
        let credential = made.secret.ok_or(Invalid("has no credential"))?.expose().parse()?;
        Ok(OperatorCreateOk::Status201 { body: CreatedOperator { operator: operator(&made.made)?, credential } })
    }

    pub(super) async fn revoke_operator(
        &self,
        call: OperatorRevokeCall<Operator>,
    ) -> Result<OperatorRevokeOk, Trouble> {
        let name = actor("operatorName", call.parameters.operator_name.as_str())?;
        self.desk.operator_revoke(self.order(&call), name).await?;
        Ok(OperatorRevokeOk::Status204)
    }
}

fn actor(location: &str, name: &str) -> Result<Actor, Reject> {
    Actor::parse(name).map_err(|problem| Reject::malformed(location, problem.to_string()))
}

fn operator(operator: &Operator) -> Result<types::Operator, Invalid> {
    let Operator { name, scopes, created, revoked } = operator;
    Ok(types::Operator {
        name: name.as_str().parse()?,
        scopes: scopes.iter().map(|scope| shown(*scope)).collect::<Vec<_>>().try_into()?,
        created_by: created.by.as_str().parse()?,
        created_at: Timestamp(created.at),
        revoked_by: revoked.as_ref().map(|stamp| stamp.by.as_str().parse()).transpose()?,
        revoked_at: revoked.as_ref().map(|stamp| Timestamp(stamp.at)),
    })
}

fn scope(named: types::Scope) -> Scope {
    match named {
        types::Scope::Read => Scope::Read,
        types::Scope::Enrol => Scope::Enrol,
        types::Scope::Unlock => Scope::Unlock,
        types::Scope::Redeem => Scope::Redeem,
        types::Scope::Admin => Scope::Admin,
    }
}

fn shown(scope: Scope) -> types::Scope {
    match scope {
        Scope::Read => types::Scope::Read,
        Scope::Enrol => types::Scope::Enrol,
        Scope::Unlock => types::Scope::Unlock,
        Scope::Redeem => types::Scope::Redeem,
        Scope::Admin => types::Scope::Admin,
    }
}
