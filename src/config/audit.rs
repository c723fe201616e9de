//! `[audit]`: what is done with the audit trail besides writing it.

use super::problems::Problems;
use serde::Deserialize;
use std::path::PathBuf;

/// `[audit]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Audit {
    /// The private key that checkpoints and anchors are signed with (Ed25519, PKCS #8 in PEM). Absent, there are no
    /// checkpoints, and anchors are not signed.
    pub checkpoint_key_file: Option<PathBuf>,
    /// Where checkpoints are appended, one line each.
    pub checkpoint_file: Option<PathBuf>,
    /// The pause between two checkpoints.
    pub checkpoint_interval_secs: u64,
}

impl Default for Audit {
    fn default() -> Self {
        Self { checkpoint_key_file: None, checkpoint_file: None, checkpoint_interval_secs: 3600 }
    }
}

impl Audit {
    pub(super) fn place(&mut self, place: impl Fn(&mut PathBuf)) {
        [&mut self.checkpoint_key_file, &mut self.checkpoint_file].into_iter().flatten().for_each(place);
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        problems.within("audit.checkpoint_interval_secs", self.checkpoint_interval_secs, 10, 86_400);
        match (&self.checkpoint_key_file, &self.checkpoint_file) {
            (Some(_), None) => problems.add("audit.checkpoint_key_file", "needs audit.checkpoint_file beside it"),
            (None, Some(_)) => problems.add("audit.checkpoint_file", "needs audit.checkpoint_key_file beside it"),
            _ => {}
        }
    }
}
