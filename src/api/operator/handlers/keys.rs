//! The server keys: convert, one call of the desk, convert.

use super::BackOffice;
use super::trouble::Trouble;
use crate::api::operator::convert::{next_page, paging};
use crate::api::operator::generated::*;
use crate::api::operator::types::{self, KeyState, RotationState, SealedRows, ServerKey, ServerKeyPage, Timestamp};
use crate::api::runtime::Reject;
use crate::api::scalar::Invalid;
use crate::domain::flow;
use crate::domain::keys::KeyId;
use crate::domain::operator::Operator;
use crate::domain::rotation::{KeyStatus, KeyUse, Rotation};

impl BackOffice {
    pub(super) async fn list_keys(&self, call: KeyListCall<Operator>) -> Result<KeyListOk, Trouble> {
        let parameters = &call.parameters;
        let paging = paging(parameters.limit, parameters.page_token.as_ref())?;
        let (page, status, now) = self.desk.key_list(paging).await?;
        let items = page.items.iter().map(|key| shown(key, &status, now)).collect::<Result<_, _>>()?;
        Ok(KeyListOk::Status200 { body: ServerKeyPage { items, next_page_token: next_page(page.next.as_deref())? } })
    }

    pub(super) async fn rotate_keys(&self, call: KeyRotateCall<Operator>) -> Result<KeyRotateOk, Trouble> {
        let current = KeyId::parse(call.body.key_id.as_str());
        let current = current.map_err(|problem| Reject::malformed("keyId", problem.to_string()))?;
        let (key, status, now) = self.desk.key_rotate(self.order(&call), current).await?;
        Ok(KeyRotateOk::Status200 { body: shown(&key, &status, now)? })
    }
}

fn shown(key: &KeyUse, status: &KeyStatus, now: flow::Timestamp) -> Result<ServerKey, Invalid> {
    let rows = |(table, rows): (&'static str, u64)| {
        Ok::<_, Invalid>(SealedRows { table: table.parse()?, rows: rows.try_into()? })
    };
    let rotation = status.rotation.as_ref().filter(|rotation| key.current && rotation.key == key.id);
    Ok(ServerKey {
        key_id: key.id.as_str().parse()?,
        state: match (key.current, key.configured) {
            (true, _) => KeyState::Current,
            (false, true) => KeyState::Older,
            (false, false) => KeyState::Missing,
        },
        sealed: key.sealed.iter().map(|sealed| rows((sealed.table, sealed.rows))).collect::<Result<_, _>>()?,
        sealed_rows: key.rows().try_into()?,
        derived: key.derived.try_into()?,
        needed_until: status.needed_until(key).map(Timestamp),
        removable: status.is_removable(key, now),
        rotation: rotation.map(|rotation| shown_rotation(rotation, status.left())).transpose()?,
    })
}

fn shown_rotation(rotation: &Rotation, left: u64) -> Result<types::Rotation, Invalid> {
    Ok(types::Rotation {
        state: if rotation.ended_at.is_none() { RotationState::Running } else { RotationState::Done },
        started_by: rotation.started.by.as_str().parse()?,
        started_at: Timestamp(rotation.started.at),
        ended_at: rotation.ended_at.map(Timestamp),
        resealed: rotation.resealed.try_into()?,
        left: left.try_into()?,
        damaged: rotation.damaged.try_into()?,
    })
}
