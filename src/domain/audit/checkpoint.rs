//! Checkpoints: signed statements of where the chain was. And anchors, which are signed where there is a key: where the
//! chain begins once its older entries were pruned.
//!
//! Whoever holds a checkpoint can tell later whether the trail still has the entry that it names, without any key of the server:
//! the chain cannot have been computed anew up to there, nor can the data file have been put back to an earlier day. The
//! signature is Ed25519 (RFC 8032) over
//!
//! ```text
//! countersign audit checkpoint 1
//! <chain id, 32 hexadecimal digits>
//! <sequence>
//! <hash of that entry, 64 hexadecimal digits>
//! <when it was signed, RFC 3339 with milliseconds, UTC>
//! ```
//!
//! each line ended by a line feed. A checkpoint is shipped as one line of JSON with those members and the signature. An
//! anchor's text says `anchor` where that has `checkpoint`, so that neither passes for the other.

use super::chain::Position;
use super::{Entry, Facts, Source};
use crate::domain::flow::Timestamp;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use chrono::SecondsFormat;
use data_encoding::BASE64;
use std::fmt;

/// What comes before the 32 bytes of a key in its SubjectPublicKeyInfo (RFC 8410 §4).
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The text that a signature is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement(String);

impl Statement {
    fn of(kind: &str, place: Position, at: Timestamp) -> Self {
        let Position { chain, sequence, hash } = place;
        Self(format!("countersign audit {kind} 1\n{chain}\n{sequence}\n{hash}\n{}\n", moment(at)))
    }
}

fn moment(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Where the chain was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The last entry at that time.
    pub place: Position,
    /// When.
    pub at: Timestamp,
}

impl Checkpoint {
    /// The text that the signature is over.
    pub fn statement(&self) -> Statement {
        Statement::of("checkpoint", self.place, self.at)
    }

    /// The line in which it is shipped, without the line feed.
    pub fn line(&self, signature: &[u8]) -> String {
        let Position { chain, sequence, hash } = self.place;
        let signature = BASE64.encode(signature);
        format!(
            r#"{{"chain":"{chain}","sequence":{sequence},"hash":"{hash}","at":"{}","signature":"{signature}"}}"#,
            moment(self.at)
        )
    }

    /// The entry that tells that it was signed and shipped.
    pub fn entry(&self) -> Entry {
        let facts = Facts::default().and("sequence", self.place.sequence).and("hash", self.place.hash);
        Entry { after: Some(facts), ..Entry::of_server(self.at, "audit_checkpoint", "audit") }
    }
}

/// Where a trail begins once older entries were pruned. Signed, it says that the owner of the key has pruned up to
/// there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The last entry that was pruned.
    pub place: Position,
    /// When.
    pub at: Timestamp,
}

impl Anchor {
    /// The text that the signature is over.
    pub fn statement(&self) -> Statement {
        Statement::of("anchor", self.place, self.at)
    }
}

/// Signs checkpoints and anchors.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// Reads a PKCS #8 key (RFC 5958), as `openssl genpkey -algorithm ed25519` makes them. `None` if it is not one.
    pub fn from_pkcs8(der: &[u8]) -> Option<Self> {
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok().map(Self)
    }

    /// The signature; the same for the same statement.
    pub fn sign(&self, statement: &Statement) -> Vec<u8> {
        self.0.sign(statement.0.as_bytes()).as_ref().to_vec()
    }

    /// What its signatures are checked with.
    pub fn public(&self) -> Option<PublicKey> {
        self.0.public_key().as_ref().try_into().ok().map(PublicKey)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

/// Checks signatures of checkpoints and anchors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo, as `openssl pkey -pubout` writes it. `None` if it is not one of Ed25519.
    pub fn from_spki(der: &[u8]) -> Option<Self> {
        der.strip_prefix(&SPKI_PREFIX)?.try_into().ok().map(Self)
    }

    /// Whether a statement was signed with the private key.
    pub fn verifies(&self, statement: &Statement, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(statement.0.as_bytes(), signature).is_ok()
    }
}

