//! Where a code can be sent: phone numbers and e-mail addresses.
//!
//! An address names a person, so no type here prints itself: `Debug` and `Display` show the masked form only. The full
//! form leaves through [`PhoneNumber::expose`] and [`EmailAddress::expose`], which store and delivery call.

use std::fmt;

/// A way a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// A text message to a phone.
    Sms,
    /// An e-mail.
    Email,
}

impl Channel {
    /// The name used in logs, metrics and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Sms => "sms",
            Channel::Email => "email",
        }
    }
}

/// Why a text is not a phone number or an e-mail address. Never quotes the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Does not start with `+`.
    #[error("a phone number starts with + and its country calling code")]
    NoPlus,
    /// Something other than digits and the usual separators.
    #[error("a phone number has digits only, apart from blanks, dashes and brackets")]
    NotDigits,
    /// E.164 allows 15 digits; fewer than 8 reach nobody abroad.
    #[error("a phone number has 8 to 15 digits")]
    Length,
    /// No country has the leading digits as its calling code.
    #[error("no country has this calling code")]
    CallingCode,
    /// Not `local@domain`, or longer than mail allows.
    #[error("an e-mail address is local@domain, at most 254 characters, without blanks")]
    Email,
}

/// A phone number in E.164 form: `+`, then 8 to 15 digits that start with a country calling code (ITU-T E.164 §6).
///
/// National numbering plans are not consulted: they change faster than software is released (decided here).
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads a number as people type it; blanks, dashes and brackets are tidied away.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let tidy: String = text.chars().filter(|c| !is_separator(*c)).collect();
        let digits = tidy.strip_prefix('+').ok_or(AddressError::NoPlus)?;
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(AddressError::NotDigits);
        }
        if !(8..=15).contains(&digits.len()) {
            return Err(AddressError::Length);
        }
        calling_code(digits).ok_or(AddressError::CallingCode)?;
        Ok(Self(tidy))
    }

    /// The country calling code it starts with, without the `+`.
    pub fn calling_code(&self) -> &str {
        calling_code(&self.0[1..]).expect("a number is made with a calling code that is known")
    }

    /// The number in E.164 form, for those who must have it: the sealed column and the gateway.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// First three and last two characters, the rest `X`: `+99XXXXXX07`.
    pub fn masked(&self) -> String {
        let hidden = self.0.len() - 5;
        format!("{}{}{}", &self.0[..3], "X".repeat(hidden), &self.0[self.0.len() - 2..])
    }
}

/// An e-mail address, `local@domain`, at most 254 characters (RFC 5321 §4.5.3.1, RFC 3696 erratum 1690).
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Checks the form only; whether it can be reached is the mail server's word.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(AddressError::Email)?;
        let printable = |s: &str| s.chars().all(|c| c.is_ascii_graphic() && !"<>()[],;:\\\"@".contains(c));
        let dotted = |s: &str| s.split('.').all(|part| !part.is_empty());
        let fits = (1..=64).contains(&local.len()) && text.len() <= 254;
        if fits && printable(local) && dotted(local) && printable(domain) && dotted(domain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(AddressError::Email)
        }
    }

    /// The full address, for those who must have it: the sealed column and the mail server.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// First three characters and all from `@` on, the rest `X`; a local part of three or fewer keeps one.
    pub fn masked(&self) -> String {
        let at = self.0.rfind('@').unwrap_or(self.0.len());
        let keep = if at <= 3 { 1 } else { 3 };
        format!("{}{}{}", &self.0[..keep], "X".repeat(at - keep), &self.0[at..])
    }
}

/// One place a code can be sent to.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// By text message.
    Phone(PhoneNumber),
    /// By e-mail.
    Email(EmailAddress),
}

impl Address {
    /// The channel that reaches it.
    pub fn channel(&self) -> Channel {
        match self {
            Address::Phone(_) => Channel::Sms,
            Address::Email(_) => Channel::Email,
        }
    }

    /// The full address; see [`PhoneNumber::expose`].
    pub fn expose(&self) -> &str {
        match self {
            Address::Phone(phone) => phone.expose(),
            Address::Email(email) => email.expose(),
        }
    }

    /// The form a person may see who has not proven to be its owner.
    pub fn masked(&self) -> String {
        match self {
            Address::Phone(phone) => phone.masked(),
            Address::Email(email) => email.masked(),
        }
    }
}

macro_rules! shows_masked {
    ($($name:ident),*) => { $(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.masked())
            }
        }
    )* };
}
shows_masked!(PhoneNumber, EmailAddress, Address);

