//! Portable Symmetric Key Container (RFC 6030).
//!
//! 1. A container says how its values are protected (§6) and then holds one package per token (§4).
//! 2. A package is read as a whole, becomes an entry, and is forgotten; only the keys to the values are kept.
//! 3. A wrong key shows at the first value that it opens: that ends the reading. Once a value could be opened, a later one
//!    that cannot was altered, and is a problem of its own.
//! 4. A signature (§7) stands at the end and is not checked. A file that has one is refused, unless the caller says that
//!    someone else checks it.
//!
//! Beyond the RFC, since vendors write it: a TOTP key's `Suite` may name its hash, and an OCRA key's algorithm may be the
//! suite itself. Keys that are PINs (§10.3) are passed over: a PIN that the device checks is not our business, and a token
//! whose PIN we would have to check is refused.

mod crypto;
mod key;
mod tree;

use super::{Found, Limits, Problem, TokenEntry};
use crypto::{Fault, Protection};
use key::Made;
use secrecy::{SecretSlice, SecretString};
use std::fmt;
use std::io::Read;
use tree::{Next, Node, Ns, Refusal, Tree};

/// How to read a file.
#[derive(Default)]
pub struct Options {
    /// How much to take.
    pub limits: Limits,
    /// What opens it, if it is encrypted.
    pub unlock: Unlock,
    /// Whether to take a signed file, though its signature is not checked.
    pub accept_unchecked_signature: bool,
}

/// What opens encrypted values. What a file does not need is not used.
#[derive(Default)]
pub struct Unlock {
    /// The pre-shared key: 16, 24 or 32 bytes.
    pub key: Option<SecretSlice<u8>>,
    /// The password that the key is derived from.
    pub password: Option<SecretString>,
    /// The MAC key, for files that do not bring their own.
    pub mac_key: Option<SecretSlice<u8>>,
}

/// A file being read: see [`read`].
pub struct Reader<R: Read> {
    tree: Tree<R>,
    options: Options,
    protection: Protection,
    found: Found,
    started: bool,
    done: bool,
    keys: u64,
    pins: u64,
    /// Whether a value could be opened.
    opened: bool,
}

/// Reads a container. Reading is lazy; an entry with several problems comes as all of them.
pub fn read<R: Read>(source: R, options: Options) -> Reader<R> {
    Reader {
        tree: Tree::new(source, &options.limits),
        found: Found::new(&options.limits),
        options,
        protection: Protection::default(),
        started: false,
        done: false,
        keys: 0,
        pins: 0,
        opened: false,
    }
}

impl<R: Read> Reader<R> {
    /// How many PINs were passed over so far.
    pub fn pins_passed_over(&self) -> u64 {
        self.pins
    }

    fn step(&mut self) -> Result<(), Refusal> {
        if !self.started {
            let root = self.tree.root()?;
            check_root(&root).map_err(|what| Refusal { line: root.line, what })?;
            self.started = true;
        }
        match self.tree.next_child()? {
            Next::Child(node) => self.child(&node).map_err(|what| Refusal { line: node.line, what }),
            Next::End if self.keys == 0 => Err(self.tree.refusal("there is no key in this file")),
            Next::End => {
                self.done = true;
                Ok(())
            }
        }
    }

    fn child(&mut self, node: &Node) -> Result<(), String> {
        match (node.ns, node.name.as_str()) {
            (Ns::Pskc, "EncryptionKey" | "MACMethod") if self.keys > 0 => {
                Err(format!("{} must stand before the keys", node.name))
            }
            (Ns::Pskc, "EncryptionKey") => self.protection.encryption_key(node),
            (Ns::Pskc, "MACMethod") => match self.protection.mac_method(node) {
                Ok(()) => Ok(()),
                Err(Fault::File(what) | Fault::Value(what)) => Err(what),
                Err(Fault::Mismatch) => Err(MISMATCH.to_owned()),
            },
            (Ns::Pskc, "KeyPackage") => self.package(node),
            (Ns::Dsig, "Signature") if !self.options.accept_unchecked_signature => {
                Err("the file is signed, and signatures are not checked here: check it elsewhere, and then say so"
                    .to_owned())
            }
            (Ns::Dsig, "Signature") | (Ns::Pskc, "Extensions") => Ok(()),
            (Ns::Pskc, name) => Err(format!("the element {} has no place in a key container", Shown(name))),
            // Extensions of others (§8).
            _ => Ok(()),
        }
    }

    fn package(&mut self, node: &Node) -> Result<(), String> {
        self.keys += 1;
        let mut closed = None;
        let (serial, made) = key::make(node, |value, tag| {
            let opened = self.protection.open(value, tag, &self.options.unlock);
            match opened {
                Ok(bytes) => {
                    self.opened = true;
                    Ok(bytes)
                }
                Err(Fault::Value(what)) => Err(what),
                Err(Fault::File(what)) => {
                    closed = Some(what.clone());
                    Err(what)
                }
                Err(Fault::Mismatch) if self.opened => Err(ALTERED.to_owned()),
                Err(Fault::Mismatch) => {
                    closed = Some(MISMATCH.to_owned());
                    Err(MISMATCH.to_owned())
                }
            }
        });
        if let Some(what) = closed {
            return Err(what);
        }
        match made {
            Ok(Made::Token(entry)) => self.found.good(*entry),
            Ok(Made::Pin) => self.pins += 1,
            Err(reasons) => reasons.into_iter().for_each(|what| self.found.bad(node.line, serial.as_deref(), what)),
        }
        Ok(())
    }
}

const MISMATCH: &str = "the key or password is wrong, or the file was altered: its MAC does not match";
const ALTERED: &str = "its MAC does not match, though others did: the entry was altered";

fn check_root(root: &Node) -> Result<(), String> {
    if !root.is(Ns::Pskc, "KeyContainer") {
        return Err("this is no PSKC file: its root is no KeyContainer (RFC 6030)".to_owned());
    }
    match root.attribute("Version") {
        Some("1.0") => Ok(()),
        Some(version) => Err(format!("version {} is not supported: it must be 1.0", Shown(version))),
        None => Err("KeyContainer has no Version".to_owned()),
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<TokenEntry, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.found.take(&mut self.done) {
                None if !self.done => {
                    if let Err(Refusal { line, what }) = self.step() {
                        self.done = true;
                        self.found.bad(line, None, what);
                    }
                }
                found => return found,
            }
        }
    }
}

/// A part of the file, so that it can be shown: on one line, and not too long.
struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().take(96).try_for_each(|c| write!(f, "{}", c.escape_debug()))
    }
}

#[cfg(test)]
mod tests;
