//! `countersign migrate-store`: from a data file to a database on a server.

use super::audit::entries;
use super::offline::{counted, progress_bar};
use super::{Failed, load, output};
use crate::server::offline::copy::{StoreCopyError, copy_store};
use crate::server::{SystemClock, SystemRandom};
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;

pub(super) const HELP: &str = "\
The two configurations differ in [store]: one names the file, the other an empty
database. The server keys of the new one have to open what is in the file.

Stop the server first. The file is only read, and nothing can be written to it
meanwhile: no server starts on it. What reads it may go on: backups, and
`countersign audit verify --config old.toml`.

Every row is copied as it is, then read again on both sides and compared, and
both audit trails are checked; before that, no server opens the database. After
an interruption, the same command goes on where it was.

Examples:
  countersign migrate-store --from old.toml --to new.toml
  countersign serve --config new.toml";

#[derive(Args)]
pub(super) struct MigrateStore {
    /// The configuration with the data file.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The configuration with the database.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

pub(super) fn migrate_store(options: &MigrateStore) -> Result<(), Failed> {
    let (from, to) = (load(&options.from)?, load(&options.to)?);
    let (mut bar, mut stage) = (progress_bar(None, ""), None);
    let told = copy_store(&from, &to, Arc::new(SystemRandom), SystemClock.now(), &mut |at| {
        if stage.replace(at.stage) != Some(at.stage) {
            bar.finish_and_clear();
            let known = "{msg}: {wide_bar} {human_pos}/{human_len}, {eta} left";
            let template = if at.of.is_some() { known } else { "{msg}: {human_pos}, {per_sec}" };
            bar = progress_bar(at.of, template).with_message(at.stage.to_string());
        }
        bar.set_position(at.done);
    });
    bar.finish_and_clear();
    let copied = told.map_err(|error| match error {
        StoreCopyError::Config(error) => Failed::Config(error),
        error => Failed::other(error),
    })?;
    for (table, rows) in copied.tables.iter().filter(|(_, rows)| *rows > 0) {
        output::result(format_args!("{rows:>12} {table}"));
    }
    let rows = counted(copied.tables.iter().map(|(_, rows)| rows).sum(), "row");
    let before = match copied.before {
        0 => String::new(),
        n => format!(", {n} of them before this run"),
    };
    output::result(format_args!("{rows} copied{before}; all read back as they are in the file."));
    output::result(match copied.end.sequence {
        0 => "The audit trail is empty.".to_owned(),
        last => format!("The audit trail is whole in both: {} to number {last}.", entries(copied.entries)),
    });
    output::note(format_args!(
        "note: from now on serve {} only, and put the file where no server finds it: in it, codes count as unused that are \
         used from here on",
        options.to.display()
    ));
    Ok(())
}
