//! From the BNE family's validations to the ArcSight feed, and from the feed to the metrics.

use crate::api::bne::feed::{Feed, Outcome, Validation};
use crate::api::bne::types::{AliasName, Arcsight, ArcsightActionCode, UserIdType};
use crate::domain::transaction::Kind;
use crate::siem::cef::{self, Reported, TransactionType, ValidationEvent};
use crate::siem::{Cause, Siem, SiemObserver, ToSiem};
use crate::telemetry::Metrics;

impl Feed for Siem {
    fn validated(&self, validation: Validation) {
        let (event, to) = event(validation);
        self.send(event, to);
    }
}

fn event(validation: Validation) -> (ValidationEvent, ToSiem) {
    let to = match validation.arcsight.as_ref().map(|arcsight| arcsight.arcsight_action_code) {
        Some(ArcsightActionCode::SiemAndLogFile) => ToSiem::SiemAndFile,
        Some(ArcsightActionCode::LogFile) | None => ToSiem::FileOnly,
        Some(ArcsightActionCode::Nowhere) => ToSiem::Nowhere,
    };
    let outcome = match validation.outcome {
        Outcome::Accepted => cef::Outcome::Accepted,
        Outcome::WrongCode => cef::Outcome::WrongCode,
        Outcome::Locked => cef::Outcome::TokenLocked,
        Outcome::NotFound => cef::Outcome::TransactionUnknown,
        Outcome::Throttled => cef::Outcome::Throttled,
        Outcome::Unauthenticated => cef::Outcome::Unauthorized,
        Outcome::Forbidden => cef::Outcome::Forbidden,
        Outcome::Malformed => cef::Outcome::Malformed,
        Outcome::Failed => cef::Outcome::Failed,
    };
    let event = ValidationEvent {
        at: validation.at,
        outcome,
        transaction: validation.kind.map(|kind| match kind {
            Kind::Login => TransactionType::Login,
            Kind::Risk => TransactionType::Risk,
        }),
        request_id: validation.request_id,
        uuid: validation.uuid,
        client_id: validation.client_id,
        country_code: validation.country_code,
        business_code: validation.business_code,
        channel_id: validation.channel_id,
        // A clock that was set back in between has no duration to tell.
        duration: validation.duration.to_std().unwrap_or_default(),
        reported: validation.arcsight.map(reported).unwrap_or_default(),
    };
    (event, to)
}

/// What the caller said. Not the device's cookie: it is a secret.
fn reported(said: Arcsight) -> Reported {
    Reported {
        application_name: said.application_name,
        application_platform_name: said.application_platform_name,
        data_center_location: said.data_center_location,
        destination_ip_address: said.destination_ip_address,
        destination_port: said.destination_port,
        hardware_id: said.hardware_id,
        host_name: said.host_name,
        legal_representative_id: said.legal_representative_id,
        user_agent: said.user_agent,
        user_id: said.user_id.as_str().to_owned(),
        alias_name: said.alias_name.as_ref().map(AliasName::as_str).unwrap_or_default().to_owned(),
        user_id_type: said.user_id_type.map(UserIdType::as_str).unwrap_or_default().to_owned(),
        ip_address: said.ip_address,
        operation_date: Some(said.operation_date.moment()),
    }
}

impl SiemObserver for Metrics {
    fn sent(&self, events: u64) {
        self.siem_sent(events);
    }

    fn spooled(&self, events: u64) {
        self.siem_spooled(events);
    }

    fn dropped(&self, cause: Cause, events: u64) {
        self.siem_dropped(cause.as_str(), events);
    }

    fn spool(&self, events: u64, bytes: u64) {
        self.siem_spool(events, bytes);
    }
}
