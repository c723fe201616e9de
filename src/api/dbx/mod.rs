//! Family A: DBX one-time passwords.

pub mod types;
