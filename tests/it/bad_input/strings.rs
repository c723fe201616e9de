//! Texts that no key, code or phone number is made of, in every property that takes a text.

use super::*;

/// The business code for a text that is none of ours, in a body that is good otherwise.
fn unknown(property: &Property) -> &'static str {
    match property.name() {
        "Phone" => "10508",
        "serviceKey" => "10502",
        "securityKey" => "10518",
        "phone" | "email" => "10503",
        other => panic!("{other}: say here what a text is answered with that is none of ours"),
    }
}

/// Sends a text as each property, and checks that it is refused for what the document says of that property.
async fn in_every_property(stage: &Stage, text: &str, raw: &str) {
    for (operation, flow) in stage.calls() {
        for property in properties(&stage.document, operation).iter().filter(|property| !property.is_object()) {
            let body = with_raw(&flow.body(operation), &property.path, raw.as_bytes());
            let too_long = property.schema["maxLength"].as_u64().is_some_and(|max| text.chars().count() as u64 > max);
            if body.len() > operation.body_limit.expect("it has a body") {
                stage.refused(operation, flow, body, 413, "body").await;
            } else if too_long || property.schema.get("pattern").is_some() {
                stage.refused(operation, flow, body, 400, &property.place()).await;
            } else {
                let seen = stage.send(operation, flow, body).await;
                assert_eq!((seen.status, seen.code()), (200, unknown(property)), "{} {text:.40?}", property.place());
                assert!(!seen.body.to_string().contains(text), "{} {text:.40?}: {}", property.place(), seen.body);
            }
        }
    }
}

#[tokio::test]
async fn texts_from_everywhere_are_refused_for_what_they_are() {
    let stage = Stage::set().await;
    let texts = [
        "\0",
        "a\0b",
        "\u{1}\u{1f}\u{7f}\u{85}",
        "📱🔑",
        "👩🏽‍🚀",
        "مفتاح الخدمة",
        "\u{202e}yek\u{2066}",
        "\u{feff}",
        "\u{fffd}\u{ffff}\u{10ffff}",
        "e\u{301}\u{301}\u{301}",
        "１２３４５６",
        "١٢٣٤٥٦",
        "123456\n",
        "' or 1=1 --",
        "../../etc/passwd",
        "{{7*7}}${7*7}%s%n",
        "<script>alert(1)</script>",
        "\r\nX-Injected: yes",
        "null",
        MARKER,
    ];
    for text in texts {
        let (quoted, escaped) = (json!(text).to_string(), escaped(text));
        in_every_property(&stage, text, &quoted).await;
        in_every_property(&stage, text, &escaped).await;
    }
    for text in ["🔑".repeat(64), "🔑".repeat(65), MARKER.repeat(1000), MARKER.repeat(90_000)] {
        in_every_property(&stage, &text, &json!(text).to_string()).await;
    }
    stage.leave().await;
}

/// A JSON text all of `\u` escapes.
fn escaped(text: &str) -> String {
    let units: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    format!("\"{units}\"")
}

#[tokio::test]
async fn bytes_that_are_not_utf_8_and_halves_of_surrogate_pairs_are_400_in_every_property() {
    let stage = Stage::set().await;
    let bad: [&[u8]; 11] = [
        b"\"\xff\"",
        b"\"\x80\"",
        b"\"\xc0\x80\"",
        b"\"\xed\xa0\x80\"",
        b"\"\xf4\x90\x80\x80\"",
        b"\"\xe2\x82\"",
        b"\"\\ud83d\"",
        b"\"\\ude00\"",
        b"\"\\ude00\\ud83d\"",
        b"\"\\ud83dx\"",
        b"\"\0\"",
    ];
    for (operation, flow) in stage.calls() {
        for property in properties(&stage.document, operation).iter().filter(|property| !property.is_object()) {
            for raw in bad {
                let body = with_raw(&flow.body(operation), &property.path, raw);
                stage.refused(operation, flow, body, 400, "body").await;
            }
        }
    }
    stage.leave().await;
}

#[tokio::test]
async fn a_phone_number_that_is_not_e_164_is_10508_and_400_only_when_too_long() {
    let stage = Stage::set().await;
    let phones = [
        "+",
        "++12025550199",
        "+1",
        "+1202555",
        "+1202555019912345",
        "12025550199",
        "0012025550199",
        "2025550199",
        "+0123456789",
        "+21099999999",
        "+1202555o199",
        "+1202555019九",
        "+１２０２５５５０１９９",
        "+١٢٠٢٥٥٥٠١٩٩",
        "\u{202e}+12025550199",
        "\u{feff}+12025550199",
        "+1202555\u{0}0199",
        "+1202555\u{200b}0199",
        "+12025550199,+12025550198",
        "+12025550199;ext=1",
        "tel:+12025550199",
        "+12025550199@bank.example",
        "s3cr3tMarker",
        "ana@bank.example",
        "NaN",
    ];
    let flow = &stage.flows[0];
    for phone in phones.iter().copied().chain(["", " ", "\t"]) {
        let seen = stage.send(flow.request, flow, json!({ "Phone": phone }).to_string()).await;
        assert_eq!((seen.status, seen.code()), (200, "10508"), "{phone:?}: {}", seen.body);
        assert!(phone.trim().len() < 2 || !seen.body.to_string().contains(phone), "{phone:?}: {}", seen.body);
    }
    // Nor of the flow that a later call names; there an empty one is as good as none.
    for phone in phones.iter().copied().chain(["+12025550198"]) {
        let mut body = flow.body(flow.request);
        body["Phone"] = json!(phone);
        let seen = stage.send(flow.request, flow, body.to_string()).await;
        assert_eq!((seen.status, seen.code()), (200, "10508"), "{phone:?}: {}", seen.body);
    }
    let (longest, longer) = ("9".repeat(32), "9".repeat(33));
    let seen = stage.send(flow.request, flow, json!({ "Phone": longest }).to_string()).await;
    assert_eq!((seen.status, seen.code()), (200, "10508"));
    stage.refused(flow.request, flow, json!({ "Phone": longer }).to_string(), 400, "Phone").await;
    stage.leave().await;
}
