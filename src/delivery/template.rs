//! What a message says: default texts in every language, and an operator's own.
//!
//! Every text is rendered at start-up, so that a mistake stops the server and not a customer. A text names the purpose
//! (someone who did not ask for *this* knows that something is wrong), the validity, and warns never to share the code.
//! The Spanish text messages keep to letters of the GSM 7-bit alphabet (3GPP TS 23.038 §6.2.1), which has `é` and `ñ` but
//! no `ó` or `í`: one other letter makes a message twice as long.

use crate::domain::customer::Language;
use crate::domain::policy::Purpose;
use crate::domain::ports::Message;
use crate::domain::recipient::Channel;
use minijinja::value::Value;
use minijinja::{Environment, UndefinedBehavior, context};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

use super::SetupError;

/// An operator's texts: whatever is not set keeps its default.
#[derive(Clone, Debug, Default)]
pub struct TextsOptions {
    /// The bank's name as its customers know it, 1 to 30 characters.
    pub sender_name: String,
    /// Topic (`pre_login`, `security_questions`) → language (`es`, `en`) → templates.
    pub overrides: BTreeMap<String, BTreeMap<String, TextOverride>>,
}

/// The templates of one topic in one language, with the variables `passcode`, `minutes` and `sender_name`.
#[derive(Clone, Debug, Default)]
pub struct TextOverride {
    /// The text message; at most three parts of a text message when rendered.
    pub sms: Option<String>,
    /// The subject of the e-mail, one line.
    pub email_subject: Option<String>,
    /// The e-mail: plain text.
    pub email_body: Option<String>,
}

/// A message's text, ready to go.
pub struct Text {
    /// The subject, where the channel has one.
    pub subject: Option<String>,
    /// What the customer reads.
    pub body: Zeroizing<String>,
}

/// All texts, known to render.
pub struct Texts {
    sender_name: String,
    templates: Environment<'static>,
}

/// A text that rendered at start-up does not render for this message. Says nothing of the message.
#[derive(Debug, thiserror::Error)]
#[error("the text {0} does not render")]
pub struct RenderError(String);

const PARTS: [&str; 3] = ["sms", "email_subject", "email_body"];
const VARIABLES: [&str; 3] = ["passcode", "minutes", "sender_name"];
const SENDER_NAME_CHARS_MAX: usize = 30;
const TEMPLATE_BYTES_MAX: usize = 8 * 1024;
const SUBJECT_CHARS_MAX: usize = 120;
const SMS_PARTS_MAX: usize = 3;

impl Texts {
    /// Puts the operator's texts over the defaults and tries every one of them. Keys of errors are `sender_name` or a
    /// template's path, as in `pre_login.es.sms`.
    pub fn new(options: &TextsOptions) -> Result<Self, SetupError> {
        check_sender_name(&options.sender_name)?;
        let mut templates = environment();
        for purpose in Purpose::ALL {
            for language in Language::ALL {
                for (part, source) in PARTS.into_iter().zip(defaults(purpose, language)) {
                    add(&mut templates, key(purpose.as_str(), language, part), source.to_owned(), &VARIABLES)?;
                }
            }
        }
        for (topic, languages) in &options.overrides {
            if Purpose::parse(topic).is_none() {
                return Err(SetupError::new(
                    topic,
                    "there is no such topic; there are pre_login and security_questions",
                ));
            }
            for (code, texts) in languages {
                let Some(language) = Language::parse(code) else {
                    return Err(SetupError::new(format!("{topic}.{code}"), "there are texts in es and en only"));
                };
                for (part, source) in PARTS.into_iter().zip([&texts.sms, &texts.email_subject, &texts.email_body]) {
                    if let Some(source) = source {
                        add(&mut templates, key(topic, language, part), source.clone(), &VARIABLES)?;
                    }
                }
            }
        }
        let texts = Self { sender_name: options.sender_name.clone(), templates };
        texts.try_all()?;
        Ok(texts)
    }

