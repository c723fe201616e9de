//! What every request of a server can reach.

use crate::api::bne::handlers::Bne;
use crate::api::dbx::handlers::Dbx;
use crate::api::operator::handlers::BackOffice;
use crate::api::runtime;
use crate::domain::ports::FlowStore;
use crate::identity::RemoteKeys;
use crate::telemetry::Metrics;
use slog::Logger;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shared by all requests.
#[derive(Clone)]
pub(super) struct Context(Arc<Parts>);

pub(super) struct Parts {
    pub(super) runtime: runtime::Settings,
    pub(super) dbx: Dbx,
    pub(super) bne: Bne,
    pub(super) operator: BackOffice,
    pub(super) store: Arc<dyn FlowStore>,
    pub(super) remote_keys: Vec<Arc<RemoteKeys>>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) stopping: Arc<AtomicBool>,
    pub(super) log: Logger,
}

impl Context {
    pub(super) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}

impl Deref for Context {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl AsRef<Dbx> for Context {
    fn as_ref(&self) -> &Dbx {
        &self.dbx
    }
}

impl AsRef<Bne> for Context {
    fn as_ref(&self) -> &Bne {
        &self.bne
    }
}

impl AsRef<BackOffice> for Context {
    fn as_ref(&self) -> &BackOffice {
        &self.operator
    }
}

impl AsRef<runtime::Settings> for Context {
    fn as_ref(&self) -> &runtime::Settings {
        &self.runtime
    }
}
