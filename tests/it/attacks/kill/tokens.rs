//! Holders of counting tokens who log in, and what they were told.

use super::Count;
use crate::support::attack::Luck;
use crate::support::bank::{Bank, Line};
use countersign::api::bne::generated::{BNE_RETRIEVE_CHALLENGE, BNE_VALIDATE_CHALLENGE_INFO};
use countersign::domain::oath::hotp::hotp;
use countersign::domain::oath::{Digits, Seed};
use http::Method;
use serde_json::{Value, json};

/// A customer with a HOTP token.
pub(crate) struct Holder {
    customer: String,
    access: String,
    seed: Seed,
    luck: Luck,
    /// The counter whose code is the next to be shown.
    next: u64,
    /// Whether the code before it was sent and nothing came back.
    open: bool,
    /// Wrong codes since the last right one.
    wrong: Count,
    taken: u64,
}

/// How many codes were taken.
pub(crate) fn total(holders: &[Holder]) -> u64 {
    holders.iter().map(|holder| holder.taken).sum()
}

impl Holder {
    pub(crate) async fn enrol(bank: &Bank, line: &Line, n: u64, luck: Luck) -> Self {
        let customer = format!("holder-{n}");
        let seed = [n as u8 + 1; 20];
        let hex: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
        let body =
            json!({ "serial": format!("HT-{n}"), "kind": "HOTP", "digits": 6, "seed": hex, "customerId": customer });
        let once = format!("enrol-{n}-0000000000");
        let made = line.office(Method::POST, "/tokens", &[("Idempotency-Key", &once)], Some(&body)).await.unwrap();
        assert_eq!(made.0, 201, "{}", made.1);
        let access = bank.token(&customer);
        let (next, open, wrong, taken) = Default::default();
        Self { customer, access, seed: Seed::new(&seed).unwrap(), luck, next, open, wrong, taken }
    }

    /// One login after the other until the server is gone or it is over.
    pub(crate) async fn work(&mut self, line: &Line, is_over: impl Fn() -> bool) {
        while !is_over() && self.log_in(line).await.is_some() {}
    }

    /// Codes up to this counter were taken elsewhere, and answered for.
    pub(crate) fn stands_at(&mut self, next: u64) {
        self.next = next;
    }

    pub(crate) fn code(&self, counter: u64) -> String {
        hotp(&self.seed, Digits::Six, counter).expose().to_owned()
    }

    async fn log_in(&mut self, line: &Line) -> Option<()> {
        let transaction = self.retrieve(line).await?;
        if self.luck.once_in(3) {
            let near: Vec<_> =
                (self.next.saturating_sub(2)..self.next + 20).map(|counter| self.code(counter)).collect();
            self.wrong.asked();
            assert_eq!(self.validate(line, &transaction, &self.luck.guess(6, &near)).await?, 422);
            self.wrong.told();
        }
        (self.open, self.next) = (true, self.next + 1);
        assert_eq!(self.validate(line, &transaction, &self.code(self.next - 1)).await?, 204);
        (self.open, self.wrong, self.taken) = (false, Count::default(), self.taken + 1);
        Some(())
    }

    pub(crate) async fn retrieve(&self, line: &Line) -> Option<String> {
        let body = json!({ "mfaTransactionType": "LOGIN", "userId": self.customer });
        let (status, body) = line.bne(&BNE_RETRIEVE_CHALLENGE, &self.access, &body).await?;
        assert_eq!(status, 200, "{body}");
        Some(body["mfaTransactionId"].as_str().unwrap().to_owned())
    }

    pub(crate) async fn validate(&self, line: &Line, transaction: &str, code: &str) -> Option<u16> {
        let body =
            json!({ "oneTimePasswordToken": code, "mfaTransactionType": "LOGIN", "mfaTransactionId": transaction });
        Some(line.bne(&BNE_VALIDATE_CHALLENGE_INFO, &self.access, &body).await?.0)
    }

    /// Holds a server that was started anew to the book: no code that was taken is taken again, no failure is forgotten.
    pub(crate) async fn holds(&mut self, line: &Line) {
        let path = format!("/tokens?customerId={}", self.customer);
        let (status, seen) = line.office(Method::GET, &path, &[], None).await.unwrap();
        assert_eq!(status, 200, "{seen}");
        let token: &Value = &seen["items"][0];
        let failures = token["failures"].as_u64().unwrap();
        // A right code without an answer may have ended the row.
        if !(self.open && failures == 0) {
            self.wrong.allows(failures, &format!("failures of {}", self.customer));
        }
        let transaction = self.retrieve(line).await.unwrap();
        if self.open {
            // Either now or before, and not once more.
            let now = self.validate(line, &transaction, &self.code(self.next - 1)).await.unwrap();
            assert!(matches!(now, 204 | 422), "{now}");
        }
        let transaction = self.retrieve(line).await.unwrap();
        if self.next > 0 {
            let again = self.validate(line, &transaction, &self.code(self.next - 1)).await.unwrap();
            assert_eq!(again, 422, "{}: a code was taken twice, or nobody knows of it", self.customer);
        }
        self.next += 1;
        assert_eq!(self.validate(line, &transaction, &self.code(self.next - 1)).await, Some(204), "{}", self.customer);
        (self.open, self.wrong, self.taken) = (false, Count::default(), self.taken + 1);
    }
}