    /// Writes the text of a message for the channel of its address.
    pub fn write(&self, message: &Message) -> Result<Text, RenderError> {
        let values = self.values(message.passcode.expose(), message.minutes);
        let part = |part| {
            let key = key(message.topic, message.language, part);
            render(&self.templates, &key, &values).map_err(|_| RenderError(key))
        };
        Ok(match message.to.channel() {
            Channel::Sms => Text { subject: None, body: part("sms")? },
            Channel::Email => Text { subject: Some(one_line(&part("email_subject")?)), body: part("email_body")? },
        })
    }

    fn values(&self, passcode: &str, minutes: u32) -> Value {
        context! { passcode, minutes, sender_name => self.sender_name.as_str() }
    }

    fn try_all(&self) -> Result<(), SetupError> {
        // The longest code and the longest validity; and the shortest, where a text may say "minute".
        for (passcode, minutes) in [("48151623", 10), ("481", 1)] {
            let values = self.values(passcode, minutes);
            for (key, _) in self.templates.templates() {
                let text = render(&self.templates, key, &values).map_err(|error| rejected(key, &error))?;
                check(key, &text, passcode)?;
            }
        }
        Ok(())
    }
}

/// What both rooms with templates start from: nothing undefined, nothing escaped but in a template called `json`.
pub(super) fn environment() -> Environment<'static> {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_auto_escape_callback(|name| match name {
        "json" => minijinja::AutoEscape::Json,
        _ => minijinja::AutoEscape::None,
    });
    templates
}

/// Adds a template if it parses and uses known variables only, in whichever branch.
pub(super) fn add(
    templates: &mut Environment<'static>,
    key: String,
    source: String,
    variables: &[&str],
) -> Result<(), SetupError> {
    if source.len() > TEMPLATE_BYTES_MAX {
        return Err(SetupError::new(key, format!("is longer than {TEMPLATE_BYTES_MAX} bytes")));
    }
    templates.add_template_owned(key.clone(), source).map_err(|error| rejected(&key, &error))?;
    let template = templates.get_template(&key).map_err(|error| rejected(&key, &error))?;
    let mut unknown: Vec<_> = template.undeclared_variables(false).into_iter().collect();
    unknown.retain(|name| !variables.contains(&name.as_str()));
    unknown.sort();
    match unknown.first() {
        None => Ok(()),
        Some(name) => {
            Err(SetupError::new(key, format!("there is no variable {name:?}; there are {}", variables.join(", "))))
        }
    }
}

/// Renders into memory that is wiped.
pub(super) fn render(
    templates: &Environment<'static>,
    key: &str,
    values: &Value,
) -> Result<Zeroizing<String>, minijinja::Error> {
    // Growing would leave a copy behind; few texts are longer than this.
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    templates.get_template(key)?.render_captured_to(values.clone(), &mut *bytes)?;
    let text = String::from_utf8(std::mem::take(&mut *bytes));
    Ok(Zeroizing::new(text.expect("minijinja writes whole strings, and so UTF-8")))
}

/// An error of a template at start-up, when all values are made up.
pub(super) fn rejected(key: &str, error: &minijinja::Error) -> SetupError {
    let line = error.line().map(|line| format!(" (line {line})")).unwrap_or_default();
    let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
    SetupError::new(key, format!("{}{detail}{line}", error.kind()))
}

fn key(topic: &str, language: Language, part: &str) -> String {
    format!("{topic}.{}.{part}", language.as_str())
}

fn one_line(text: &str) -> String {
    text.trim().to_owned()
}

fn check_sender_name(name: &str) -> Result<(), SetupError> {
    let fits = (1..=SENDER_NAME_CHARS_MAX).contains(&name.chars().count());
    if fits && name.trim() == name && !name.contains(char::is_control) {
        Ok(())
    } else {
        Err(SetupError::new(
            "sender_name",
            "must be 1 to 30 characters, without control characters or blanks around it",
        ))
    }
}

