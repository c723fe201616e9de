//! Between the wire types of this family and the domain.

use super::types::*;
use crate::api::caller::Access;
use crate::api::runtime::Reject;
use crate::api::scalar::Invalid;
use crate::domain::challenge::{Retrieve, Validate};
use crate::domain::customer::CustomerId;
use crate::domain::flow::Secret;
use crate::domain::token::{DeviceKind, Representative, TokenHolder};
use crate::domain::transaction::{Details, Kind, Subject, Transaction};
use std::net::IpAddr;

const DETAILS: &str = "transactionDetails";

/// What kind of thing is confirmed.
pub(super) fn kind(kind: MfaTransactionType) -> Kind {
    match kind {
        MfaTransactionType::Login => Kind::Login,
        MfaTransactionType::Risk => Kind::Risk,
    }
}

/// What is to be confirmed; 400 for what the schema cannot say. The operator API opens transactions in the same words.
pub(in crate::api) fn subject(
    kind: MfaTransactionType,
    details: Option<&TransactionDetails>,
) -> Result<Subject, Reject> {
    let malformed = |location: &str, message: &str| Reject::Malformed {
        location: location.to_owned(),
        message: message.to_owned(),
    };
    match (kind, details) {
        (MfaTransactionType::Login, None) => Ok(Subject::Login),
        (MfaTransactionType::Login, Some(_)) => Err(malformed(DETAILS, "is for RISK only")),
        (MfaTransactionType::Risk, None) => Err(malformed(DETAILS, "missing")),
        (MfaTransactionType::Risk, Some(details)) => {
            let TransactionDetails { amount, currency, payee, account } = details;
            let details = Details::parse(amount.as_str(), currency.as_str(), payee.as_str(), account.as_str());
            let wrong = |field: &str, message: &str| malformed(&format!("{DETAILS}.{field}"), message);
            let details = details.map_err(|error| wrong(error.field(), &error.to_string()))?;
            // Normalised it may be longer than it was given, and the answer has to show it.
            details.payee().parse::<Payee>().map_err(|Invalid(message)| wrong("payee", message))?;
            Ok(Subject::Risk(details))
        }
    }
}

/// A request for a transaction; `None` if nobody can be called as its holder is, so that nobody is found.
pub(super) fn retrieve(
    access: Access,
    sid: &SessionId,
    body: &RetrieveChallengeRequest,
    subject: Subject,
    from: IpAddr,
) -> Option<Retrieve> {
    // An empty text is an absent one.
    let representative = body.legal_representative_id.as_ref().map(LegalRepresentativeId::as_str);
    let representative = representative.filter(|text| !text.is_empty()).map(Representative::parse);
    let holder = TokenHolder {
        customer: CustomerId::parse(body.user_id.as_str()).ok()?,
        representative: representative.transpose().ok()?,
    };
    let Access { client, customer } = access;
    Some(Retrieve { subject, client, session: Secret::new(sid.as_str()), customer, holder, from: Some(from) })
}

/// A code to be checked.
pub(super) fn validate(access: Access, sid: &SessionId, body: &ValidateChallengeRequest, from: IpAddr) -> Validate {
    let Access { client, customer } = access;
    Validate {
        id: body.mfa_transaction_id.as_str().to_owned(),
        kind: kind(body.mfa_transaction_type),
        client,
        session: Secret::new(sid.as_str()),
        customer,
        code: Secret::new(body.one_time_password_token.as_str()),
        from: Some(from),
    }
}

/// An open transaction as its caller sees it; the error says what of our own does not fit the document.
pub(super) fn retrieved(transaction: &Transaction) -> Result<RetrievedChallenge, Invalid> {
    let challenge = transaction.challenge.as_ref().map(|challenge| challenge.question.parse::<Challenge>());
    Ok(RetrievedChallenge {
        mfa_transaction_id: transaction.id.to_string().parse()?,
        challenge_type: match transaction.device {
            DeviceKind::Ocra => ChallengeType::Ocra,
            DeviceKind::Totp => ChallengeType::Totp,
            DeviceKind::Hotp => ChallengeType::Hotp,
        },
        challenge: challenge.transpose()?,
        expires_at: Timestamp(transaction.expires_at),
        transaction_details: match &transaction.subject {
            Subject::Login => None,
            Subject::Risk(details) => Some(TransactionDetails {
                amount: details.amount().parse()?,
                currency: details.currency().parse()?,
                payee: details.payee().parse()?,
                account: details.account().parse()?,
            }),
        },
    })
}
