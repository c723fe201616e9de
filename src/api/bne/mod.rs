//! Family B: BNE challenge validation.

pub mod types;
