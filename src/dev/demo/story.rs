//! What happens in the demo, and what is expected of it.
//!
//! 1. Before login an applicant proves that a phone is theirs: start, send, a wrong code, resend, the code, and that code
//!    once more.
//! 2. A customer resets the security questions: start with a token, send to phone and e-mail, the code.
//! 3. The back office takes hardware tokens in and hands them out (`office`).
//! 4. With these tokens, a customer logs in and a legal representative signs a payment (`bne`).
//! 5. The bank's back end learns what was verified (`office`).

mod bne;
mod office;

pub(super) use bne::Bank;
pub(super) use office::Office;

use super::{DemoError, Say};
use crate::api::dbx::types::*;
use crate::client::{CallError, DbxClient, Requested, Token};
use crate::dev::mail_sink::MailSink;
use crate::dev::sms_sink::SmsSink;
use crate::domain::recipient::{EmailAddress, PhoneNumber};
use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

const REQUEST_PRE_LOGIN: &str = "requestOTPPreLoginMB";
const VERIFY_PRE_LOGIN: &str = "verifyOTPPreLoginMB";
const REQUEST_SECURITY_QUESTIONS: &str = "requestUpdateSecurityQuestionsOTP";
const VERIFY_SECURITY_QUESTIONS: &str = "verifyUpdateSecurityQuestionsOTP";

type Requesting = Result<Requested, CallError<RequestFailed>>;
type Verifying = Result<Verified, CallError<VerifyFailed>>;

/// Who takes part.
pub(super) struct Cast<'a> {
    pub(super) client: DbxClient,
    pub(super) token: Token,
    pub(super) sms: &'a SmsSink,
    pub(super) mail: &'a MailSink,
    pub(super) phone: PhoneNumber,
    pub(super) email: EmailAddress,
    pub(super) bank: Bank,
    pub(super) office: Office,
}

/// Who takes part, and how far it has got.
pub(super) struct Story<'a> {
    client: DbxClient,
    token: Token,
    sms: &'a SmsSink,
    mail: &'a MailSink,
    phone: PhoneNumber,
    email: EmailAddress,
    bank: Bank,
    office: Office,
    say: Say<'a>,
    step: usize,
    operations: BTreeSet<&'static str>,
    operation: &'static str,
    what: &'static str,
    texts_read: usize,
    mails_read: usize,
}

impl<'a> Story<'a> {
    pub(super) fn new(cast: Cast<'a>, say: Say<'a>) -> Self {
        let Cast { client, token, sms, mail, phone, email, bank, office } = cast;
        Self {
            client,
            token,
            sms,
            mail,
            phone,
            email,
            bank,
            office,
            say,
            step: 0,
            operations: BTreeSet::new(),
            operation: "",
            what: "",
            texts_read: 0,
            mails_read: 0,
        }
    }

    /// Tells it up to the first thing that is not as it should be.
    pub(super) async fn tell(&mut self) -> Result<(), DemoError> {
        let flow = self.before_login().await?;
        self.security_questions().await?;
        self.back_office().await?;
        let payment = self.hardware_tokens().await?;
        self.back_end(&flow, &payment).await
    }

    pub(super) fn end(&mut self) {
        let Self { step, operations, texts_read, mails_read, .. } = self;
        let operations = operations.len();
        (self.say)(&format!(
            "\nAll {step} steps went as they should: {operations} operations, {texts_read} text messages, {mails_read} e-mail. \
             The server has stopped, its data is deleted."
        ));
    }

    async fn before_login(&mut self) -> Result<ServiceKey, DemoError> {
        (self.say)("\nBefore login: an applicant proves that a phone is theirs. No token.");
        self.begin(REQUEST_PRE_LOGIN, "start, with the number the applicant typed");
        let phone = self.phone.expose().parse::<Phone>().map_err(|problem| self.failed(problem))?;
        let body = PreLoginRequest { phone: Some(phone), mfa_attributes: None };
        let answer = self.client.request_otp_pre_login_mb(None, body).await;
        let (flow, contacts) = self.started(answer)?;
        self.expect_contacts(&contacts.phone, &[self.phone.masked()])?;
        self.expect_contacts(&contacts.email, &[])?;

        self.begin(REQUEST_PRE_LOGIN, "send, to the phone chosen");
        let chosen = RequestOtp { phone: reference(&contacts.phone), ..RequestOtp::default() };
        let body = PreLoginRequest { phone: None, mfa_attributes: attributes(&flow, chosen.clone()) };
        let answer = self.client.request_otp_pre_login_mb(None, body).await;
        let sent = self.sent(answer)?;
        self.expect("resends left", &sent.remaining_resend_attempts, &sent.sac_max_resend_requests_allowed)?;
        let code = self.text_message(&sent)?;

        self.begin(VERIFY_PRE_LOGIN, "a wrong code");
        let body = self.verification(&flow, &sent, &other_than(&code))?;
        let answer = self.client.verify_otp_pre_login_mb(None, body).await;
        let refused = self.refused(answer, VerifyErrorCode::WrongCode)?;
        self.expect("attempts left", refused.remaining_failed_attempts.as_deref().unwrap_or("none named"), "2")?;

        self.begin(REQUEST_PRE_LOGIN, "resend");
        let again = RequestOtp { security_key: Some(sent.security_key.clone()), ..chosen };
        let body = PreLoginRequest { phone: None, mfa_attributes: attributes(&flow, again) };
        let answer = self.client.request_otp_pre_login_mb(None, body).await;
        let resent = self.sent(answer)?;
        self.expect("resends left", &resent.remaining_resend_attempts, "2")?;
        let same = self.text_message(&resent)? == code && resent.security_key.as_str() == sent.security_key.as_str();
        self.ensure(same, "code or security key changed although the code is still good")?;

        self.begin(VERIFY_PRE_LOGIN, "the code");
        let body = self.verification(&flow, &resent, &code)?;
        let answer = self.client.verify_otp_pre_login_mb(None, body.clone()).await;
        self.verified(answer)?;

        self.begin(VERIFY_PRE_LOGIN, "the same code once more");
        let answer = self.client.verify_otp_pre_login_mb(None, body).await;
        self.refused(answer, VerifyErrorCode::UnknownServiceKey)?;
        Ok(flow)
    }