fn check(key: &str, text: &str, passcode: &str) -> Result<(), SetupError> {
    let wrong = |problem: String| Err(SetupError::new(key, problem));
    let subject = key.ends_with("email_subject");
    if !subject && !text.contains(passcode) {
        return wrong("does not contain {{ passcode }}".to_owned());
    }
    if subject && (one_line(text).is_empty() || one_line(text).contains(char::is_control)) {
        return wrong("is not a single line of text".to_owned());
    }
    if subject && text.chars().count() > SUBJECT_CHARS_MAX {
        return wrong(format!("is longer than {SUBJECT_CHARS_MAX} characters"));
    }
    if text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
        return wrong("contains control characters".to_owned());
    }
    let parts = sms_parts(text);
    if key.ends_with("sms") && parts > SMS_PARTS_MAX {
        return wrong(format!("takes {parts} parts of a text message; {SMS_PARTS_MAX} are the most"));
    }
    Ok(())
}

/// How many parts a text message is sent in: 160 letters of the GSM alphabet or 70 UTF-16 units in one; 153 or 67 in each
/// of several (3GPP TS 23.040 §9.2.3.24.1).
fn sms_parts(text: &str) -> usize {
    const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿\
                         abcdefghijklmnopqrstuvwxyzäöñüà";
    const ESCAPED: &str = "\u{c}^{}\\[~]|€";
    let septets = text.chars().try_fold(0, |sum, c| match c {
        _ if BASIC.contains(c) => Some(sum + 1),
        _ if ESCAPED.contains(c) => Some(sum + 2),
        _ => None,
    });
    match septets {
        Some(septets @ 0..=160) => usize::from(septets > 0),
        Some(septets) => usize::div_ceil(septets, 153),
        None => match text.encode_utf16().count() {
            0..=70 => 1,
            units => units.div_ceil(67),
        },
    }
}

