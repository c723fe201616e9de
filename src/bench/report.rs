//! What came out, for people and for programs.

use super::gauge::Reading;
use super::load::{Measured, Pace};
use hdrhistogram::Histogram;
use serde::Serialize;
use std::fmt::Write;

/// Of one run.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    /// Which scenario; with `noop: ` before it, the pipeline that does nothing, asked the same.
    pub name: String,
    /// Requests that were due in a second, in an open loop.
    pub rate: Option<f64>,
    /// Answers in a second.
    pub throughput: f64,
    /// How many were measured.
    pub answers: u64,
    /// Milliseconds.
    pub latency: Latency,
    /// Processor time of the server for one request, microseconds.
    pub cpu_micros: Option<f64>,
    /// Resident memory of the server at the end, bytes.
    pub resident_bytes: Option<u64>,
    /// Bytes that the server had written to the disk for one request.
    pub written_bytes: Option<f64>,
    /// Rows that the store wrote for one request.
    pub rows: Option<f64>,
    /// Commits, each with an fsync, for one request.
    pub commits: Option<f64>,
    /// Steps that shared a commit.
    pub group: Option<f64>,
}

/// Percentiles, in milliseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Latency {
    /// Half were faster.
    pub p50: f64,
    /// 90 of 100 were.
    pub p90: f64,
    /// 99 of 100 were.
    pub p99: f64,
    /// 999 of 1000 were.
    pub p999: f64,
    /// The slowest.
    pub max: f64,
}

impl Latency {
    fn of(seen: &Histogram<u64>) -> Self {
        let at = |percentile| seen.value_at_percentile(percentile) as f64 / 1e6;
        Self { p50: at(50.0), p90: at(90.0), p99: at(99.0), p999: at(99.9), max: seen.max() as f64 / 1e6 }
    }
}

impl Run {
    pub(super) fn new(name: String, pace: Pace, measured: &Measured<Reading>) -> Self {
        let Measured { latency, answers, elapsed, gauge: [before, after] } = measured;
        let answers = *answers;
        let each = |before: f64, after: f64| (after - before) / answers as f64;
        let process = before.process.zip(after.process);
        let (commits, rows) = (after.store.commits - before.store.commits, after.store.rows - before.store.rows);
        let stored = commits > 0.0;
        Self {
            name,
            rate: if let Pace::Open(rate) = pace { Some(rate) } else { None },
            throughput: answers as f64 / elapsed.as_secs_f64(),
            answers,
            latency: Latency::of(latency),
            cpu_micros: process.map(|(b, a)| each(b.cpu.as_secs_f64(), a.cpu.as_secs_f64()) * 1e6),
            resident_bytes: process.map(|(_, after)| after.resident),
            written_bytes: process.map(|(b, a)| each(b.written as f64, a.written as f64)),
            rows: stored.then(|| rows / answers as f64),
            commits: stored.then(|| commits / answers as f64),
            group: stored.then(|| (after.store.steps - before.store.steps) / commits),
        }
    }
}

/// How a scenario compares with what this machine can do at all, in the same call.
#[derive(Clone, Debug, Serialize)]
pub struct Ratio {
    /// Which scenario.
    pub name: String,
    /// Its throughput, as a share of the pipeline's that does nothing.
    pub of_noop: f64,
    /// Steps in a second of a bare SQLite file that takes as many rows.
    pub rows_alone: Option<f64>,
    /// Its throughput, as a share of that.
    pub of_rows_alone: Option<f64>,
    /// Its throughput, as a share of the lower of both.
    pub of_lower: f64,
    /// Its 99th percentile, as a multiple of the pipeline's that does nothing.
    pub p99_of_noop: f64,
}

/// All of a call.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Which release.
    pub version: &'static str,
    /// At once.
    pub connections: usize,
    /// In the data file.
    pub tokens: usize,
    /// From the start of the server's process to the line that says where it listens, milliseconds.
    pub start_millis: Option<f64>,
    /// In the order in which they were made.
    pub runs: Vec<Run>,
    /// For every scenario that has a reference.
    pub ratios: Vec<Ratio>,
}

impl Report {
    /// For people: a table, 120 columns wide.
    pub fn table(&self) -> String {
        let mut text = String::new();
        let told = self.write_table(&mut text);
        told.map_or_else(|_| String::new(), |()| text)
    }

    fn write_table(&self, text: &mut String) -> std::fmt::Result {
        writeln!(text, "countersign {}, {} connections, {} tokens", self.version, self.connections, self.tokens)?;
        if let Some(millis) = self.start_millis {
            writeln!(text, "from the start of the process to its first answer: {millis:.0} ms")?;
        }
        writeln!(
            text,
            "\n{:<20} {:>8} {:>9} {:>8} {:>8} {:>8} {:>8} {:>7} {:>6} {:>7} {:>6} {:>8}",
            "scenario",
            "due/s",
            "answers/s",
            "p50 ms",
            "p99 ms",
            "p99.9 ms",
            "max ms",
            "CPU us",
            "rows",
            "fsyncs",
            "group",
            "KB disk"
        )?;
        let some =
            |value: Option<f64>, digits| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"));
        for run in &self.runs {
            let Latency { p50, p99, p999, max, .. } = run.latency;
            writeln!(
                text,
                "{:<20} {:>8} {:>9.0} {:>8.2} {:>8.2} {:>8.2} {:>8.2} {:>7} {:>6} {:>7} {:>6} {:>8}",
                run.name,
                some(run.rate, 0),
                run.throughput,
                p50,
                p99,
                p999,
                max,
                some(run.cpu_micros, 0),
                some(run.rows, 1),
                some(run.commits, 3),
                some(run.group, 1),
                some(run.written_bytes.map(|bytes| bytes / 1024.0), 1)
            )?;
        }
        if let Some(resident) = self.runs.iter().filter_map(|run| run.resident_bytes).max() {
            writeln!(text, "\nmost memory in use at the end of a run: {:.0} MiB", resident as f64 / 1_048_576.0)?;
        }
        if self.ratios.is_empty() {
            return Ok(());
        }
        writeln!(
            text,
            "\n{:<20} {:>10} {:>14} {:>16} {:>14} {:>12}",
            "scenario", "of no-op", "rows alone/s", "of rows alone", "of the lower", "p99 / no-op"
        )?;
        let share = |value: f64| format!("{:.0} %", value * 100.0);
        for ratio in &self.ratios {
            writeln!(
                text,
                "{:<20} {:>10} {:>14} {:>16} {:>14} {:>11.1}x",
                ratio.name,
                share(ratio.of_noop),
                some(ratio.rows_alone, 0),
                ratio.of_rows_alone.map_or_else(|| "-".to_owned(), share),
                share(ratio.of_lower),
                ratio.p99_of_noop
            )?;
        }
        Ok(())
    }
}
