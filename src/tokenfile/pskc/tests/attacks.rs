//! Files that want to do more than be read.

use super::super::super::Limits;
use super::super::read;
use super::made::{Package, container};
use super::*;
use proptest::prelude::*;
use std::io::Read;

fn plain(file: impl AsRef<[u8]>) -> String {
    problem(file, Options::default())
}

/// How many bytes of a source were read.
struct Counted<R>(R, usize);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let length = self.0.read(out)?;
        self.1 += length;
        Ok(length)
    }
}

/// A start, and then the same over and over, up to 1 GiB.
fn endless(start: &str, again: &'static [u8]) -> impl Read {
    struct Again(&'static [u8], usize);
    impl Read for Again {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            for byte in out.iter_mut() {
                *byte = self.0[self.1 % self.0.len()];
                self.1 += 1;
            }
            Ok(out.len())
        }
    }
    std::io::Cursor::new(start.to_owned()).chain(Again(again, 0)).take(1 << 30)
}

#[test]
fn document_types_and_entities_are_refused() {
    let good = Package::default().file();
    let bomb = format!("<!DOCTYPE a [<!ENTITY l 'lol'><!ENTITY m '&l;&l;&l;&l;'>]>{good}");
    assert_eq!(plain(bomb), "the file has a document type (DOCTYPE), which is never taken");
    let external = format!("<!DOCTYPE a SYSTEM 'http://127.0.0.1/x.dtd'>{good}");
    assert_eq!(plain(external), "the file has a document type (DOCTYPE), which is never taken");
    let entity = "the file has an entity other than the five of XML";
    assert_eq!(plain(good.replace("S-1", "&secret;")), entity);
    assert_eq!(plain(good.replace("S-1", "&#0;")), entity);
    assert_eq!(plain(good.replace("Id='K'", "Id='&k;'")), "an attribute has an entity other than the five of XML");
    assert_eq!(one(&good.replace("S-1", "A&amp;B&#x41;<![CDATA[<C>]]>"), Options::default()).serial, "A&BA<C>");
}

#[test]
fn references_to_elsewhere_are_refused() {
    let include = Package::default().file().replace(
        "<DeviceInfo>",
        "<i:include xmlns:i='http://www.w3.org/2001/XInclude' href='file:///etc/passwd'/><DeviceInfo>",
    );
    assert_eq!(plain(include), "the file wants to include another one (XInclude)");
    let data = "<Secret><EncryptedValue><x:EncryptionMethod Algorithm='http://www.w3.org/2001/04/xmlenc#aes128-cbc'/>\
                <x:CipherData><x:CipherReference URI='http://127.0.0.1/'/></x:CipherData></EncryptedValue></Secret>";
    let file = Package { data: data.to_owned(), ..Package::default() }.file();
    assert_eq!(
        plain(file),
        "the seed: an encrypted value refers to somewhere else (CipherReference), which is never read"
    );
}

#[test]
fn elements_nested_too_deep_are_refused() {
    let nested = |depth| container(&("<e:a xmlns:e='urn:e'>".repeat(depth) + &"</e:a>".repeat(depth)));
    assert_eq!(plain(nested(31)), "there is no key in this file");
    assert_eq!(plain(nested(32)), "elements are nested more than 32 deep");
}

#[test]
fn an_entry_of_too_many_elements_is_refused() {
    let file = |count: usize| Package { rest: "<e:a xmlns:e='urn:e'/>".repeat(count), ..Package::default() }.file();
    // Those that every package of these tests has are nine.
    assert_eq!(one(&file(4096 - 9), Options::default()).serial, "S-1");
    assert_eq!(plain(file(4097 - 9)), "an element below the root has more than 4096 elements");
}