/// The country calling code that digits begin with, if one does.
pub fn calling_code(digits: &str) -> Option<&str> {
    // A leading zero is no digit of a code, though parsing would pass over it: `+034` is not `+34`.
    let known = |code: &&str| code.parse().is_ok_and(|code| CALLING_CODES.binary_search(&code).is_ok());
    (1..=3).filter_map(|n| digits.get(..n)).find(known).filter(|code| !code.starts_with('0'))
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-' | '\u{2010}'..='\u{2015}' | '(' | ')' | '[' | ']')
}

/// The country calling codes of ITU-T E.164 that belong to a country or territory, sorted. Satellite, premium and
/// other service codes (800, 808, 870, 878, 881-883, 888, 979) are left out: no customer lives there, toll fraud does.
#[rustfmt::skip]
const CALLING_CODES: &[u16] = &[
    1, 7, 20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60,
    61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98, 211, 212, 213, 216, 218, 220, 221, 222, 223,
    224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239, 240, 241, 242, 243, 244, 245, 246,
    247, 248, 249, 250, 251, 252, 253, 254, 255, 256, 257, 258, 260, 261, 262, 263, 264, 265, 266, 267, 268, 269, 290,
    291, 297, 298, 299, 350, 351, 352, 353, 354, 355, 356, 357, 358, 359, 370, 371, 372, 373, 374, 375, 376, 377, 378,
    379, 380, 381, 382, 383, 385, 386, 387, 389, 420, 421, 423, 500, 501, 502, 503, 504, 505, 506, 507, 508, 509, 590,
    591, 592, 593, 594, 595, 596, 597, 598, 599, 670, 672, 673, 674, 675, 676, 677, 678, 679, 680, 681, 682, 683, 685,
    686, 687, 688, 689, 690, 691, 692, 850, 852, 853, 855, 856, 880, 886, 960, 961, 962, 963, 964, 965, 966, 967, 968,
    970, 971, 972, 973, 974, 975, 976, 977, 992, 993, 994, 995, 996, 998,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_tidied_into_e164() {
        for text in ["+34 600-12 34 56", "+34(600)123456", "+34600123456", "+34\u{a0}600\u{2011}123456"] {
            assert_eq!(PhoneNumber::parse(text).map(|p| p.expose().to_owned()), Ok("+34600123456".into()), "{text}");
        }
    }

    #[test]
    fn what_is_not_e164_is_named() {
        use AddressError::*;
        let cases = [
            ("", NoPlus),
            ("34600123456", NoPlus),
            ("+", Length),
            ("+3460012", Length),
            ("+3460012345678901", Length),
            ("+34600abc456", NotDigits),
            ("+34600\x00123456", NotDigits),
            ("+٣٤٦٠٠١٢٣٤٥٦", NotDigits),
            ("+😀34600123456", NotDigits),
            ("+21012345678", CallingCode),
            ("+99912345678", CallingCode),
            ("+88112345678", CallingCode),
            ("+034600123456", CallingCode),
            ("+0034600123456", CallingCode),
            ("+0123456789", CallingCode),
        ];
        for (text, error) in cases {
            assert_eq!(PhoneNumber::parse(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn calling_codes_are_sorted_and_no_code_begins_another() {
        assert!(CALLING_CODES.is_sorted());
        for code in CALLING_CODES {
            let text = code.to_string();
            for n in 1..text.len() {
                assert!(!CALLING_CODES.contains(&text[..n].parse().unwrap()), "{code} begins with another code");
            }
        }
    }

    #[test]
    fn masks_are_the_ones_the_apps_know() {
        let phone = |s: &str| PhoneNumber::parse(s).unwrap().masked();
        let email = |s: &str| EmailAddress::parse(s).unwrap().masked();
        assert_eq!(phone("+9212345607"), "+92XXXXXX07");
        assert_eq!(email("sowmyaxxxxxxxxxx@temenos.com"), "sowXXXXXXXXXXXXX@temenos.com");
        assert_eq!(email("ana@bank.example"), "aXX@bank.example");
        assert_eq!(email("a@bank.example"), "a@bank.example");
        assert_eq!(email("anna@bank.example"), "annX@bank.example");
    }

    #[test]
    fn debug_shows_the_mask() {
        let address = Address::Phone(PhoneNumber::parse("+34600123456").unwrap());
        assert_eq!(format!("{address:?}"), "+34XXXXXXX56");
    }

    #[test]
    fn what_is_not_an_address_is_refused() {
        for text in ["", "a", "@b.c", "a@", "a b@c.d", "a@@b.c", "a\r\n@b.c", "a@b..c", ".a@b.c", "ñ@b.c"] {
            assert_eq!(EmailAddress::parse(text), Err(AddressError::Email), "{text:?}");
        }
        assert!(EmailAddress::parse(&format!("{}@b.c", "a".repeat(65))).is_err());
        assert!(EmailAddress::parse(&format!("a@{}.c", "b".repeat(252))).is_err());
    }
}
