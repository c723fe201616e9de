use super::*;
use chrono::TimeZone;

fn event() -> ValidationEvent {
    ValidationEvent {
        at: Utc.with_ymd_and_hms(2026, 5, 24, 19, 12, 9).unwrap(),
        outcome: Outcome::WrongCode,
        transaction: Some(TransactionType::Risk),
        request_id: "r-1".into(),
        uuid: "6a4f0a52-93b4-4a0e-8d25-0d5f7b1c6e33".into(),
        client_id: "web".into(),
        country_code: "MX".into(),
        business_code: "GCB".into(),
        channel_id: "MOB".into(),
        duration: Duration::from_millis(12),
        reported: Reported {
            application_name: "bpm".into(),
            application_platform_name: "BackBase 5.7.3".into(),
            data_center_location: "1234".into(),
            destination_ip_address: "2001:db8::49".into(),
            destination_port: "443".into(),
            hardware_id: "098H52ST479QE053V2".into(),
            host_name: "olb.example.com".into(),
            legal_representative_id: "01".into(),
            user_agent: "Mozilla".into(),
            user_id: "123456789012".into(),
            alias_name: "hugo@example.com".into(),
            user_id_type: "CUSTOMER_NUM".into(),
            ip_address: "192.0.2.7".into(),
            operation_date: Some(DateTime::parse_from_rfc3339("2019-05-24T13:12:09-06:00").unwrap()),
        },
    }
}

/// Reads a line as the format says: the header's seven fields, then key and value pairs.
fn read(line: &str) -> (Vec<String>, Vec<(String, String)>) {
    let (mut header, mut field, mut rest) = (Vec::new(), String::new(), line.chars());
    while header.len() < 7 {
        match rest.next().expect("the header has seven fields") {
            '\\' => field.push(rest.next().expect("an escape has a second character")),
            '|' => header.push(std::mem::take(&mut field)),
            c => field.push(c),
        }
    }
    let (mut pairs, mut word, mut value) = (Vec::<(String, String)>::new(), String::new(), String::new());
    while let Some(c) = rest.next() {
        match c {
            '\\' => value.push(match rest.next().expect("an escape has a second character") {
                'n' => '\n',
                'r' => '\r',
                c => c,
            }),
            '=' => {
                let at = value.rfind(' ').map_or(0, |at| at + 1);
                word.push_str(&value[at..]);
                value.truncate(at.saturating_sub(1));
                if let Some(last) = pairs.last_mut() {
                    last.1 = std::mem::take(&mut value);
                }
                value.clear();
                pairs.push((std::mem::take(&mut word), String::new()));
            }
            c => value.push(c),
        }
    }
    if let Some(last) = pairs.last_mut() {
        last.1 = value;
    }
    (header, pairs)
}

#[test]
fn an_event_has_every_field_under_its_documented_key() {
    let expected = concat!(
        "CEF:0|Countersign|Countersign|",
        env!("CARGO_PKG_VERSION"),
        "|BNE-1002|Challenge code wrong|5|rt=1779649929000 outcome=failure reason=wrong-code externalId=r-1 cat=RISK ",
        "suid=123456789012 src=192.0.2.7 cs5=web cs5Label=clientId cs1=01 cs1Label=legalRepresentativeId ",
        "suser=hugo@example.com flexString2=CUSTOMER_NUM flexString2Label=userIdType ",
        "flexString1=6a4f0a52-93b4-4a0e-8d25-0d5f7b1c6e33 flexString1Label=uuid cs2=098H52ST479QE053V2 ",
        "cs2Label=hardwareId cs6=MX/GCB/MOB cs6Label=countryCode/businessCode/channelId requestClientApplication=Mozilla ",
        "c6a3=2001:db8::49 c6a3Label=Destination IPv6 Address dpt=443 dhost=olb.example.com sourceServiceName=bpm ",
        "cs3=BackBase 5.7.3 cs3Label=applicationPlatformName cs4=1234 cs4Label=dataCenterLocation start=1558725129000 ",
        "cn1=12 cn1Label=durationMillis",
    );
    assert_eq!(event().line(8192), expected);
}

#[test]
fn what_is_not_known_is_left_out() {
    let mut event = event();
    (event.reported, event.uuid, event.client_id) = Default::default();
    (event.country_code, event.business_code, event.channel_id, event.transaction) = Default::default();
    event.outcome = Outcome::Unauthorized;
    let (_, pairs) = read(&event.line(8192));
    let keys: Vec<_> = pairs.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["rt", "outcome", "reason", "externalId", "cn1", "cn1Label"]);
}

#[test]
fn the_page_has_every_signature_and_every_key() {
    const PAGE: &str = include_str!("../../../packaging/siem.md");
    for outcome in Outcome::ALL {
        let Signature { id, name, severity, reason } = outcome.signature();
        let (start, end) = (format!("| {id} | "), format!(" | {name} | {severity} | `{reason}` |"));
        assert!(PAGE.lines().any(|line| line.starts_with(&start) && line.ends_with(&end)), "{id} in packaging/siem.md");
    }
    let mut event = event();
    event.reported.destination_ip_address = "192.0.2.1".into();
    let mut other = event.clone();
    (other.reported.ip_address, other.reported.destination_ip_address) = ("::1".into(), "::2".into());
    other.reported.destination_port = "none".into();
    for (key, _) in [event, other].iter().flat_map(|event| read(&event.line(8192)).1) {
        let documented = key.ends_with("Label") || PAGE.contains(&format!("`{key}`"));
        assert!(documented, "{key} in packaging/siem.md");
    }
}

