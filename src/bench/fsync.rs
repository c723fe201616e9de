//! One fsync: what every decision waits for once, however fast the rest is.

use super::BenchError;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// How many are timed. The middle one counts.
const TIMES: usize = 200;
/// A page of the store, which is the least that a commit appends to the log.
const APPENDED: [u8; 2048] = [0x5a; 2048];

/// Appends to a new file and syncs its data (`fdatasync`), over and over; gives the time of the sync in the middle.
pub(super) fn run(path: &Path) -> Result<Duration, BenchError> {
    let failed = |source| BenchError::Scratch { path: path.to_owned(), source };
    let mut file = File::create_new(path).map_err(failed)?;
    let mut times = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        file.write_all(&APPENDED).map_err(failed)?;
        let begun = Instant::now();
        file.sync_data().map_err(failed)?;
        times.push(begun.elapsed());
    }
    std::fs::remove_file(path).map_err(failed)?;
    let (_, middle, _) = times.select_nth_unstable(TIMES / 2);
    Ok(*middle)
}
