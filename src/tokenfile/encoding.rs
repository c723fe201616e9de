//! Text forms of bytes. What comes out is wiped when dropped, and no error shows what came in.

use data_encoding::{BASE32_NOPAD, BASE64, HEXLOWER_PERMISSIVE};
use zeroize::Zeroizing;

/// Hexadecimal, in either case.
pub(super) fn hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    decoded(&HEXLOWER_PERMISSIVE, text.as_bytes())
}

/// Base32 (RFC 4648 §6) in either case, with or without its padding.
pub(super) fn base32(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let plain = text.trim_end_matches('=');
    if plain.len() != text.len() && (!text.len().is_multiple_of(8) || text.len() - plain.len() > 6) {
        return None;
    }
    decoded(&BASE32_NOPAD, Zeroizing::new(plain.to_ascii_uppercase()).as_bytes())
}

/// Base64 (RFC 4648 §4), which XML may have folded.
pub(super) fn base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(text.len()));
    plain.extend(text.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    decoded(&BASE64, &plain)
}

/// Base32 without padding, as key URIs have it.
pub(super) fn to_base32(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(BASE32_NOPAD.encode(bytes))
}

fn decoded(form: &data_encoding::Encoding, text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; form.decode_len(text.len()).ok()?]);
    let length = form.decode_mut(text, &mut bytes).ok()?;
    bytes.truncate(length);
    Some(bytes)
}