/// The entry of a start, and those of what is not as it was at the start before.
pub fn started(at: Timestamp, before: Option<&Running>, now: &Running) -> Vec<Entry> {
    let version = Facts::default().and("version", &now.version);
    let configuration = |running: &Running| Facts::default().and("digest", &running.configuration);
    let keys = |running: &Running| Facts::default().and("keys", &running.keys);
    let mut entries = vec![Entry { after: Some(version), ..Entry::of_server(at, "server_start", "server") }];
    let mut note = |action, subject, part: &dyn Fn(&Running) -> Facts| {
        if before.map(part) != Some(part(now)) {
            let (before, after) = (before.map(part), Some(part(now)));
            entries.push(Entry { before, after, ..Entry::of_server(at, action, subject) });
        }
    };
    note("config_change", "configuration", &configuration);
    note("key_ring_change", "keys", &keys);
    entries
}

/// What a server runs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// The release.
    pub version: String,
    /// SHA-256 of the configuration, without secrets, as hexadecimal digits.
    pub configuration: String,
    /// The ids of the server keys, the current one first, separated by blanks.
    pub keys: String,
}

impl Entry {
    /// An entry of something that nobody asked for.
    fn of_server(at: Timestamp, action: &'static str, subject: &str) -> Self {
        Self {
            at,
            source: Source::Server,
            actor: None,
            action,
            subject: subject.to_owned(),
            customer: None,
            outcome: super::DONE,
            before: None,
            after: None,
            request_id: None,
            counted: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::chain::{ChainId, Hash};
    use chrono::DateTime;

    /// RFC 8032 §7.1, test 1, in a PKCS #8 envelope without the public key, as OpenSSL writes it.
    fn key() -> SigningKey {
        let mut der =
            vec![0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
        let seed = b"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        der.extend(data_encoding::HEXLOWER.decode(seed).unwrap());
        SigningKey::from_pkcs8(&der).unwrap()
    }

    #[test]
    fn a_checkpoint_is_signed_as_a_whole() {
        let place = Position { chain: ChainId::from_bytes([1; 16]), sequence: 7, hash: Hash::from_bytes([2; 32]) };
        let checkpoint = Checkpoint { place, at: DateTime::from_timestamp_millis(1_790_000_000_123).unwrap() };
        let signature = key().sign(&checkpoint.statement());
        let public = key().public().unwrap();
        assert!(public.verifies(&checkpoint.statement(), &signature));
        let anchor = Anchor { place, at: checkpoint.at };
        assert!(!public.verifies(&anchor.statement(), &signature), "a checkpoint is no anchor");
        for other in [
            Checkpoint { place: Position { sequence: 8, ..place }, ..checkpoint },
            Checkpoint { place: Position { hash: Hash::NONE, ..place }, ..checkpoint },
            Checkpoint { place: Position { chain: ChainId::from_bytes([9; 16]), ..place }, ..checkpoint },
            Checkpoint { at: checkpoint.at + chrono::TimeDelta::milliseconds(1), ..checkpoint },
        ] {
            assert!(!public.verifies(&other.statement(), &signature), "{other:?}");
        }
        let spki: Vec<u8> = SPKI_PREFIX.iter().copied().chain(public.0).collect();
        assert_eq!(PublicKey::from_spki(&spki), Some(public));
        assert_eq!(PublicKey::from_spki(&spki[1..]), None);
        let signature = BASE64.encode(&signature);
        let line = format!(
            r#"{{"chain":"{}","sequence":7,"hash":"{}","at":"2026-09-21T14:13:20.123Z","signature":"{signature}"}}"#,
            "01".repeat(16),
            "02".repeat(32)
        );
        assert_eq!(checkpoint.line(&key().sign(&checkpoint.statement())), line);
    }

    #[test]
    fn a_start_tells_what_is_not_as_it_was() {
        let at = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let running = |configuration: &str, keys: &str| Running {
            version: "1".into(),
            configuration: configuration.into(),
            keys: keys.into(),
        };
        let told = |before: Option<&Running>, now: &Running| -> Vec<_> {
            started(at, before, now).iter().map(|entry| entry.action).collect()
        };
        let first = running("aa", "k1");
        assert_eq!(told(None, &first), ["server_start", "config_change", "key_ring_change"]);
        assert_eq!(told(Some(&first), &first), ["server_start"]);
        assert_eq!(told(Some(&first), &running("bb", "k1")), ["server_start", "config_change"]);
        assert_eq!(told(Some(&first), &running("aa", "k2 k1")), ["server_start", "key_ring_change"]);
    }
}
