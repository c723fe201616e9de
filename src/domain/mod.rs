//! The life of a code: who may have one, where it goes, how long it is good and how often it may be guessed; tokens and the
//! transactions that their codes confirm; and what the back office may see and change of it all.
//!
//! Pure and synchronous but for the verbs, [`service`] (DBX), [`challenge`] (BNE) and [`desk`] (operators), and for
//! [`ports`]; names no other room of the crate.

pub mod audit;
pub mod challenge;
pub mod client;
pub mod customer;
pub mod delivery;
pub mod desk;
pub mod flow;
pub mod import;
pub mod keys;
pub mod limit;
pub mod oath;
pub mod operator;
pub mod page;
pub mod passcode;
pub mod policy;
pub mod ports;
pub mod prefix;
pub mod pseudonym;
pub mod recipient;
pub mod redeem;
pub mod rotation;
pub mod service;
pub mod session;
pub mod token;
pub mod transaction;
pub mod version;
pub mod work;
