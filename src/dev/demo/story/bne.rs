//! The chapter of the hardware tokens: a login with the clock's code, then a payment that is signed.

use super::super::tokens::{CUSTOMER, REPRESENTATIVE, Tokens};
use super::{DemoError, Story, other_than};
use crate::api::bne::types::*;
use crate::client::{Token, bne};
use crate::dev::seed::CLIENT;
use crate::domain::oath::Code;
use crate::domain::ports::Random;
use progenitor_client::Error;
use std::sync::Arc;

const RETRIEVE: &str = "bne-retrieve-challenge";
const VALIDATE: &str = "bne-validate-challenge-info";
const PAYEE: &str = "Luz del Centro";
const ACCOUNT: &str = "0021 8000 1234 5678 95";

/// The bank's application, in one session.
pub(in crate::dev::demo) struct Bank {
    /// Calls.
    pub(in crate::dev::demo) client: bne::Client,
    /// Its access token.
    pub(in crate::dev::demo) token: Token,
    /// Names the session.
    pub(in crate::dev::demo) session: String,
    /// The tokens that its customer and the customer's representative have.
    pub(in crate::dev::demo) tokens: Tokens,
    /// Where request ids come from.
    pub(in crate::dev::demo) random: Arc<dyn Random>,
}

impl Story<'_> {
    /// Gives the payment that was signed.
    pub(super) async fn hardware_tokens(&mut self) -> Result<String, DemoError> {
        (self.say)("\nHardware tokens: a customer logs in, and a legal representative signs a payment.");
        self.login().await?;
        self.payment().await
    }

    async fn login(&mut self) -> Result<(), DemoError> {
        self.begin(RETRIEVE, "a login of the customer");
        let login = self.retrieve(MfaTransactionType::Login, None).await?;
        self.ensure(login.challenge_type == ChallengeType::Totp, "it does not ask for the code of the clock")?;
        self.ensure(login.challenge.is_none(), "there is a challenge, which this token cannot take")?;

        let code = self.shown(self.bank.tokens.totp())?;
        self.begin(VALIDATE, "a wrong code");
        self.refused_with(&login, &other_than(code.expose()), 422).await?;
        self.begin(VALIDATE, "the code that the token shows");
        self.accepted(&login, code.expose()).await
    }

    async fn payment(&mut self) -> Result<String, DemoError> {
        self.begin(RETRIEVE, "a payment by the representative");
        let meant = self.pay("1250.00").await?;
        let signature = self.signature(&meant)?;

        self.begin(RETRIEVE, "somebody changes the amount");
        let changed = self.pay("91250.00").await?;

        self.begin(VALIDATE, "the code for the payment that was meant");
        self.refused_with(&changed, signature.expose(), 422).await?;
        self.begin(RETRIEVE, "the right amount again");
        let again = self.pay("1250.00").await?;
        let code = self.signature(&again)?;
        self.begin(VALIDATE, "the code for it");
        self.accepted(&again, code.expose()).await?;
        self.begin(VALIDATE, "the same code once more");
        self.refused_with(&again, code.expose(), 404).await?;
        Ok(again.mfa_transaction_id.as_str().to_owned())
    }

    async fn pay(&mut self, amount: &str) -> Result<RetrievedChallenge, DemoError> {
        let details = TransactionDetails {
            amount: self.parse(amount)?,
            currency: self.parse("mxn")?,
            payee: self.parse(PAYEE)?,
            account: self.parse(ACCOUNT)?,
        };
        let opened = self.retrieve(MfaTransactionType::Risk, Some(details)).await?;
        self.ensure(opened.challenge_type == ChallengeType::Ocra, "it does not ask for a signature")?;
        let Some(signed) = &opened.transaction_details else {
            return Err(self.failed("it does not say what is signed"));
        };
        let (amount, currency) = (signed.amount.as_str().to_owned(), signed.currency.as_str().to_owned());
        self.answered(&format!("signed are: {amount} {currency}, {PAYEE}, the account without its blanks"));
        Ok(opened)
    }

    async fn retrieve(
        &mut self,
        kind: MfaTransactionType,
        details: Option<TransactionDetails>,
    ) -> Result<RetrievedChallenge, DemoError> {
        let representative = details.as_ref().map(|_| self.parse(REPRESENTATIVE)).transpose()?;
        let body = RetrieveChallengeRequest {
            mfa_transaction_type: kind,
            user_id: self.parse(CUSTOMER)?,
            legal_representative_id: representative,
            transaction_details: details,
        };
        let uuid = self.uuid()?;
        let Bank { client, token, session, .. } = &self.bank;
        let call = client.bne_retrieve_challenge().authorization(token.clone()).client_id(CLIENT.to_owned());
        let call = call.uuid(uuid).country_code("MX".to_owned()).business_code("GCB".to_owned());
        let answer = call.channel_id("CBOL".to_owned()).sid(session.clone()).body(body).send().await;
        let opened = answer.map_err(|error| self.failed(told(&error)))?.into_inner();
        let challenge = match &opened.challenge {
            Some(challenge) => format!("type {} into the token", challenge.as_str()),
            None => "read the code off the token".to_owned(),
        };
        self.answered(&format!("{}: {challenge}", opened.challenge_type.as_str()));
        Ok(opened)
    }

    async fn validate(
        &self,
        opened: &RetrievedChallenge,
        code: &str,
    ) -> Result<Result<(), Error<BneError>>, DemoError> {
        let signed = opened.challenge_type == ChallengeType::Ocra;
        let body = ValidateChallengeRequest {
            one_time_password_token: self.parse(code)?,
            mfa_transaction_type: if signed { MfaTransactionType::Risk } else { MfaTransactionType::Login },
            mfa_transaction_id: opened.mfa_transaction_id.clone(),
            arcsight: None,
        };
        let Bank { client, token, session, .. } = &self.bank;
        let call = client.bne_validate_challenge_info().authorization(token.clone()).client_id(CLIENT.to_owned());
        let call = call.uuid(self.uuid()?).country_code("MX".to_owned()).business_code("GCB".to_owned());
        let call = call.channel_id("CBOL".to_owned()).sid(session.clone()).accept_language("en".to_owned());
        Ok(call.body(body).send().await.map(drop))
    }

    async fn accepted(&mut self, opened: &RetrievedChallenge, code: &str) -> Result<(), DemoError> {
        self.validate(opened, code).await?.map_err(|error| self.failed(told(&error)))?;
        self.answered("204, accepted");
        Ok(())
    }

    async fn refused_with(&mut self, opened: &RetrievedChallenge, code: &str, status: u16) -> Result<(), DemoError> {
        let refusal = match self.validate(opened, code).await? {
            Ok(()) => return Err(self.failed("it was accepted")),
            Err(Error::ErrorResponse(refusal)) => refusal,
            Err(other) => return Err(self.failed(told(&other))),
        };
        let told = refusal.status().as_u16();
        let details = refusal.details.as_deref().unwrap_or_default();
        self.answered(&format!("{told} {}: {details}", refusal.code));
        self.expect("status", &told.to_string(), &status.to_string())
    }

    fn signature(&self, opened: &RetrievedChallenge) -> Result<Code, DemoError> {
        let challenge = opened.challenge.as_ref().map(|challenge| challenge.as_str().to_owned());
        self.shown(challenge.and_then(|challenge| self.bank.tokens.response(&challenge)))
    }

    fn shown(&self, code: Option<Code>) -> Result<Code, DemoError> {
        code.ok_or_else(|| self.failed("the token cannot take the challenge"))
    }

    fn uuid(&self) -> Result<RequestUuid, DemoError> {
        let mut bytes = [0; 16];
        self.bank.random.fill(&mut bytes);
        self.parse(&uuid::Builder::from_random_bytes(bytes).into_uuid().to_string())
    }
}

/// What went wrong with a call, without what was sent.
fn told(error: &Error<BneError>) -> String {
    match error {
        Error::ErrorResponse(answer) => format!("{} {}", answer.status(), answer.code),
        other => other.to_string(),
    }
}
