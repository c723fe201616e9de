//! What the fuzz targets share, and the rooms that they try out.
//!
//! The rooms are compiled from their own files, as `build.rs` does with the wire types, not taken from the crate: that
//! would build the whole server with the fuzzer's instrumentation, for minutes, and try out nothing more. They name no
//! other room, which the test of the layers sees to.

#[path = "../../src/domain/mod.rs"]
pub mod domain;
#[path = "../../src/siem"]
pub mod siem {
    pub mod cef;
}
#[path = "../../src/tokenfile/mod.rs"]
pub mod tokenfile;

pub mod entries;
pub mod memory;
pub mod secrets;
