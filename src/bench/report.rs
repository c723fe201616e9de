//! What came out, for programs; [`super::table`] has it for people.

use super::gauge::Reading;
use super::load::{Measured, Pace};
use hdrhistogram::Histogram;
use serde::Serialize;

/// Of one run.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    /// Which scenario; with `noop: ` before it, the pipeline that does nothing, asked the same.
    pub name: String,
    /// Which round of the call, from 1 on.
    pub round: u32,
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
    /// Processor time of the database server's connections for one request, microseconds; if it is on this machine.
    pub database_cpu_micros: Option<f64>,
    /// Bytes that the server had written to the disk for one request; with a database server, those of its write-ahead log.
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
    pub(super) fn new(name: String, round: u32, pace: Pace, measured: &Measured<Reading>) -> Self {
        let Measured { latency, answers, elapsed, gauge: [before, after] } = measured;
        let answers = *answers;
        let each = |before: f64, after: f64| (after - before) / answers as f64;
        let process = before.process.zip(after.process);
        let (commits, rows) = (after.store.commits - before.store.commits, after.store.rows - before.store.rows);
        let stored = commits > 0.0;
        let database = before.database.zip(after.database);
        let cpu = database.and_then(|(before, after)| before.cpu.zip(after.cpu));
        let written = process.map(|(before, after)| [before, after].map(|process| process.written as f64));
        let written = database.map(|(before, after)| [before.log, after.log]).or(written);
        Self {
            name,
            round,
            rate: if let Pace::Open(rate) = pace { Some(rate) } else { None },
            throughput: answers as f64 / elapsed.as_secs_f64(),
            answers,
            latency: Latency::of(latency),
            cpu_micros: process.map(|(b, a)| each(b.cpu.as_secs_f64(), a.cpu.as_secs_f64()) * 1e6),
            resident_bytes: process.map(|(_, after)| after.resident),
            database_cpu_micros: cpu.map(|(b, a)| each(b.as_secs_f64(), a.as_secs_f64()) * 1e6),
            written_bytes: written.map(|[before, after]| each(before, after)),
            rows: stored.then(|| rows / answers as f64),
            commits: stored.then(|| commits / answers as f64),
            group: stored.then(|| (after.store.steps - before.store.steps) / commits),
        }
    }
}

/// The goal for the 99th percentile is below this many times that of the pipeline that does nothing, and one fsync.
pub(super) const P99_OF_NOOP_GOAL: f64 = 3.0;

/// How a run of a scenario compares with what this machine can do at all, measured right after it.
#[derive(Clone, Debug, Serialize)]
pub struct Ratio {
    /// Which scenario.
    pub name: String,
    /// Which round of the call, from 1 on.
    pub round: u32,
    /// Its throughput, as a share of the pipeline's that does nothing.
    pub of_noop: f64,
    /// Steps in a second of a bare SQLite file that takes as many rows.
    pub rows_alone: Option<f64>,
    /// Its throughput, as a share of that.
    pub of_rows_alone: Option<f64>,
    /// Its throughput, as a share of the lower of both.
    pub of_lower: f64,
    /// How long one fsync takes, milliseconds.
    pub fsync_millis: f64,
    /// What the 99th percentile should be below, milliseconds: three times that of the pipeline that does nothing, and one
    /// fsync.
    pub p99_goal_millis: f64,
    /// Its 99th percentile, as a multiple of that: below 1, the goal is reached.
    pub p99_of_goal: f64,
}

/// What several rounds of the same gave.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Spread {
    /// The lowest.
    pub min: f64,
    /// The one in the middle; of an even number, the mean of the two in the middle.
    pub median: f64,
    /// The highest.
    pub max: f64,
}

impl Spread {
    /// Of those there are, if there are any.
    fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<_> = values.collect();
        values.sort_by(f64::total_cmp);
        let (min, max) = (*values.first()?, *values.last()?);
        let middle = |n: usize| values.get(n / 2).copied().unwrap_or(max);
        Some(Self { min, median: f64::midpoint(middle(values.len() - 1), middle(values.len())), max })
    }
}

/// All rounds of a scenario at a rate, or of the pipeline that does nothing.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// As the runs have it.
    pub name: String,
    /// As the runs have it.
    pub rate: Option<f64>,
    /// Answers in a second.
    pub throughput: Spread,
    /// Milliseconds that half of the requests did not take.
    pub p50: Spread,
    /// Milliseconds that 99 of 100 did not take.
    pub p99: Spread,
    /// Processor time of the server for one request, microseconds.
    pub cpu_micros: Option<Spread>,
    /// Rows that the store wrote for one request.
    pub rows: Option<Spread>,
    /// Commits, each with an fsync, for one request.
    pub commits: Option<Spread>,
}

