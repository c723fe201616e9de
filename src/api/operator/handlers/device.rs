//! What a token computes, in the words of the document and in those of the domain.

use crate::api::operator::types::{self, Count, Drift, EpochSecs, ImportEntry, NewToken, OcraSuite, TokenKind};
use crate::api::runtime::Reject;
use crate::api::scalar::Invalid;
use crate::domain::oath::ocra::suite::Suite;
use crate::domain::oath::totp::{self, Period, Totp};
use crate::domain::oath::{Digits, HashAlgorithm};
use crate::domain::token::{Device, DeviceKind, Ocra};

/// The properties of a token that say what it computes, as they came.
pub(super) struct Described<'a> {
    kind: TokenKind,
    digits: Option<types::Digits>,
    algorithm: Option<types::Algorithm>,
    period: Option<types::Period>,
    t0: Option<EpochSecs>,
    counter: Option<Count>,
    drift: Option<Drift>,
    suite: Option<&'a OcraSuite>,
}

impl<'a> From<&'a NewToken> for Described<'a> {
    fn from(token: &'a NewToken) -> Self {
        let NewToken { kind, digits, algorithm, period, t0, counter, suite, .. } = token;
        Self {
            kind: *kind,
            digits: *digits,
            algorithm: *algorithm,
            period: *period,
            t0: *t0,
            counter: *counter,
            drift: None,
            suite: suite.as_ref(),
        }
    }
}

impl<'a> From<&'a ImportEntry> for Described<'a> {
    fn from(entry: &'a ImportEntry) -> Self {
        let ImportEntry { kind, digits, algorithm, period, t0, counter, drift, suite, .. } = entry;
        Self {
            kind: *kind,
            digits: *digits,
            algorithm: *algorithm,
            period: *period,
            t0: *t0,
            counter: *counter,
            drift: *drift,
            suite: suite.as_ref(),
        }
    }
}

/// What is wrong with a description: the property, and a sentence.
pub(super) type Fault = (&'static str, String);

impl Described<'_> {
    /// The device; what is absent has the document's default.
    pub(super) fn device(&self) -> Result<Device, Fault> {
        self.check()?;
        let counter = self.counter.map_or(0, Count::get);
        Ok(match self.kind {
            TokenKind::Hotp => Device::Hotp { digits: self.digits()?, counter },
            TokenKind::Totp => Device::Totp { totp: self.totp()?, drift: self.drift()?, last_step: None },
            TokenKind::Ocra => {
                let suite = self.suite.ok_or(("suite", "missing".to_owned()))?;
                let unusable = |problem: &dyn ToString| ("suite", problem.to_string());
                let suite: Suite = suite.as_str().parse().map_err(|problem| unusable(&problem))?;
                if suite.has_counter() && self.counter.is_none() {
                    return Err(("counter", "missing: the suite has one".to_owned()));
                }
                Device::Ocra(Ocra::new(suite, counter, None).map_err(|problem| unusable(&problem))?)
            }
        })
    }

    /// Refuses what belongs to another kind: it would mean that the token is not what it is taken for.
    fn check(&self) -> Result<(), Fault> {
        let (hotp, totp, ocra) = (TokenKind::Hotp, TokenKind::Totp, TokenKind::Ocra);
        let given: [(&str, bool, &[TokenKind]); 7] = [
            ("digits", self.digits.is_some(), &[hotp, totp]),
            ("algorithm", self.algorithm.is_some(), &[totp]),
            ("period", self.period.is_some(), &[totp]),
            ("t0", self.t0.is_some(), &[totp]),
            ("counter", self.counter.is_some(), &[hotp, ocra]),
            ("drift", self.drift.is_some(), &[totp]),
            ("suite", self.suite.is_some(), &[ocra]),
        ];
        let misplaced = given.into_iter().find(|(_, given, kinds)| *given && !kinds.contains(&self.kind));
        misplaced
            .map_or(Ok(()), |(property, ..)| Err((property, format!("has no place in a token of kind {}", self.kind))))
    }

    fn digits(&self) -> Result<Digits, Fault> {
        let digits = self.digits.unwrap_or(types::Digits::DEFAULT).get();
        let digits = u8::try_from(digits).ok().and_then(Digits::new);
        digits.ok_or(("digits", "must be 6, 7 or 8".to_owned()))
    }

    fn totp(&self) -> Result<Totp, Fault> {
        let period = Period::new(self.period.unwrap_or(types::Period::DEFAULT).get());
        Ok(Totp {
            algorithm: match self.algorithm {
                None | Some(types::Algorithm::Sha1) => HashAlgorithm::Sha1,
                Some(types::Algorithm::Sha256) => HashAlgorithm::Sha256,
                Some(types::Algorithm::Sha512) => HashAlgorithm::Sha512,
            },
            digits: self.digits()?,
            period: period.ok_or(("period", "must be 30 or 60".to_owned()))?,
            t0: i64::try_from(self.t0.map_or(0, EpochSecs::get)).map_err(|_| ("t0", "is too late to be".to_owned()))?,
        })
    }

    fn drift(&self) -> Result<totp::Drift, Fault> {
        let steps = self.drift.map_or(0, Drift::get);
        totp::Drift::new(steps.into()).map_err(|problem| ("drift", problem.to_string()))
    }
}

