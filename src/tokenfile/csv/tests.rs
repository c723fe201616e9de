use super::*;
use proptest::prelude::*;

const HEX: &str = "3132333435363738393031323334353637383930";
const BASE32: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const SEED: &[u8] = b"12345678901234567890";
/// Good as hex and as base32.
const BOTH: &str = "ABCDEF23ABCDEF23ABCDEF23ABCDEF23";

fn entries(file: &str) -> Vec<TokenEntry> {
    read(file.as_bytes(), Options::default()).map(|found| found.unwrap_or_else(|problem| panic!("{problem}"))).collect()
}

fn problems(file: impl AsRef<[u8]>, options: Options) -> Vec<String> {
    read(file.as_ref(), options).filter_map(Result::err).map(|problem| problem.to_string()).collect()
}

fn bad(file: impl AsRef<[u8]>) -> Vec<String> {
    problems(file, Options::default())
}

#[test]
fn each_type_of_token_is_read() {
    let file = format!(
        "\u{feff}Serial,seed,type,digits,period,counter,algorithm,suite,manufacturer,model,start,expiry\r\n\
         H-1,{HEX},hotp,8,,12,,,Acme,\"Model \"\"A\"\", small\",2026-01-01,2031-12-31\r\n\
         \r\n\
         T-1,{HEX},TOTP,,60,,sha256,,,,,2031-12-31T12:00:00+01:00\n\
         O-1,{HEX},ocra,,,,,OCRA-1:HOTP-SHA1-6:QN08,,,,"
    );
    let found = entries(&file);
    let [hotp, totp, ocra] = &found[..] else { panic!("{found:?}") };
    assert_eq!((hotp.line, hotp.serial.as_str(), hotp.seed.expose()), (2, "H-1", SEED));
    assert_eq!(hotp.kind, Kind::Hotp { digits: 8, counter: 12 });
    assert_eq!((hotp.manufacturer.as_deref(), hotp.model.as_deref()), (Some("Acme"), Some("Model \"A\", small")));
    assert_eq!(hotp.start, Some("2026-01-01T00:00:00Z".parse().unwrap()));
    assert_eq!(hotp.expiry, Some("2032-01-01T00:00:00Z".parse().unwrap()), "a day is over when the next begins");
    let algorithm = Algorithm::Sha256;
    assert_eq!(totp.kind, Kind::Totp { digits: 6, period_secs: 60, algorithm, t0: 0, drift_steps: 0 });
    assert_eq!((totp.line, totp.expiry), (4, Some("2031-12-31T11:00:00Z".parse().unwrap())));
    assert_eq!(ocra.kind, Kind::Ocra { suite: "OCRA-1:HOTP-SHA1-6:QN08".to_owned(), counter: None });
}

#[test]
fn dates_are_such_as_rfc_3339_can_write() {
    let file = |start: &str, expiry: &str| format!("serial,seed,type,start,expiry\nA,{HEX},totp,{start},{expiry}\n");
    let found = entries(&file("0000-01-01", "9999-12-31"));
    assert_eq!(found[0].start, Some("0000-01-01T00:00:00Z".parse().unwrap()));
    assert_eq!(found[0].expiry, Some("9999-12-31T23:59:59Z".parse().unwrap()), "never");
    for date in ["-2030-01-01", "+12030-01-01", "0000-01-01T00:00:00+01:00", "9999-12-31T23:00:00-01:00", "2030-02-30"]
    {
        for file in [file(date, ""), file("", date)] {
            let said = bad(file);
            assert!(
                said.len() == 1 && said[0].contains(": must be a date (2031-12-31) or a moment"),
                "{date}: {said:?}"
            );
        }
    }
}

#[test]
fn every_problem_of_every_entry_is_reported_with_line_serial_and_column() {
    let file = format!(
        "serial,seed,type,digits,period,counter\n\
         A,{HEX},totp,9,0,5\n\
         ,xyz,motp,6,,\n\
         B,{HEX},hotp,6,30,-1\n\
         C,{HEX}\n\
         D,{HEX},hotp,6,,\n\
         E,0011,hotp,6,,\n\
         F\u{7},{HEX},ocra,6,,\n\
         \"G,{HEX},hotp,6,,\n"
    );
    let unreadable = bad(&file);
    assert_eq!(
        unreadable,
        [
            "line 2, serial A: column counter: must be empty for totp",
            "line 2, serial A: column digits: must be 6, 7 or 8 digits",
            "line 2, serial A: column period: must be 1 to 3600 seconds",
            "line 3: column serial: must not be empty",
            "line 3: column seed: is not hex, and all seeds of a file are written alike",
            "line 3: column type: must be hotp, totp or ocra",
            "line 4, serial B: column period: must be empty for hotp",
            "line 4, serial B: column counter: must be a whole number",
            "line 5: the line has 2 cells, the header has 6",
            "line 7, serial E: column seed: the seed has 2 bytes; it must have 16 to 128",
            "line 8: column serial: has a control character",
            "line 8: column digits: must be empty for ocra",
            "line 8: column suite: must not be empty",
            "line 9: a quote is not closed on its line",
        ]
    );
    assert_eq!(read(file.as_bytes(), Options::default()).filter(Result::is_ok).count(), 1);
}

