//! What outlives the process: SQL and sealed columns. Every port method is one atomic step.

pub mod seal;
pub mod sqlite;
