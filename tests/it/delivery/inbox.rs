//! The development inbox.

use super::{clock, email, router, sms};
use countersign::delivery::memory::{Inbox, KeepCodesReadable};
use countersign::domain::ports::Sender;
use countersign::domain::recipient::Channel;
use std::sync::Arc;

#[tokio::test]
async fn the_inbox_shows_both_channels_newest_first() {
    let inbox = Arc::new(Inbox::new(KeepCodesReadable::YesForDevelopmentOnly, clock()));
    let router = router(Channel::Sms, inbox.clone()).provide(Channel::Email, inbox.clone());
    router.send(&sms(1)).await.unwrap();
    router.send(&email(2)).await.unwrap();
    let [mail, text] = inbox.messages().try_into().ok().unwrap();
    assert_eq!((mail.channel, mail.to.as_str()), ("email", "ana.ruiz@cliente.example"));
    assert_eq!(mail.subject.as_deref(), Some("Banco Peñón: cambio de sus preguntas de seguridad"));
    assert_eq!((text.channel, text.to.as_str(), text.subject), ("sms", "+34600123456", None));
    let code = &text.passcode;
    let expected = format!(
        "Banco Peñón: {code} is your code to confirm your phone. Valid for 3 min. \
         Never share it with anybody, bank staff included."
    );
    assert_eq!(text.text, expected);
    let json = serde_json::to_value(&mail).unwrap();
    assert_eq!((&json["at"], &json["topic"]), (&"2026-03-01T09:30:00Z".into(), &"security_questions".into()));
    inbox.clear();
    assert!(inbox.messages().is_empty());
}

#[tokio::test]
async fn the_inbox_keeps_the_newest_messages_only() {
    let inbox = Arc::new(Inbox::new(KeepCodesReadable::YesForDevelopmentOnly, clock()));
    let router = router(Channel::Sms, inbox.clone());
    for flow in 0..=Inbox::CAPACITY {
        router.send(&sms(u8::try_from(flow).unwrap())).await.unwrap();
    }
    let messages = inbox.messages();
    assert_eq!(messages.len(), Inbox::CAPACITY);
    assert_eq!(messages.last().unwrap().id, sms(1).id);
}
