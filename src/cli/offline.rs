//! Commands that work on the data file, while no server runs, and what they share with others.

use super::{DATA_DIR, Failed, Import, load, load_whole, output};
use crate::config::Config;
use crate::dev::data::DataDir;
use crate::server::customer_file::{self, CustomerFile};
use crate::server::offline::{self, OfflineError};
use crate::server::settings::Settings;
use crate::server::{SystemClock, SystemRandom};
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Who changes something.
#[derive(Args)]
pub(super) struct Who {
    /// Who does this: kept in the audit trail.
    #[arg(long = "by", value_name = "NAME", env = "USER", hide_env_values = true)]
    pub(super) by: String,
}

/// A file of customers is not usable.
#[derive(Debug, thiserror::Error)]
#[error("{} in {}: nothing was imported", counted(*.0, "problem"), .1.display())]
struct BadFile(u64, PathBuf);

/// The file was right when it was checked.
#[derive(Debug, thiserror::Error)]
#[error("the file was changed while it was being imported: {0}")]
struct FileChanged(String);

pub(super) fn check_config(file: &Path) -> Result<(), Failed> {
    let (config, settings) = load_whole(file)?;
    output::result(format_args!("{} is right.", file.display()));
    let notes = settings.iter().flat_map(Settings::notes).chain(config.notes().iter().cloned());
    for note in notes {
        output::result(format_args!("  note: {note}"));
    }
    Ok(())
}

pub(super) fn migrate(file: &Path) -> Result<(), Failed> {
    let config = load(file)?;
    let (path, done) = offline::migrate(&config).map_err(failed)?;
    output::result(match (done.from, done.to) {
        (0, to) => format!("{path} is new, version {to}."),
        (from, to) if from == to => format!("{path} had version {to} already."),
        (from, to) => format!("{path} had version {from}, has version {to}."),
    });
    Ok(())
}

pub(super) fn import(options: &Import) -> Result<(), Failed> {
    let config = config(options.config.as_deref(), options.data.as_deref())?;
    let file = &options.file;
    // Once to find every problem, once to import: a file may be larger than memory.
    let checked = customer_file::check(file, &mut |problem| output::note(problem));
    if checked.problems > 0 {
        return Err(Failed::other(BadFile(checked.problems, file.clone())));
    }
    let bar = progress_bar(Some(checked.customers), "{wide_bar} {human_pos}/{human_len} customers, {eta} left");
    let customers = CustomerFile::open(file).map(|entry| {
        entry.map_err(|problems| FileChanged(problems.first().map(ToString::to_string).unwrap_or_default()))
    });
    let (random, now) = (Arc::new(SystemRandom), SystemClock.now());
    let (by, heard) = (&options.who.by, &mut |n| bar.set_position(n));
    let told = offline::import_customers(&config, random, now, by, customers, options.prune, heard);
    bar.finish_and_clear();
    let report = told.map_err(failed)?;
    output::result(format_args!(
        "customers: {} read, {} added, {} changed, {} unchanged, {} removed.",
        checked.customers, report.added, report.changed, report.unchanged, report.removed
    ));
    match checked.without_address {
        0 => (),
        1 => output::result("Of those read, 1 has no address and cannot get codes."),
        n => output::result(format_args!("Of those read, {n} have no address and cannot get codes.")),
    }
    Ok(())
}

fn failed<E: Error + 'static>(error: OfflineError<E>) -> Failed {
    match error {
        OfflineError::Config(error) => Failed::Config(error),
        error => Failed::other(error),
    }
}

/// The configuration of a server, or of a development server: one of the two.
pub(super) fn config(file: Option<&Path>, dir: Option<&Path>) -> Result<Config, Failed> {
    match (file, dir) {
        (Some(file), _) => Ok(load(file)?),
        // Only `serve --dev` makes a directory: a mistyped one should not look like a new bank.
        (None, dir) => {
            let data = DataDir::open(dir.unwrap_or(Path::new(DATA_DIR))).map_err(Failed::other)?;
            data.config().map_err(Failed::other)
        }
    }
}

pub(super) fn counted(n: u64, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// A bar for a person to watch; without a length, a count.
pub(super) fn progress_bar(length: Option<u64>, template: &str) -> ProgressBar {
    let target = if output::is_watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(length, target);
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
