//! What a customer confirms with a code for a risk transaction, in the one form that is signed.
//!
//! The same payment has to come out the same however it was typed, and two different payments never: each rule below
//! takes away what carries no meaning, and nothing else. All are decided here.
//!
//! - **amount**: 1 to 15 digits, then maybe a point and 1 to 6 digits; no sign and no grouping. Zeros go that are in
//!   front of the first digit (but one before the point) or at the end of a fraction: `01250.50` is `1250.5`, `7.00`
//!   is `7`.
//! - **currency**: three letters (ISO 4217), made capitals.
//! - **payee**: 1 to 140 characters, none of them a control, formatting or invisible character. Brought into Unicode form
//!   NFC; no white space at either end, each run of it one blank.
//! - **account**: 4 to 34 ASCII letters and digits, with blanks and dashes anywhere. Made capitals, blanks and dashes
//!   go.
//!
//! Capital and small letters of a payee differ: which of them mean the same is a matter of language.

use icu_normalizer::ComposingNormalizerBorrowed;
use std::fmt;

/// The details of a risk transaction, normalised. Who is paid is nobody's business: not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Details {
    amount: String,
    currency: String,
    payee: String,
    account: String,
}

/// Which detail is not usable. Says what it has to be and quotes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DetailsError {
    /// The amount.
    #[error("an amount is 1 to 15 digits, then maybe a point and 1 to 6 digits")]
    Amount,
    /// The currency.
    #[error("a currency is three letters")]
    Currency,
    /// The payee.
    #[error("a payee has 1 to 140 characters, not blanks alone and no control or formatting characters")]
    Payee,
    /// The account.
    #[error("an account has 4 to 34 letters and digits, apart from blanks and dashes")]
    Account,
}

impl DetailsError {
    /// The property at fault, as the API names it.
    pub fn field(self) -> &'static str {
        match self {
            Self::Amount => "amount",
            Self::Currency => "currency",
            Self::Payee => "payee",
            Self::Account => "account",
        }
    }
}

impl Details {
    /// The longest payee, in characters.
    pub const PAYEE_MAX: usize = 140;
    /// The longest account as given, separators included, in characters.
    pub const ACCOUNT_GIVEN_MAX: usize = 70;

    /// Normalises what a caller gives.
    pub fn parse(amount: &str, currency: &str, payee: &str, account: &str) -> Result<Self, DetailsError> {
        Ok(Self {
            amount: normal_amount(amount).ok_or(DetailsError::Amount)?,
            currency: normal_currency(currency).ok_or(DetailsError::Currency)?,
            payee: normal_payee(payee).ok_or(DetailsError::Payee)?,
            account: normal_account(account).ok_or(DetailsError::Account)?,
        })
    }

    /// How much: a decimal number.
    pub fn amount(&self) -> &str {
        &self.amount
    }

    /// In which currency.
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// To whom.
    pub fn payee(&self) -> &str {
        &self.payee
    }

    /// To which account.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Every detail with its name: what is signed.
    pub fn named(&self) -> [(&'static str, &str); 4] {
        [("amount", &self.amount), ("currency", &self.currency), ("payee", &self.payee), ("account", &self.account)]
    }
}

impl fmt::Debug for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Details(..)")
    }
}

fn normal_amount(text: &str) -> Option<String> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) if (1..=6).contains(&fraction.len()) => (whole, fraction),
        Some(_) => return None,
        None => (text, ""),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !(1..=15).contains(&whole.len()) || !digits(whole) || !digits(fraction) {
        return None;
    }
    let whole = Some(whole.trim_start_matches('0')).filter(|whole| !whole.is_empty()).unwrap_or("0");
    let fraction = fraction.trim_end_matches('0');
    Some(if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") })
}

fn normal_currency(text: &str) -> Option<String> {
    let fits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    fits.then(|| text.to_ascii_uppercase())
}

