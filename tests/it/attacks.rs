//! Attacks on a running server. Each claim of SECURITY.md about them names one of these tests.

mod clock;
mod disk;
mod equal;
mod kill;
mod parallel;
mod timing;
