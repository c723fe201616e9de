//! What the desk asks of the store: one trait for each noun, implemented next to the noun's SQL.

use crate::domain::ports::{AuditStore, OperatorStore};

/// Keeps everything that the back office works on.
pub trait DeskStore: AuditStore + OperatorStore {}

impl<T> DeskStore for T where T: AuditStore + OperatorStore {}