#[test]
fn seeds_are_hex_or_base32_and_all_the_same() {
    let file = |seeds: &[&str]| {
        let lines: String = seeds.iter().enumerate().map(|(n, seed)| format!("S{n},{seed},totp\n")).collect();
        format!("serial,seed,type\n{lines}")
    };
    let base32 = [BASE32, &BASE32.to_lowercase(), BOTH];
    assert_eq!(entries(&file(&base32))[1].seed.expose(), SEED);
    assert_eq!(entries(&file(&base32))[2].seed.expose().len(), 20, "read as base32, as those before it");
    assert_eq!(entries(&file(&[HEX, BOTH]))[1].seed.expose().len(), 16, "read as hex, as the one before it");
    assert_eq!(
        bad(file(&[BOTH])),
        [
            "line 2, serial S0: column seed: can be read as hex and as base32: let an entry go first whose seed is only one"
        ]
    );
    let said = |seeds| Options { seeds, ..Options::default() };
    assert!(problems(file(&[BOTH]), said(Seeds::Hex)).is_empty());
    assert!(problems(file(&[BOTH]), said(Seeds::Base32)).is_empty());
    let mixed = "line 3, serial S1: column seed: is not hex, and all seeds of a file are written alike";
    assert_eq!(bad(file(&[HEX, BASE32])), [mixed]);
    let neither = "line 2, serial S0: column seed: is neither hex nor base32";
    assert_eq!(bad(file(&["0189"])), ["line 2, serial S0: column seed: the seed has 2 bytes; it must have 16 to 128"]);
    assert_eq!(bad(file(&["!"])), [neither]);
    assert_eq!(bad(file(&["GEZDGNBVGY3TQOJQGEZDGNBVGY="])), [neither], "padding that is not complete");
}

#[test]
fn a_header_that_is_not_one_is_refused_and_not_shown() {
    let names = COLUMNS.map(|(_, name)| name).join(", ");
    let missing = bad(format!("S1,{HEX},totp\n"));
    assert_eq!(missing, [format!("line 1: the first line must name the columns, and number 1 is none of {names}")]);
    assert_eq!(bad("serial,seed\n"), ["line 1: the header has no column type"]);
    assert_eq!(bad("serial,seed,type,seed\n"), ["line 1: column seed is there twice"]);
    assert_eq!(bad("serial;seed;type\n"), ["line 1: columns are separated by commas"]);
    assert_eq!(bad("serial,seed,type\n\n"), ["line 3: there is no token in this file"]);
    assert_eq!(bad(""), ["line 1: there is no token in this file"]);
}

#[test]
fn a_seed_in_the_column_of_serial_numbers_is_not_shown() {
    for seed in [HEX, BASE32] {
        let file = format!("serial,seed,type\n{seed},T-1,totp\nT-2,{seed},totp\n{seed}\",T-3,totp\n'{seed},T-4,totp\n");
        let said = bad(&file);
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said.iter().all(|what| what.contains(": column seed: ") && !what.contains(seed)), "{said:?}");
    }
}

#[test]
fn lines_that_are_too_long_or_not_utf_8_are_refused() {
    let mut file = format!("serial,seed,type\nA,{HEX},totp,{}\n", "x".repeat(9000)).into_bytes();
    file.extend(b"B,\xff,totp\n");
    file.extend(format!("C,{HEX},totp\n").bytes());
    assert_eq!(bad(&file), ["line 2: the line has more than 8192 bytes", "line 3: the line is not UTF-8"]);
    let mut endless = std::io::Read::take(std::io::repeat(b'x'), 1 << 30);
    let found: Vec<_> = read(&mut endless, Options::default()).filter_map(Result::err).collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].what, "a line has more than 1048576 bytes");
    assert!(endless.limit() > 1 << 29, "the rest of a gibibyte is not read");
    let limits = Limits { bytes_max: 30, ..Limits::default() };
    assert_eq!(problems(&file, Options { limits, ..Options::default() }), ["line 1: the file has more than 30 bytes"]);
    let limits = Limits { problems_max: 1, ..Limits::default() };
    assert_eq!(
        problems(&file, Options { limits, ..Options::default() })[1],
        "line 3: there are more than 1 problems; the rest was not read"
    );
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
        let file = [b"serial,seed,type,digits,period,counter,algorithm,suite,start,expiry\n", &bytes[..]].concat();
        prop_assert!(read(bytes.as_slice(), Options::default()).all(|found| found.is_err()));
        prop_assert!(read(file.as_slice(), Options::default()).count() > 0);
    }

    #[test]
    fn no_cells_make_the_reader_panic(cells in proptest::collection::vec("[\"a-zA-F0-9:é -]{0,20}", 4)) {
        let file = format!("serial,seed,type,start\n{},{HEX},totp,{}\n{}\n", cells[0], cells[1], cells[2..].join(","));
        prop_assert!(read(file.as_bytes(), Options::default()).count() > 0);
    }
}