#[test]
fn hostile_values_come_back_as_they_were_and_make_no_second_field_or_line() {
    let hostile = "a|b\\=c=d\nCEF:0|x|y|1|9|n|0|act=ok\r\n dst=6.6.6.6 \\n \\\\";
    let mut event = event();
    event.reported.user_agent = hostile.into();
    event.reported.legal_representative_id = format!("{hostile}\\");
    let line = event.line(8192);
    assert!(!line.contains(['\n', '\r']), "{line}");
    let (header, pairs) = read(&line);
    let value = |key: &str| pairs.iter().find(|(found, _)| found == key).map(|(_, value)| value.as_str());
    assert_eq!(header[4], "BNE-1002");
    assert_eq!(value("requestClientApplication"), Some(hostile));
    assert_eq!(value("cs1"), Some(format!("{hostile}\\").as_str()));
    assert_eq!((value("dst"), value("act")), (None, None));
}

#[test]
fn control_characters_and_direction_marks_are_replaced_but_languages_are_not() {
    let mut event = event();
    event.reported.user_agent = "a\0b\u{1b}[31mc\u{7f}\u{85}\u{2028}\u{202e}d\te ñ שלום 漢".into();
    let (_, pairs) = read(&event.line(8192));
    let value = &pairs.iter().find(|(key, _)| key == "requestClientApplication").unwrap().1;
    assert_eq!(value, "a�b�[31mc����d e ñ שלום 漢");
}

#[test]
fn an_address_or_port_that_is_none_is_told_in_words() {
    let mut event = event();
    event.reported.ip_address = "unknown, 192.0.2.7".into();
    event.reported.destination_ip_address = "::ffff:192.0.2.49".into();
    event.reported.destination_port = "70000".into();
    let (_, pairs) = read(&event.line(8192));
    let value = |key: &str| pairs.iter().find(|(found, _)| found == key).map(|(_, value)| value.as_str());
    assert_eq!((value("src"), value("c6a2"), value("dpt")), (None, None, None));
    assert_eq!(value("dst"), Some("192.0.2.49"));
    assert_eq!(value("msg"), Some("not as documented: ipAddress \"unknown, 192.0.2.7\", destinationPort \"70000\""));
}

#[test]
fn values_are_cut_to_the_length_of_their_key_and_a_line_to_its_limit() {
    let mut event = event();
    let long = "ñ=".repeat(5_000);
    event.request_id = long.clone();
    event.reported.user_agent = long.clone();
    let (_, pairs) = read(&event.line(100_000));
    let length = |pairs: &[(String, String)], key: &str| {
        let value = pairs.iter().find(|(found, _)| found == key).map(|(_, value)| value.clone());
        value.map(|value| (value.chars().count(), value.ends_with('…')))
    };
    assert_eq!(length(&pairs, "externalId"), Some((40, true)));
    assert_eq!(length(&pairs, "requestClientApplication"), Some((1023, true)));

    let said = &mut event.reported;
    for field in [&mut said.alias_name, &mut said.hardware_id, &mut said.host_name, &mut said.ip_address] {
        field.clone_from(&long);
    }
    for max in [LINE_MIN, 600, 1024, 2048, 8192] {
        let line = event.line(max);
        assert!(line.len() <= max, "{} bytes of {max}", line.len());
        let (header, pairs) = read(&line);
        assert_eq!((header.len(), pairs[3].0.as_str()), (7, "externalId"), "{line}");
    }
    assert!(event.line(2048).contains(" dhost=ñ"), "with room, no field is missing");
}

#[test]
fn debug_shows_no_personal_data() {
    let printed = format!("{:?}", event());
    assert!(printed.contains("WrongCode") && printed.contains("r-1"), "{printed}");
    for secret in ["hugo", "1234", "192.0.2.7", "web"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

proptest::proptest! {
    /// The format's own reading gives back what was sent, for any text.
    #[test]
    fn any_value_is_one_line_that_reads_back(agent in ".{0,300}", representative in "[\\\\=|\r\n a]{0,60}", max in LINE_MIN..9000) {
        let mut event = event();
        (event.reported.user_agent, event.reported.legal_representative_id) = (agent, representative);
        let short = event.line(max);
        proptest::prop_assert!(short.len() <= max && !short.contains(char::is_control));
        read(&short);
        let (_, pairs) = read(&event.line(100_000));
        let value = |key: &str| pairs.iter().find(|(found, _)| found == key).map_or("", |(_, value)| value.as_str());
        proptest::prop_assert_eq!(value("requestClientApplication"), clean(&event.reported.user_agent));
        proptest::prop_assert_eq!(value("cs1"), clean(&event.reported.legal_representative_id));
    }
}