    async fn security_questions(&mut self) -> Result<(), DemoError> {
        (self.say)("\nSecurity questions: a customer who is logged in. With the token of the identity service.");
        let token = self.token.clone();
        self.begin(REQUEST_SECURITY_QUESTIONS, "start, for the customer whom the token names");
        let body = SecurityQuestionsRequest { mfa_attributes: None };
        let answer = self.client.request_update_security_questions_otp(&token, body).await;
        let (flow, contacts) = self.started(answer)?;
        self.expect_contacts(&contacts.phone, &[self.phone.masked()])?;
        self.expect_contacts(&contacts.email, &[self.email.masked()])?;

        self.begin(REQUEST_SECURITY_QUESTIONS, "send, to phone and e-mail");
        let (phone, email) = (reference(&contacts.phone), reference(&contacts.email));
        let chosen = RequestOtp { phone, email, security_key: None };
        let body = SecurityQuestionsRequest { mfa_attributes: attributes(&flow, chosen) };
        let answer = self.client.request_update_security_questions_otp(&token, body).await;
        let sent = self.sent(answer)?;
        let code = self.text_message(&sent)?;
        let mailed = self.email(&sent)?;
        self.ensure(mailed == code, "phone and e-mail got different codes")?;

        self.begin(VERIFY_SECURITY_QUESTIONS, "the code");
        let body = self.verification(&flow, &sent, &code)?;
        let answer = self.client.verify_update_security_questions_otp(&token, body).await;
        self.verified(answer)
    }

    fn begin(&mut self, operation: &'static str, what: &'static str) {
        (self.operation, self.what) = (operation, what);
        self.operations.insert(operation);
        self.step += 1;
        (self.say)(&format!("\n  {}. {operation}: {what}", self.step));
    }

    fn answered(&mut self, text: &str) {
        (self.say)(&format!("     answer: {text}"));
    }

    fn received(&mut self, what: &str, text: &str) {
        (self.say)(&format!("     {what}"));
        text.trim_end().lines().for_each(|line| (self.say)(format!("       | {line}").trim_end()));
    }

    fn started(&mut self, answer: Requesting) -> Result<(ServiceKey, CustomerCommunication), DemoError> {
        let Requested::Started(started) = answer.map_err(|error| self.failed(error))? else {
            return Err(self.failed("the answer is not that a flow was started"));
        };
        let StartedAttributes { communication_type, customer_communication: contacts, service_key, .. } =
            started.mfa_attributes;
        let masked = |contacts: &[Contact]| match contacts {
            [] => "none".to_owned(),
            some => some.iter().map(|contact| contact.masked.as_str()).collect::<Vec<_>>().join(", "),
        };
        let (phones, emails) = (masked(&contacts.phone), masked(&contacts.email));
        self.answered(&format!("{}; phones: {phones}; e-mail: {emails}", communication_type.as_str()));
        Ok((service_key, contacts))
    }

    fn sent(&mut self, answer: Requesting) -> Result<SentAttributes, DemoError> {
        let Requested::Sent(sent) = answer.map_err(|error| self.failed(error))? else {
            return Err(self.failed("the answer is not that a code was sent"));
        };
        let Sent { success, mfa_attributes: sent, .. } = sent;
        let (left, max) = (&sent.remaining_resend_attempts, &sent.sac_max_resend_requests_allowed);
        self.answered(&format!("{success} {} digits, {left} of {max} resends left", sent.sac_code_length));
        Ok(sent)
    }