/// The same as a malformed request.
pub(super) fn malformed((property, problem): Fault) -> Reject {
    Reject::malformed(property, problem)
}

/// A kind, in the document's words.
pub(super) fn kind(kind: DeviceKind) -> TokenKind {
    match kind {
        DeviceKind::Hotp => TokenKind::Hotp,
        DeviceKind::Totp => TokenKind::Totp,
        DeviceKind::Ocra => TokenKind::Ocra,
    }
}

/// Writes into an answer what a device computes, and how far it has got.
pub(super) fn show(device: &Device, token: &mut types::Token) -> Result<(), Invalid> {
    let digits = |digits: Digits| types::Digits::try_from(u32::from(digits.count()));
    match device {
        Device::Hotp { digits: length, counter } => {
            (token.digits, token.counter) = (Some(digits(*length)?), Some(counted(*counter)));
        }
        Device::Totp { totp, drift, last_step } => {
            token.digits = Some(digits(totp.digits)?);
            token.algorithm = Some(match totp.algorithm {
                HashAlgorithm::Sha1 => types::Algorithm::Sha1,
                HashAlgorithm::Sha256 => types::Algorithm::Sha256,
                HashAlgorithm::Sha512 => types::Algorithm::Sha512,
            });
            token.period = Some(totp.period.seconds().try_into()?);
            token.t0 = u64::try_from(totp.t0).ok().map(TryInto::try_into).transpose()?;
            token.drift = i32::try_from(drift.steps()).ok().map(TryInto::try_into).transpose()?;
            token.last_step = last_step.map(TryInto::try_into).transpose()?;
        }
        Device::Ocra(ocra) => {
            token.suite = Some(ocra.suite().as_str().parse()?);
            token.counter = ocra.suite().has_counter().then(|| counted(ocra.counter()));
        }
    }
    Ok(())
}

/// Where a token stands that counts. It may have gone further than a number of the document can say.
fn counted(counter: u64) -> Count {
    Count::try_from(counter).unwrap_or(Count::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(json: &str) -> Option<&'static str> {
        let token: NewToken = serde_json::from_str(json).expect("the right shape");
        Described::from(&token).device().err().map(|(property, _)| property)
    }

    #[test]
    fn a_property_of_another_kind_or_one_that_is_missing_is_named() {
        for (json, property) in [
            (r#"{"serial":"1","kind":"HOTP","period":30}"#, "period"),
            (r#"{"serial":"1","kind":"HOTP","algorithm":"SHA1"}"#, "algorithm"),
            (r#"{"serial":"1","kind":"TOTP","counter":0}"#, "counter"),
            (r#"{"serial":"1","kind":"TOTP","suite":"OCRA-1:HOTP-SHA1-6:QN08"}"#, "suite"),
            (r#"{"serial":"1","kind":"OCRA"}"#, "suite"),
            (r#"{"serial":"1","kind":"OCRA","suite":"OCRA-1:HOTP-SHA1-6:C-QN08"}"#, "counter"),
            (r#"{"serial":"1","kind":"OCRA","suite":"OCRA-1:HOTP-SHA1-0:QN08"}"#, "suite"),
            (r#"{"serial":"1","kind":"OCRA","suite":"OCRA-1:nonsense"}"#, "suite"),
        ] {
            assert_eq!(fault(json), Some(property), "{json}");
        }
    }

    #[test]
    fn what_is_absent_has_the_documents_default() {
        let token: NewToken = serde_json::from_str(r#"{"serial":"1","kind":"TOTP"}"#).expect("the right shape");
        let Ok(Device::Totp { totp, .. }) = Described::from(&token).device() else { panic!("no TOTP token") };
        assert_eq!((totp.digits, totp.period.seconds(), totp.t0), (Digits::Six, 30, 0));
        assert_eq!(totp.algorithm, HashAlgorithm::Sha1);
    }
}
