//! What callers of the BNE family can ask for:
//!
//! 1. [`ChallengeService::admits`]: whether the application may call at all, before anything of the call is looked at;
//! 2. [`ChallengeService::retrieve`]: a transaction for a customer, with what the token is to be asked;
//! 3. [`ChallengeService::validate`]: the code for it.
//!
//! 2 and 3 are each one atomic step of the store, with [`super::transaction::step`] inside.

use super::client::ClientId;
use super::customer::CustomerId;
use super::flow::Secret;
use super::ports::{ClientStore, Clock, Random, StoreError, TransactionStore};
use super::token::TokenHolder;
use super::transaction::{
    Action, Command, Draw, Granted, Kind, OpenRequest, Reason, Refusal, Rules, Subject, Transaction, TransactionId,
    ValidateRequest,
};
use std::net::IpAddr;
use std::sync::Arc;

/// The verbs of the BNE family, over the domain's ports.
pub struct ChallengeService {
    /// Keeps transactions.
    pub transactions: Arc<dyn TransactionStore>,
    /// Knows the applications.
    pub clients: Arc<dyn ClientStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids and challenges.
    pub random: Arc<dyn Random>,
    /// Keys and policy.
    pub rules: Arc<Rules>,
}

/// A call for a transaction.
#[derive(Clone, Debug)]
pub struct Retrieve {
    /// What is to be confirmed.
    pub subject: Subject,
    /// The application that calls.
    pub client: ClientId,
    /// The session that it calls in.
    pub session: Secret,
    /// The customer whom the caller's access token names, if it names one.
    pub customer: Option<CustomerId>,
    /// Who is to confirm.
    pub holder: TokenHolder,
    /// The client address, if it is known.
    pub from: Option<IpAddr>,
}

/// A code to be checked. Texts are as the caller gave them.
#[derive(Clone, Debug)]
pub struct Validate {
    /// The transaction.
    pub id: String,
    /// What the caller takes it for.
    pub kind: Kind,
    /// The application that calls.
    pub client: ClientId,
    /// The session that it calls in.
    pub session: Secret,
    /// The customer whom the caller's access token names, if it names one.
    pub customer: Option<CustomerId>,
    /// The code.
    pub code: Secret,
    /// The client address, if it is known.
    pub from: Option<IpAddr>,
}

/// Why a call was not granted.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// No such transaction in this session, no such holder, or a holder without a token: 404.
    #[error("not found")]
    NotFound,
    /// It is there and cannot be done: 422. The reason is for the audit trail, never for the caller.
    #[error("refused: {0}")]
    BusinessFailed(Reason),
    /// Too many calls or wrong codes: 429.
    #[error("throttled")]
    Throttled {
        /// How many seconds to wait, at least 1.
        retry_after: u32,
    },
    /// There was no decision: 500.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            // The last two are answers to an operator: see the desk.
            Refusal::NotFound | Refusal::Over | Refusal::Mismatch => Self::NotFound,
            Refusal::BusinessFailed(reason) => Self::BusinessFailed(reason),
            Refusal::Throttled { retry_after } => Self::Throttled { retry_after },
        }
    }
}

impl ChallengeService {
    /// Whether an application is registered for a country, a business and a channel. Texts are as the caller gave them.
    pub async fn admits(
        &self,
        client: &ClientId,
        country: &str,
        business: &str,
        channel: &str,
    ) -> Result<bool, StoreError> {
        let client = self.clients.client(client).await?;
        Ok(client.is_some_and(|client| client.admits(country, business, channel)))
    }

    /// Opens a transaction.
    pub async fn retrieve(&self, retrieve: Retrieve) -> Result<Transaction, Failure> {
        let Retrieve { subject, client, session, customer, holder, from } = retrieve;
        let id = TransactionId::random(&*self.random);
        // Last of all, so that nobody knows the salt who could still choose the details.
        let draw = Draw::random(&*self.random);
        let request = OpenRequest { id, subject, client, session, holder, customer, draw, from };
        self.apply(Action::Open(Box::new(request))).await
    }

    /// Checks a code; `Ok` means that it was right, and is the transaction, consumed.
    pub async fn validate(&self, validate: Validate) -> Result<Transaction, Failure> {
        let Validate { id, kind, client, session, customer, code, from } = validate;
        let id = TransactionId::of(&id);
        let request = ValidateRequest { id, kind, client, session, customer, code, from };
        self.apply(Action::Validate(request)).await
    }

    async fn apply(&self, action: Action) -> Result<Transaction, Failure> {
        let command = Command { at: self.clock.now(), action, rules: self.rules.clone() };
        match self.transactions.transact(command).await?? {
            Granted::Opened(transaction) | Granted::Validated(transaction) | Granted::Closed(transaction) => {
                Ok(*transaction)
            }
        }
    }
}