    fn verified(&mut self, answer: Verifying) -> Result<(), DemoError> {
        let verified = answer.map_err(|error| self.failed(error))?;
        self.answered(&format!("{} isOtpVerified: {}", verified.success, verified.is_otp_verified.as_str()));
        Ok(())
    }

    fn refused(&mut self, answer: Verifying, expected: VerifyErrorCode) -> Result<VerifyFailed, DemoError> {
        let failure = match answer {
            Err(CallError::Business(failure)) => failure,
            Err(other) => return Err(self.failed(other)),
            Ok(_) => return Err(self.failed("it was accepted")),
        };
        let attempts = match (&failure.remaining_failed_attempts, &failure.max_failed_attempts_allowed) {
            (Some(left), Some(max)) => format!(" {left} of {max} attempts left"),
            _ => String::new(),
        };
        self.answered(&format!("{} {}{attempts}", failure.dbp_err_code.as_str(), failure.dbp_err_msg));
        self.expect("dbpErrCode", failure.dbp_err_code.as_str(), expected.as_str())?;
        Ok(*failure)
    }

    /// Shows the one text message that has come since the last, and reads the code in it.
    fn text_message(&mut self, sent: &SentAttributes) -> Result<String, DemoError> {
        let messages = self.sms.messages();
        let [message] = &messages[self.texts_read..] else {
            let count = messages.len() - self.texts_read;
            return Err(self.failed(format_args!("{count} text messages came instead of one")));
        };
        self.texts_read += 1;
        self.ensure(message.to == self.phone.expose(), "the text message is for another phone")?;
        self.received(&format!("text message to {}:", self.phone.masked()), &message.text);
        self.code(&message.text, sent)
    }

    /// Shows the one e-mail that has come since the last, and reads the code in it.
    fn email(&mut self, sent: &SentAttributes) -> Result<String, DemoError> {
        let mails = self.mail.mails();
        let [mail] = &mails[self.mails_read..] else {
            let count = mails.len() - self.mails_read;
            return Err(self.failed(format_args!("{count} e-mails came instead of one")));
        };
        self.mails_read += 1;
        self.ensure(mail.to == [self.email.expose()], "the e-mail is for somebody else")?;
        let (Some(subject), Some(text)) = (mail.subject(), mail.text()) else {
            return Err(self.failed("the e-mail has no subject or no text"));
        };
        self.received(&format!("e-mail to {}, subject: {subject}", self.email.masked()), &text);
        self.code(&text, sent)
    }

    /// Reads the code as a person would: the number with as many digits as the answer said.
    fn code(&self, text: &str, sent: &SentAttributes) -> Result<String, DemoError> {
        let mut numbers = text.split(|c: char| !c.is_ascii_digit());
        let code = numbers.find(|number| number.len().to_string() == sent.sac_code_length);
        code.map(str::to_owned).ok_or_else(|| self.failed("there is no code in the message"))
    }

    fn verification(&self, flow: &ServiceKey, sent: &SentAttributes, code: &str) -> Result<VerifyRequest, DemoError> {
        let otp = code.parse().map_err(|problem| self.failed(problem))?;
        let otp = VerifyOtp { security_key: sent.security_key.clone(), otp };
        Ok(VerifyRequest { mfa_attributes: VerifyAttributes { service_key: flow.clone(), otp } })
    }

    fn expect_contacts(&self, found: &[Contact], expected: &[String]) -> Result<(), DemoError> {
        let masked = found.iter().map(|contact| &contact.masked);
        self.ensure(masked.eq(expected), "the addresses shown are not the expected ones, masked")?;
        let named = found.iter().all(|contact| contact.unmasked == contact.reference_id);
        self.ensure(named, "an address is shown in clear")
    }

    fn expect(&self, name: &str, found: &str, expected: &str) -> Result<(), DemoError> {
        if found == expected { Ok(()) } else { Err(self.failed(format_args!("{name}: {found} instead of {expected}"))) }
    }

    fn ensure(&self, fine: bool, problem: &str) -> Result<(), DemoError> {
        if fine { Ok(()) } else { Err(self.failed(problem)) }
    }

    fn parse<T: FromStr<Err: Display>>(&self, text: &str) -> Result<T, DemoError> {
        text.parse().map_err(|problem| self.failed(problem))
    }

    fn failed(&self, problem: impl Display) -> DemoError {
        let Self { step, operation, what, .. } = *self;
        DemoError::Step { number: step, operation, what, problem: problem.to_string() }
    }
}

fn reference(contacts: &[Contact]) -> Option<ReferenceId> {
    contacts.first().map(|contact| contact.reference_id.clone())
}

fn attributes(flow: &ServiceKey, otp: RequestOtp) -> Option<RequestAttributes> {
    Some(RequestAttributes { service_key: Some(flow.clone()), otp: Some(otp) })
}

/// The same code with another last digit.
fn other_than(code: &str) -> String {
    let (head, last) = code.split_at(code.len() - 1);
    format!("{head}{}", if last == "0" { "1" } else { "0" })
}
