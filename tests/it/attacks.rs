//! Attacks on a running server. Each claim of SECURITY.md about them names one of these tests.

mod clock;
mod disk;
mod equal;
pub(crate) mod kill;
mod made_up;
mod parallel;
mod timing;