#[test]
fn a_gibibyte_of_junk_is_refused_early() {
    let inside = container("").replace("</KeyContainer>", "");
    let cases: [(&str, &'static [u8], &str); 9] = [
        ("", b"junk", "a tag, text or comment has more than 65536 bytes"),
        ("", b"\0", "a tag, text or comment has more than 65536 bytes"),
        ("", b"\xff", "a tag, text or comment has more than 65536 bytes"),
        ("", b" ", "a tag, text or comment has more than 65536 bytes"),
        ("<", b"a", "a tag, text or comment has more than 65536 bytes"),
        ("<a b='", b"c", "a tag, text or comment has more than 65536 bytes"),
        ("", b"<!-- x -->\n", "what stands before the root element has more than 1048576 bytes"),
        (
            &inside,
            b"<!-- x -->\n",
            "an element below the root, with what stands before it, has more than 1048576 bytes",
        ),
        (&inside, b"<x/>", "the element x has no place in a key container"),
    ];
    for (start, again, what) in cases {
        let mut source = Counted(endless(start, again), 0);
        let found: Vec<_> = read(&mut source, Options::default()).filter_map(Result::err).collect();
        let shown: Vec<_> = found.iter().map(|problem| problem.what.as_str()).collect();
        assert_eq!(shown, [what]);
        assert!(source.1 < 4 << 20, "{} bytes were read before: {what}", source.1);
    }
}

#[test]
fn many_bad_entries_end_the_reading() {
    let inside = container("").replace("</KeyContainer>", "");
    let source = endless(&inside, b"<KeyPackage/>\n");
    let found: Vec<_> = read(source, Options::default()).collect();
    assert_eq!(found.len(), 10_001);
    let last = found.last().unwrap().as_ref().unwrap_err();
    assert_eq!(last.what, "there are more than 10000 problems; the rest was not read");
}

#[test]
fn a_file_longer_than_the_limit_is_refused() {
    let limits = Limits { bytes_max: 100, ..Limits::default() };
    let options = Options { limits, ..Options::default() };
    assert_eq!(problem(Package::default().file(), options), "the file has more than 100 bytes");
}

#[test]
fn what_is_no_xml_or_no_utf_8_is_refused_in_words_that_show_nothing_of_it() {
    let good = Package::default().file();
    let cases = [
        (String::new(), "there is no XML element in this file"),
        ("serial,seed\nA,00".to_owned(), "this is no XML file"),
        (good.replace("</Key>", "</Yek>"), "this is no well-formed XML: an end tag does not match its start tag"),
        (
            good.replace("Id='K'", "Id='K' Id='L'"),
            "this is no well-formed XML: an attribute is malformed or there twice",
        ),
        (good.replace("<DeviceInfo>", "<z:DeviceInfo>"), "an element has a namespace prefix that is not declared"),
        (good[..good.len() - 16].to_owned(), "the file ends before its root element does"),
        (good[..good.find("<Data>").unwrap()].to_owned(), "the file ends in the middle of an element"),
        (good.clone() + "<more/>", "there is something after the end of the root element"),
        (format!("<?xml version='1.0' encoding='ISO-8859-1'?>{good}"), "the file must be UTF-8"),
    ];
    for (file, what) in cases {
        assert_eq!(problems(&file, Options::default()).last().unwrap().what, what);
    }
    let utf_16: Vec<u8> = [0xfeff].into_iter().chain(good.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(plain(utf_16), "the file is UTF-16; it must be UTF-8");
    let latin: Vec<u8> = good.bytes().map(|byte| if byte == b'S' { 0xe9 } else { byte }).collect();
    assert!(problems(latin, Options::default()).last().unwrap().what.contains("UTF-8"));
    assert_eq!(one(&format!("\u{feff}{good}"), Options::default()).serial, "S-1");
}

#[test]
fn a_file_that_comes_in_byte_by_byte_is_the_same_file() {
    struct Trickle<'a>(&'a [u8]);
    impl Read for Trickle<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            self.0.read(&mut out[..1])
        }
    }
    let good = format!("\u{feff}{}", Package::default().file());
    let utf_16: Vec<u8> = [0xfeff].into_iter().chain(good.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for (file, expected) in [(good.as_bytes(), None), (&utf_16, Some("the file is UTF-16; it must be UTF-8"))] {
        let found: Vec<_> = read(Trickle(file), Options::default()).collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].as_ref().err().map(|problem| problem.what.as_str()), expected);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(read(bytes.as_slice(), Options::default()).any(|found| found.is_err()));
    }

    #[test]
    fn no_change_to_a_file_makes_the_reader_panic_or_opens_another_seed(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..8),
    ) {
        let mut file = super::rfc::FIGURE_6.as_bytes().to_vec();
        for (place, byte, how) in changes {
            let place = place.index(file.len());
            match how {
                0 => file[place] = byte,
                1 => file.insert(place, byte),
                _ => { file.remove(place); }
            }
        }
        for entry in read(file.as_slice(), super::rfc::key_of_figure_6()).flatten() {
            prop_assert_eq!(entry.seed.expose(), SEED);
        }
    }
}
