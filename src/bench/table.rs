//! A report for people: tables that are at most 120 columns wide.

use super::report::{Latency, Report, Spread};
use std::fmt::{Result, Write};

impl Report {
    /// For people: of one round every figure, of several their spread.
    pub fn table(&self) -> String {
        let mut text = String::new();
        let told = self.write_table(&mut text);
        told.map_or_else(|_| String::new(), |()| text)
    }

    fn write_table(&self, text: &mut String) -> Result {
        write!(text, "countersign {}, {} connections, {} tokens", self.version, self.connections, self.tokens)?;
        for (count, what) in [(self.entries, "entries"), (self.expired, "expired flows")] {
            if count > 0 {
                write!(text, ", {count} {what}")?;
            }
        }
        if self.rounds > 1 {
            write!(text, ", {} rounds", self.rounds)?;
        }
        writeln!(text)?;
        if let Some(millis) = self.start_millis {
            writeln!(text, "from the start of the process to its first answer: {millis:.0} ms")?;
        }
        if let Some(millis) = self.round_trip_millis {
            writeln!(text, "a round trip to the database server: {millis:.2} ms")?;
        }
        if self.rounds > 1 {
            self.summaries(text)?
        } else {
            self.runs(text)?
        }
        if let Some(resident) = self.runs.iter().filter_map(|run| run.resident_bytes).max() {
            writeln!(text, "\nmost memory in use at the end of a run: {:.0} MiB", resident as f64 / 1_048_576.0)?;
        }
        match self.ratios.is_empty() {
            true => Ok(()),
            false if self.rounds > 1 => self.ratio_summaries(text),
            false => self.ratios(text),
        }
    }

    fn runs(&self, text: &mut String) -> Result {
        writeln!(
            text,
            "\n{:<20} {:>8} {:>9} {:>8} {:>8} {:>8} {:>8} {:>7} {:>5} {:>6} {:>7} {:>6} {:>8}",
            "scenario",
            "due/s",
            "answers/s",
            "p50 ms",
            "p99 ms",
            "p99.9 ms",
            "max ms",
            "CPU us",
            "DB us",
            "rows",
            "fsyncs",
            "group",
            "KB disk"
        )?;
        for run in &self.runs {
            let Latency { p50, p99, p999, max, .. } = run.latency;
            writeln!(
                text,
                "{:<20} {:>8} {:>9.0} {:>8.2} {:>8.2} {:>8.2} {:>8.2} {:>7} {:>5} {:>6} {:>7} {:>6} {:>8}",
                run.name,
                some(run.rate, 0),
                run.throughput,
                p50,
                p99,
                p999,
                max,
                some(run.cpu_micros, 0),
                some(run.database_cpu_micros, 0),
                some(run.rows, 1),
                some(run.commits, 3),
                some(run.group, 1),
                some(run.written_bytes.map(|bytes| bytes / 1024.0), 1)
            )?;
        }
        Ok(())
    }

    fn summaries(&self, text: &mut String) -> Result {
        writeln!(text, "\n{:29}  {:-^28}  {:-^25}  {:-^30}", "", " answers/s ", " p99 ms ", " medians ")?;
        writeln!(
            text,
            "{:<20} {:>8} {:>9} {:>9} {:>9} {:>8} {:>8} {:>8} {:>8} {:>7} {:>6} {:>7}",
            "scenario", "due/s", "min", "median", "max", "min", "median", "max", "p50 ms", "CPU us", "rows", "fsyncs"
        )?;
        let median = |spread: Option<Spread>, digits| some(spread.map(|spread| spread.median), digits);
        for summary in &self.summaries {
            writeln!(
                text,
                "{:<20} {:>8} {} {} {:>8.2} {:>7} {:>6} {:>7}",
                summary.name,
                some(summary.rate, 0),
                three(summary.throughput, |value| format!("{value:>9.0}")),
                three(summary.p99, |value| format!("{value:>8.2}")),
                summary.p50.median,
                median(summary.cpu_micros, 0),
                median(summary.rows, 1),
                median(summary.commits, 3)
            )?;
        }
        Ok(())
    }

    fn ratios(&self, text: &mut String) -> Result {
        writeln!(
            text,
            "\n{:<20} {:>10} {:>14} {:>16} {:>14} {:>9} {:>12} {:>11}",
            "scenario",
            "of no-op",
            "rows alone/s",
            "of rows alone",
            "of the lower",
            "fsync ms",
            "p99 goal ms",
            "p99 / goal"
        )?;
        for ratio in &self.ratios {
            writeln!(
                text,
                "{:<20} {:>10} {:>14} {:>16} {:>14} {:>9.2} {:>12.2} {:>10.2}x",
                ratio.name,
                share(ratio.of_noop),
                some(ratio.rows_alone, 0),
                ratio.of_rows_alone.map_or_else(|| "-".to_owned(), share),
                share(ratio.of_lower),
                ratio.fsync_millis,
                ratio.p99_goal_millis,
                ratio.p99_of_goal
            )?;
        }
        Ok(())
    }

    fn ratio_summaries(&self, text: &mut String) -> Result {
        let [medians, noop, rows] = [" medians ", " of no-op ", " of rows alone "];
        let [lower, p99] = [" of the lower ", " p99 / goal "];
        writeln!(text, "\n{:13}  {medians:-^20}  {noop:-^19}  {rows:-^19}  {lower:-^19}  {p99:-^19}", "")?;
        let three_headings = format!("{:>6} {:>6} {:>6}", "min", "median", "max");
        let headings = [&*three_headings; 4].join(" ");
        writeln!(text, "{:<13} {:>12} {:>8} {headings}", "scenario", "rows alone/s", "fsync ms")?;
        let shares = |spread| three(spread, |value| format!("{:>6}", share(value)));
        for summary in &self.ratio_summaries {
            writeln!(
                text,
                "{:<13} {:>12} {:>8.2} {} {:>20} {} {}",
                summary.name,
                some(summary.rows_alone.map(|spread| spread.median), 0),
                summary.fsync_millis.median,
                shares(summary.of_noop),
                summary.of_rows_alone.map_or_else(|| "-".to_owned(), shares),
                shares(summary.of_lower),
                three(summary.p99_of_goal, |value| format!("{value:>5.2}x"))
            )?;
        }
        Ok(())
    }
}

fn some(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
}

fn share(value: f64) -> String {
    format!("{:.0} %", value * 100.0)
}

/// Minimum, median and maximum, side by side.
fn three(spread: Spread, told: impl Fn(f64) -> String) -> String {
    [spread.min, spread.median, spread.max].map(told).join(" ")
}