impl Summary {
    fn of(runs: &[&Run]) -> Option<Self> {
        let first = runs.first()?;
        let each = |figure: fn(&Run) -> Option<f64>| Spread::of(runs.iter().filter_map(|run| figure(run)));
        Some(Self {
            name: first.name.clone(),
            rate: first.rate,
            throughput: each(|run| Some(run.throughput))?,
            p50: each(|run| Some(run.latency.p50))?,
            p99: each(|run| Some(run.latency.p99))?,
            cpu_micros: each(|run| run.cpu_micros),
            rows: each(|run| run.rows),
            commits: each(|run| run.commits),
        })
    }
}

/// The ratios of all rounds of a scenario.
#[derive(Clone, Debug, Serialize)]
pub struct RatioSummary {
    /// Which scenario.
    pub name: String,
    /// See [`Ratio::of_noop`], as the others.
    pub of_noop: Spread,
    /// Steps in a second.
    pub rows_alone: Option<Spread>,
    /// A share.
    pub of_rows_alone: Option<Spread>,
    /// A share.
    pub of_lower: Spread,
    /// Milliseconds.
    pub fsync_millis: Spread,
    /// Milliseconds.
    pub p99_goal_millis: Spread,
    /// A multiple.
    pub p99_of_goal: Spread,
}

impl RatioSummary {
    fn of(ratios: &[&Ratio]) -> Option<Self> {
        let each = |figure: fn(&Ratio) -> Option<f64>| Spread::of(ratios.iter().filter_map(|ratio| figure(ratio)));
        Some(Self {
            name: ratios.first()?.name.clone(),
            of_noop: each(|ratio| Some(ratio.of_noop))?,
            rows_alone: each(|ratio| ratio.rows_alone),
            of_rows_alone: each(|ratio| ratio.of_rows_alone),
            of_lower: each(|ratio| Some(ratio.of_lower))?,
            fsync_millis: each(|ratio| Some(ratio.fsync_millis))?,
            p99_goal_millis: each(|ratio| Some(ratio.p99_goal_millis))?,
            p99_of_goal: each(|ratio| Some(ratio.p99_of_goal))?,
        })
    }
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
    /// Entries that its audit trail began with, besides those of the tokens.
    pub entries: usize,
    /// Flows in it that were over.
    pub expired: usize,
    /// How often each run was made.
    pub rounds: u32,
    /// From the start of the server's process to the line that says where it listens, milliseconds; of several rounds,
    /// the middle one.
    pub start_millis: Option<f64>,
    /// How long a database server takes to answer a question that costs nothing, milliseconds; of several rounds, the middle one.
    pub round_trip_millis: Option<f64>,
    /// Those of the scenarios, then those of the pipeline that does nothing; in the order in which they were made.
    pub runs: Vec<Run>,
    /// For every run that has references.
    pub ratios: Vec<Ratio>,
    /// The runs, with all rounds of the same in one.
    pub summaries: Vec<Summary>,
    /// The ratios, with all rounds of the same in one.
    pub ratio_summaries: Vec<RatioSummary>,
}

impl Report {
    /// Puts all rounds of the same into one. Each may have had a server of its own, that took so long to start.
    pub(super) fn summarize(&mut self, starts_millis: Vec<f64>, round_trips_millis: Vec<f64>) {
        let middle = |values: Vec<f64>| Spread::of(values.into_iter()).map(|spread| spread.median);
        (self.start_millis, self.round_trip_millis) = (middle(starts_millis), middle(round_trips_millis));
        let same = |run: &Run, other: &Run| run.name == other.name && run.rate == other.rate;
        self.summaries = grouped(&self.runs, same).iter().filter_map(|runs| Summary::of(runs)).collect();
        let same = |ratio: &Ratio, other: &Ratio| ratio.name == other.name;
        self.ratio_summaries = grouped(&self.ratios, same).iter().filter_map(|of| RatioSummary::of(of)).collect();
    }
}

/// Those that are the same together, in the order of the first of each.
fn grouped<T>(all: &[T], same: impl Fn(&T, &T) -> bool) -> Vec<Vec<&T>> {
    let mut groups: Vec<Vec<&T>> = Vec::new();
    for one in all {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| same(first, one))) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}