fn normal_payee(text: &str) -> Option<String> {
    if text.chars().count() > Details::PAYEE_MAX || text.chars().any(is_unseen) {
        return None;
    }
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    let words: Vec<_> = composed.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn normal_account(text: &str) -> Option<String> {
    if text.chars().count() > Details::ACCOUNT_GIVEN_MAX {
        return None;
    }
    let account: String = text.chars().filter(|c| *c != ' ' && *c != '-').collect();
    let fits = (4..=34).contains(&account.len()) && account.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then(|| account.to_ascii_uppercase())
}

/// Characters with which two payees look alike and differ, or one looks like what it is not (Unicode Technical Report 36
/// §2.5): controls, those of category Cf, which among others turn the direction of writing, those that Unicode says are not
/// to be shown (Default_Ignorable_Code_Point), and the blank that is a Braille pattern.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details(amount: &str, currency: &str, payee: &str, account: &str) -> Result<[String; 4], DetailsError> {
        let details = Details::parse(amount, currency, payee, account)?;
        assert_eq!(format!("{details:?}"), "Details(..)");
        Ok(details.named().map(|(_, value)| value.to_owned()))
    }

    #[test]
    fn amounts_lose_the_zeros_that_mean_nothing() {
        for (given, normal) in [
            ("1250.00", "1250"),
            ("01250.50", "1250.5"),
            ("7", "7"),
            ("0", "0"),
            ("000", "0"),
            ("0.10", "0.1"),
            ("00.000001", "0.000001"),
            ("100", "100"),
            ("999999999999999.999999", "999999999999999.999999"),
        ] {
            assert_eq!(normal_amount(given).as_deref(), Some(normal), "{given}");
        }
        for given in [
            "",
            ".",
            "1.",
            ".5",
            "-1",
            "+1",
            "1,250.00",
            "1e3",
            "1 2",
            " 1",
            "1.2.3",
            "１",
            "1234567890123456",
            "1.0000000",
        ] {
            assert_eq!(normal_amount(given), None, "{given}");
        }
    }

    #[test]
    fn payees_that_look_alike_are_alike() {
        let normal = |given: &str| normal_payee(given);
        assert_eq!(normal("  Jos\u{e9}\u{a0}\u{a0} P\u{e9}rez "), normal("Jose\u{301} P\u{e9}rez"));
        assert_eq!(normal("ACME"), Some("ACME".into()));
        assert_ne!(normal("acme"), normal("ACME"));
        assert_eq!(normal(&"x".repeat(140)).map(|payee| payee.len()), Some(140));
        for given in
            ["", " \u{3000} ", "a\u{0}b", "a\nb", "a\tb", "a\u{200b}b", "a\u{202e}b", "\u{feff}a", &"x".repeat(141)]
        {
            assert_eq!(normal(given), None, "{given:?}");
        }
        for unseen in "\u{34f}\u{600}\u{1160}\u{17b4}\u{180b}\u{2800}\u{3164}\u{fe0f}\u{ffa0}\u{1d173}\u{e0101}".chars()
        {
            assert_eq!(normal(&format!("ACME{unseen}")), None, "{unseen:?}");
        }
    }

    #[test]
    fn accounts_and_currencies_are_tidied() {
        let given = details("1", "mxn", "A", "es91 2100-0418 4502 0005 1332");
        assert_eq!(given.unwrap(), ["1", "MXN", "A", "ES9121000418450200051332"]);
        for account in ["", "123", "1-2-3", "12345/6", "ñandú", &"1".repeat(35), &format!("1234{}", " ".repeat(67))] {
            assert_eq!(details("1", "MXN", "A", account), Err(DetailsError::Account), "{account}");
        }
        for currency in ["", "MX", "MXNN", "M X", "€UR", "123"] {
            assert_eq!(details("1", currency, "A", "1234"), Err(DetailsError::Currency), "{currency}");
        }
    }

    #[test]
    fn the_first_detail_at_fault_is_named() {
        assert_eq!(details("x", "x", "", "").unwrap_err().field(), "amount");
        assert_eq!(details("1", "MXN", "", "1234").unwrap_err().field(), "payee");
    }
}
