//! What the fuzz targets share, and the rooms that they try out.
//!
//! The rooms are compiled from their own files, as `build.rs` does with the wire types, not taken from the crate: that
//! would build the whole server with the fuzzer's instrumentation, for minutes, and try out nothing more. They name no
//! room that is not here, which the test of the layers sees to.

/// The same module tree as in the crate, so that paths in `types.rs` mean the same.
#[path = "../../src/api"]
#[allow(dead_code, reason = "the whole server uses it all")]
pub mod api {
    pub mod caller;
    pub mod scalar;
    pub mod bne {
        pub mod types;
    }
    pub mod dbx {
        pub mod types;
    }
    pub mod operator {
        pub mod types;
    }
}
#[path = "../../src/domain/mod.rs"]
pub mod domain;
#[path = "../../src/front"]
pub mod front {
    pub mod proxies;
}
#[path = "../../src"]
#[allow(dead_code, unused_imports, reason = "the whole server uses it all")]
pub mod rooms {
    pub mod config;
}
#[path = "../../src/server"]
pub mod server {
    pub mod customer_file;
}
#[path = "../../src/siem"]
pub mod siem {
    pub mod cef;
}
#[path = "../../src/store"]
pub mod store {
    pub mod seal;
}
#[path = "../../src/tokenfile/mod.rs"]
pub mod tokenfile;

pub mod entries;
pub mod memory;
pub mod secrets;
