//! What every operation goes through before its handler, and what becomes of its answer.
//!
//! The families here are probes: handlers that do what the request says. So each refusal is seen on its own, whatever the
//! real handlers and credentials are.

mod bne;
mod dbx;
mod parameters;
mod probe;
