//! What `serve --dev` and `demo` add: a data directory that fills itself, tokens, customers, an inbox.

pub mod mail_sink;
pub mod page;
