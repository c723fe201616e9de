//! Bodies that are not JSON, or not the JSON that the document asks for.

use super::*;

#[tokio::test]
async fn a_value_of_another_type_is_400_and_names_its_property() {
    let stage = Stage::set().await;
    let (quoted, array) = (format!("\"{MARKER}\""), format!("[\"{MARKER}\"]"));
    let (object, negative) = (format!("{{\"{MARKER}\": \"{MARKER}\"}}"), format!("-{MARKER_NUMBER}"));
    let (long, fraction) = (MARKER_NUMBER.repeat(5), format!("{MARKER_NUMBER}.5"));
    let nested = format!("{}{}", "[".repeat(6000), "]".repeat(6000));
    let neither = ["null", "true", "false", MARKER_NUMBER, &negative, &long, &fraction, "[]", &array, &nested];
    for (operation, flow) in stage.calls() {
        for property in properties(&stage.document, operation) {
            let others = if property.is_object() { [quoted.as_str(), "\"\""] } else { [object.as_str(), "{}"] };
            for raw in neither.iter().copied().chain(others) {
                let body = with_raw(&flow.body(operation), &property.path, raw.as_bytes());
                stage.refused(operation, flow, body, 400, &property.place()).await;
            }
            // A number that no type of ours can hold ends the reading; it is told as a place in the text.
            for raw in ["1e999", "-1e999"] {
                let body = with_raw(&flow.body(operation), &property.path, raw.as_bytes());
                stage.refused(operation, flow, body, 400, "body").await;
            }
        }
    }
    stage.leave().await;
}

#[tokio::test]
async fn a_property_that_is_missing_or_there_twice_is_400_and_named() {
    let stage = Stage::set().await;
    let mut missing = 0;
    for (operation, flow) in stage.calls() {
        for property in properties(&stage.document, operation) {
            let mut body = flow.body(operation);
            let (object, name) = parent(&mut body, &property.path);
            let value = object.remove(name).unwrap();
            if property.required {
                let seen = stage.send(operation, flow, body.to_string()).await;
                check(operation, &seen, 400, &property.place());
                assert_eq!(seen.body["dbpErrMsg"], format!("{}: missing", property.place()));
                missing += 1;
            }
            for second in [value.to_string(), format!("\"{MARKER}\"")] {
                let raw = format!("{value}, \"{}\": {second}", property.name());
                let body = with_raw(&flow.body(operation), &property.path, raw.as_bytes());
                stage.refused(operation, flow, body, 400, &property.place()).await;
            }
        }
    }
    assert_eq!(missing, 2 * 5, "MFAAttributes, serviceKey, OTP, securityKey and otp, of both verifications");
    stage.leave().await;
}

#[tokio::test]
async fn a_body_cut_off_anywhere_is_400() {
    let stage = Stage::set().await;
    for (operation, flow) in stage.calls() {
        let whole = flow.body(operation).to_string();
        let cut = (0..whole.len()).map(|end| stage.refused(operation, flow, whole[..end].to_owned(), 400, "body"));
        futures::future::join_all(cut).await;
    }
    stage.leave().await;
}

