//! The chapters of the back office and the back end: tokens come in and are handed out, and what was verified is learnt
//! from the server and not from the app.

use super::super::tokens::{CUSTOMER, OCRA_SERIAL, REPRESENTATIVE, TOTP_SERIAL};
use super::{DemoError, Story};
use crate::api::dbx::types::ServiceKey;
use crate::api::operator::types::*;
use crate::client::{self, operator};
use crate::dev::seed::CLIENT;
use crate::domain::ports::Random;
use crate::server::token_file::{Source, TokenFile};
use progenitor_client::{Error, ResponseValue};
use std::sync::Arc;

const IMPORT_OPEN: &str = "import_open";
const IMPORT_ADD: &str = "import_add";
const IMPORT_COMMIT: &str = "import_commit";
const TOKEN_ASSIGN: &str = "token_assign";
const CLIENT_PUT: &str = "client_put";
const FLOW_REDEEM: &str = "flow_redeem";
const TRANSACTION_REDEEM: &str = "transaction_redeem";

/// The bank's back office.
pub(in crate::dev::demo) struct Office {
    /// Calls.
    pub(in crate::dev::demo) client: operator::Client,
    /// Its credential.
    pub(in crate::dev::demo) token: client::Token,
    /// What came with the tokens.
    pub(in crate::dev::demo) file: Source,
    /// Where the keys of calls come from.
    pub(in crate::dev::demo) random: Arc<dyn Random>,
}

type Answer<T> = Result<ResponseValue<T>, Error<Problem>>;

