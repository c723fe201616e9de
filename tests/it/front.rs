//! The listeners of a real server: who gets in, for how long, and as whom.

mod certificates;
mod clients;
mod crowds;
mod proxies;