#[tokio::test]
async fn a_body_that_is_not_one_json_object_in_utf_8_is_400() {
    let stage = Stage::set().await;
    for (operation, flow) in stage.calls() {
        let good = flow.body(operation).to_string();
        let utf_16 = |bytes: fn(u16) -> [u8; 2]| good.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let bodies: Vec<Vec<u8>> = [
            " ",
            "\0",
            "s3cr3tMarker",
            "[]",
            "null",
            "true",
            "4902103377",
            "1e999",
            "-",
            "\"s3cr3tMarker\"",
            "{'s3cr3tMarker': 1}",
            "{s3cr3tMarker: 1}",
            "{\"s3cr3tMarker\"}",
            "{\"s3cr3tMarker\": }",
            "{\"s3cr3tMarker\": 1,}",
            "{\"s3cr3tMarker\": NaN}",
            "{\"s3cr3tMarker\": 01}",
            "{\"s3cr3tMarker\": +1}",
            "{\"s3cr3tMarker\": \"\u{1}\"}",
            "{\"s3cr3tMarker\": \"\n\"}",
            "{\"s3cr3tMarker\": \"\\x41\"}",
            "{\"s3cr3tMarker\": \"\\u12\"}",
            "{\"s3cr3tMarker\": undefined}",
            "/* s3cr3tMarker */ {}",
            "<s3cr3tMarker/>",
            "Phone=s3cr3tMarker",
        ]
        .map(|text| text.as_bytes().to_vec())
        .into_iter()
        .chain([
            format!("\u{feff}{good}").into_bytes(),
            format!("[{good}]").into_bytes(),
            format!("{good}{good}").into_bytes(),
            format!("{good},").into_bytes(),
            format!("{good}\0").into_bytes(),
            json!(good).to_string().into_bytes(),
            utf_16(u16::to_le_bytes),
            utf_16(u16::to_be_bytes),
            [&b"\xff\xfe"[..], &utf_16(u16::to_le_bytes)].concat(),
            [good.as_bytes(), b"\xff"].concat(),
            b"{\"\xff\": 1}".to_vec(),
            "[".repeat(10_000).into_bytes(),
            "{\"a\":".repeat(2700).into_bytes(),
            [b"{\"a\":".to_vec(), "[".repeat(10_000).into_bytes()].concat(),
            [b"{\"a\":".to_vec(), "[".repeat(8000).into_bytes(), "]".repeat(7999).into_bytes(), b"}".to_vec()].concat(),
        ])
        .collect();
        for body in bodies {
            stage.refused(operation, flow, body, 400, "body").await;
        }
        let seen = stage.send(operation, flow, "[".repeat(10_000) + &"]".repeat(10_000)).await;
        check(operation, &seen, 413, "body");
    }
    stage.leave().await;
}

#[tokio::test]
async fn a_name_is_what_it_says_after_its_escapes() {
    let stage = Stage::set().await;
    for (operation, flow) in stage.calls() {
        for property in properties(&stage.document, operation).iter().filter(|property| !property.is_object()) {
            let mut body = flow.body(operation);
            let (object, name) = parent(&mut body, &property.path);
            object.insert(name.to_owned(), json!(4_902_103_377_u64));
            let first = name.chars().next().unwrap();
            let escaped = format!("\"\\u{:04x}{}\":", u32::from(first), &name[1..]);
            let text = body.to_string().replace(&format!("\"{name}\":"), &escaped);
            assert!(text.contains(&escaped));
            stage.refused(operation, flow, text, 400, &property.place()).await;
        }
    }
    for flow in &stage.flows {
        let text = flow.body(flow.verify).to_string().replace("MFAAttributes", "mfaAttributes");
        stage.refused(flow.verify, flow, text, 400, "MFAAttributes").await;
    }
    stage.leave().await;
}

#[tokio::test]
async fn unknown_properties_are_ignored_at_every_level_whatever_they_hold() {
    let deep = "[".repeat(3000) + &"]".repeat(3000);
    let objects = "{\"a\":".repeat(1000) + "1" + &"}".repeat(1000);
    let values = ["null", "1e999", "-0", "\"\\u0000\"", "\"\\ud800\"", "[1, {\"MFAAttributes\": 7}]", &deep, &objects];
    let stage = Stage::set().await;
    for unknown in values {
        let body = format!("{{\"Phone\": \"+12025550198\", \"unknown\": {unknown}, \"phone\": 7, \"otp\": {unknown}}}");
        for flow in &stage.flows {
            let started = stage.send(flow.request, flow, body.clone()).await;
            assert_eq!(started.body["MFAAttributes"]["isMFARequired"], "true", "{unknown:.20}: {}", started.body);
        }
    }
    for (operation, flow) in stage.calls() {
        let mut body = flow.body(operation);
        for path in [&["n"][..], &["MFAAttributes", "n"], &["MFAAttributes", "OTP", "n"]] {
            let path: Vec<String> = path.iter().map(|name| (*name).to_owned()).collect();
            let (object, name) = parent(&mut body, &path);
            object.insert(name.to_owned(), json!({ "serviceKey": null, "OTP": [7] }));
        }
        let text = body.to_string().replace("\"n\":", "\"n\": 1e999, \"n\": \"\\udfff\", \"n\":");
        assert_eq!(text.matches("1e999").count(), 3);
        let seen = stage.send(operation, flow, text).await;
        assert!(seen.status == 200 && seen.code().is_empty(), "{}: {}", operation.id, seen.body);
    }
}