impl Story<'_> {
    /// Takes the tokens in, hands them out, and lets the application call.
    pub(super) async fn back_office(&mut self) -> Result<(), DemoError> {
        (self.say)("\nBack office: hardware tokens, whose seeds came in a PSKC file, encrypted with a pre-shared key.");
        self.import().await?;
        for (serial, representative) in [(TOTP_SERIAL, None), (OCRA_SERIAL, Some(REPRESENTATIVE))] {
            self.assign(serial, representative).await?;
        }
        self.begin(CLIENT_PUT, "the application that may ask for codes");
        let one = |text: &str| Ok::<_, DemoError>(vec![self.parse(text)?]);
        let (country, business, channel) = (self.parse("MX")?, self.parse("GCB")?, one("CBOL")?);
        let body = ClientData {
            countries: self.listed(vec![country])?,
            businesses: self.listed(vec![business])?,
            channels: self.listed(channel)?,
        };
        let call = self.office.client.client_put().authorization(self.office.token.clone());
        let client = self.done(call.client_id(self.parse::<ClientId>(CLIENT)?).body(body).send().await)?;
        self.answered(&format!("{}, version {}", client.client_id, client.version));
        Ok(())
    }

    async fn import(&mut self) -> Result<(), DemoError> {
        let mut entries = Vec::new();
        for entry in TokenFile::open(&self.office.file) {
            let entry = entry.map_err(|problem| self.failed(problem))?;
            entries.push(entry.wire().map_err(|problem| self.failed(problem))?);
        }

        self.begin(IMPORT_OPEN, "tokens come in together, or not at all");
        let body = NewImport { file_name: None, tokens_expected: Some(self.count(entries.len())?) };
        let call = self.office.client.import_open().authorization(self.office.token.clone());
        let import = self.done(call.idempotency_key(self.key()?).body(body).send().await)?;
        self.answered("open");

        self.begin(IMPORT_ADD, "the tokens of the file");
        let body = ImportBatch { first_entry: self.count(0)?, tokens: self.listed(entries)? };
        let call = self.office.client.import_add().authorization(self.office.token.clone());
        let added = self.done(call.import_id(import.import_id.clone()).body(body).send().await)?;
        self.ensure(added.problems.is_empty(), "an entry of the file is not usable")?;
        self.answered(&format!("{} added, in nobody's sight yet", added.added));

        self.begin(IMPORT_COMMIT, "all at once");
        let call = self.office.client.import_commit().authorization(self.office.token.clone());
        let import = self.done(call.import_id(import.import_id).send().await)?;
        self.answered(&format!("{TOTP_SERIAL} (TOTP), {OCRA_SERIAL} (OCRA): {}", import.state));
        self.expect("state", import.state.as_str(), ImportState::Committed.as_str())
    }

    async fn assign(&mut self, serial: &str, representative: Option<&str>) -> Result<(), DemoError> {
        let what = if representative.is_some() { "to the legal representative" } else { "to the customer" };
        self.begin(TOKEN_ASSIGN, what);
        let call = self.office.client.token_list().authorization(self.office.token.clone());
        let found = self.done(call.serial(self.parse::<Serial>(serial)?).send().await)?;
        let [token] = found.items.as_slice() else { return Err(self.failed("the token is not there")) };
        let body = TokenAssignment {
            customer_id: self.parse(CUSTOMER)?,
            representative_id: representative.map(|text| self.parse(text)).transpose()?,
        };
        let call = self.office.client.token_assign().authorization(self.office.token.clone());
        let token = self.done(call.token_id(token.token_id.clone()).body(body).send().await)?;
        self.answered(&format!("{serial} is {}", token.state));
        self.expect("state", token.state.as_str(), TokenState::Assigned.as_str())
    }

    /// Learns what was verified: once, and only for whom it was.
    pub(super) async fn back_end(&mut self, flow: &ServiceKey, transaction: &str) -> Result<(), DemoError> {
        (self.say)("\nBack end: what was verified, it learns from the server, once, and not from the app.");
        self.begin(FLOW_REDEEM, "the phone that the applicant has proved");
        let proof = self.redeem_flow(flow).await?;
        let proof = self.done(proof)?;
        let to = proof.destinations.first().map(|to| to.masked.to_string()).unwrap_or_default();
        self.answered(&format!("{}: {} is {}", proof.purpose, to, proof.state));
        self.expect("state", proof.state.as_str(), FlowState::Verified.as_str())?;

        self.begin(FLOW_REDEEM, "once more");
        let again = self.redeem_flow(flow).await?;
        self.refused_as(again, 409)?;

        self.begin(TRANSACTION_REDEEM, "the payment that the representative has signed");
        let body = TransactionRedemption { client_id: self.parse(CLIENT)?, customer_id: self.parse(CUSTOMER)? };
        let call = self.office.client.transaction_redeem().authorization(self.office.token.clone());
        let call = call.mfa_transaction_id(self.parse::<MfaTransactionId>(transaction)?);
        let proof = self.done(call.body(body).send().await)?;
        let Some(paid) = &proof.transaction_details else { return Err(self.failed("it does not say what was signed")) };
        let paid = format!("{} {}", paid.amount, paid.currency);
        self.answered(&format!("{paid} is {}", proof.state));
        self.expect("state", proof.state.as_str(), TransactionState::Consumed.as_str())
    }

    async fn redeem_flow(&self, flow: &ServiceKey) -> Result<Answer<Flow>, DemoError> {
        let body = FlowRedemption {
            service_key: self.parse(flow.as_str())?,
            purpose: FlowPurpose::PreLogin,
            customer_id: None,
            phone: Some(self.parse(self.phone.expose())?),
        };
        Ok(self.office.client.flow_redeem().authorization(self.office.token.clone()).body(body).send().await)
    }

    fn refused_as<T>(&mut self, answer: Answer<T>, status: u16) -> Result<(), DemoError> {
        match answer {
            Ok(_) => Err(self.failed("it was accepted")),
            Err(Error::ErrorResponse(problem)) => {
                let told = problem.status().as_u16();
                let detail = problem.detail.as_ref().map_or(problem.title.as_str(), |detail| detail.as_str());
                self.answered(&format!("{told}: {detail}"));
                self.expect("status", &told.to_string(), &status.to_string())
            }
            Err(other) => Err(self.failed(other)),
        }
    }

    fn done<T>(&self, answer: Answer<T>) -> Result<T, DemoError> {
        answer.map(ResponseValue::into_inner).map_err(|error| match error {
            Error::ErrorResponse(problem) => {
                let detail = problem.detail.as_ref().map_or(problem.title.as_str(), |detail| detail.as_str());
                self.failed(format_args!("{} {detail}", problem.status()))
            }
            other => self.failed(other),
        })
    }

    fn key(&self) -> Result<IdempotencyKey, DemoError> {
        let mut bytes = [0; 16];
        self.office.random.fill(&mut bytes);
        self.parse(&uuid::Builder::from_random_bytes(bytes).into_uuid().to_string())
    }

    fn count(&self, n: usize) -> Result<Count, DemoError> {
        self.parse(&n.to_string())
    }

    fn listed<T, L: TryFrom<Vec<T>, Error: std::fmt::Display>>(&self, items: Vec<T>) -> Result<L, DemoError> {
        items.try_into().map_err(|problem| self.failed(problem))
    }
}