/// Text message, subject and e-mail, in the order of [`PARTS`].
fn defaults(purpose: Purpose, language: Language) -> [&'static str; 3] {
    match (purpose, language) {
        (Purpose::PreLogin, Language::Es) => [
            "{{ sender_name }}: {{ passcode }} es su clave para confirmar su teléfono. Vence en {{ minutes }} min. \
             No la comparta con nadie, ni con personal del banco.",
            "{{ sender_name }}: confirme su dirección",
            "Su código para confirmar su dirección en {{ sender_name }} es:

    {{ passcode }}

Vence en {{ minutes }} min y sirve una sola vez.

No lo comparta con nadie, tampoco con personal del banco: nunca se lo pediremos.
Si usted no lo solicitó, no lo use y avise al banco.
",
        ],
        (Purpose::PreLogin, Language::En) => [
            "{{ sender_name }}: {{ passcode }} is your code to confirm your phone. Valid for {{ minutes }} min. \
             Never share it with anybody, bank staff included.",
            "{{ sender_name }}: confirm your address",
            "Your code to confirm your address with {{ sender_name }} is:

    {{ passcode }}

It is valid for {{ minutes }} min and works once.

Never share it with anybody, bank staff included: we will never ask you for it.
If you did not ask for it, do not use it and tell your bank.
",
        ],
        (Purpose::SecurityQuestions, Language::Es) => [
            "{{ sender_name }}: {{ passcode }} es su clave para cambiar sus preguntas de seguridad. \
             Vence en {{ minutes }} min. No la comparta con nadie, ni con el banco.",
            "{{ sender_name }}: cambio de sus preguntas de seguridad",
            "Su código para cambiar sus preguntas de seguridad en {{ sender_name }} es:

    {{ passcode }}

Vence en {{ minutes }} min y sirve una sola vez.

No lo comparta con nadie, tampoco con personal del banco: nunca se lo pediremos.
Si usted no lo solicitó, alguien intenta entrar a su cuenta: no lo use y avise al banco.
",
        ],
        (Purpose::SecurityQuestions, Language::En) => [
            "{{ sender_name }}: {{ passcode }} is your code to change your security questions. \
             Valid for {{ minutes }} min. Never share it with anybody, bank staff included.",
            "{{ sender_name }}: change of your security questions",
            "Your code to change your security questions with {{ sender_name }} is:

    {{ passcode }}

It is valid for {{ minutes }} min and works once.

Never share it with anybody, bank staff included: we will never ask you for it.
If you did not ask for it, somebody is trying to enter your account: do not use it and tell your bank.
",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(path: [&str; 2], text: TextOverride) -> TextsOptions {
        let languages = BTreeMap::from([(path[1].to_owned(), text)]);
        TextsOptions { sender_name: "Banco Ejemplo".into(), overrides: [(path[0].to_owned(), languages)].into() }
    }

    fn problem(options: &TextsOptions) -> (String, String) {
        Texts::new(options).map(|_| ()).map_err(|error| (error.key, error.problem)).unwrap_err()
    }

    #[test]
    fn the_default_text_messages_fit_into_one_part_under_a_long_bank_name() {
        let options = TextsOptions { sender_name: "Banco Nacional S".into(), overrides: BTreeMap::new() };
        let texts = Texts::new(&options).unwrap();
        for purpose in Purpose::ALL {
            for language in Language::ALL {
                let key = key(purpose.as_str(), language, "sms");
                let text = render(&texts.templates, &key, &texts.values("48151623", 10)).unwrap();
                assert_eq!(sms_parts(&text), 1, "{key}, {} characters: {}", text.chars().count(), *text);
            }
        }
    }

    #[test]
    fn parts_of_a_text_message_are_counted_as_networks_do() {
        assert_eq!(sms_parts(&"ñ".repeat(160)), 1);
        assert_eq!(sms_parts(&"ñ".repeat(161)), 2);
        assert_eq!(sms_parts(&"€".repeat(80)), 1);
        assert_eq!(sms_parts(&"€".repeat(81)), 2);
        assert_eq!(sms_parts(&"ó".repeat(70)), 1);
        assert_eq!(sms_parts(&"ó".repeat(71)), 2);
    }

    #[test]
    fn a_text_of_the_operator_that_cannot_work_is_refused_by_name() {
        let sms = |text: &str| TextOverride { sms: Some(text.into()), ..TextOverride::default() };
        let subject = |text: &str| TextOverride { email_subject: Some(text.into()), ..TextOverride::default() };
        let cases = [
            (["login", "es"], sms("{{ passcode }}"), "login", "no such topic"),
            (["pre_login", "fr"], sms("{{ passcode }}"), "pre_login.fr", "es and en"),
            (["pre_login", "es"], sms("{{ passcode"), "pre_login.es.sms", "line 1"),
            (["pre_login", "es"], sms("{% if minutes > 99 %}{{ code }}{% endif %}"), "pre_login.es.sms", "\"code\""),
            (["pre_login", "es"], sms("{{ minutes }}"), "pre_login.es.sms", "{{ passcode }}"),
            (["pre_login", "en"], sms("{{ passcode|sum }}"), "pre_login.en.sms", "sum"),
            (
                ["pre_login", "en"],
                sms(&format!("{{{{ passcode }}}}{}", "á".repeat(200))),
                "pre_login.en.sms",
                "4 parts",
            ),
            (["security_questions", "en"], subject("two\nlines"), "security_questions.en.email_subject", "single line"),
            (["security_questions", "en"], subject(" "), "security_questions.en.email_subject", "single line"),
        ];
        for (path, text, key, says) in cases {
            let found = problem(&options(path, text));
            assert!(found.0 == key && found.1.contains(says), "{found:?} is not {key}: {says}");
        }
    }

    #[test]
    fn a_bank_name_cannot_break_a_header() {
        for name in ["", " Banco", "Banco\r\nBcc: x@y.z", &"B".repeat(31)] {
            let options = TextsOptions { sender_name: name.into(), overrides: BTreeMap::new() };
            assert_eq!(problem(&options).0, "sender_name", "{name:?}");
        }
    }
}
