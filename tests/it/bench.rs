//! `countersign bench`, as somebody meets it who wants to know how fast a server is. What the figures are is not tested: that
//! they are there, and that they fit together, is.

use crate::support::postgres::Cluster;
use countersign::bench::scenario::Scenario;
use countersign::bench::{self, Options, Watcher};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Mutex;
use std::time::Duration;

fn bench_in(dir: &Path, arguments: &[&str]) -> (bool, String, String) {
    bench_with(Command::new(env!("CARGO_BIN_EXE_countersign")), dir, arguments)
}

fn bench_with(mut command: Command, dir: &Path, arguments: &[&str]) -> (bool, String, String) {
    command.arg("bench").args(arguments).args([
        "--dir",
        dir.to_str().unwrap(),
        "--connections",
        "4",
        "--duration",
        "1",
    ]);
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.success(), text(stdout), text(stderr))
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn every_scenario_is_measured_and_nothing_is_left_behind() {
    let dir = tempfile::tempdir().unwrap();
    let out = tempfile::NamedTempFile::new().unwrap();
    let past = ["--entries", "600", "--expired", "700"];
    let few = ["--prepare", "48", "--tokens", "48", "--warm-up", "0", "--no-references"].iter().chain(&past);
    let few: Vec<_> = few.copied().collect();
    let (ok, table, problem) = bench_in(dir.path(), &[&few[..], &["--json", out.path().to_str().unwrap()]].concat());
    assert!(ok, "{problem}");
    assert!(table.contains("48 tokens, 600 entries, 700 expired flows\n"), "{table}");
    let report = json(out.path());
    let runs = report["runs"].as_array().unwrap();
    let names: Vec<_> = runs.iter().map(|run| run["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["request", "verify-right", "verify-wrong", "resend", "bne-validate", "mixed"]);
    for run in runs {
        let figure = |key: &str| run[key].as_f64().unwrap_or_else(|| panic!("{key} of {run}"));
        let latency = |key: &str| run["latency"][key].as_f64().unwrap();
        assert!(figure("throughput") > 0.0 && figure("answers") > 0.0, "{run}");
        assert!(latency("p50") <= latency("p99") && latency("p99") <= latency("max"), "{run}");
        // Whatever is decided is written: at least what was decided, and that it was.
        assert!(figure("rows") >= 1.0 && figure("group") >= 1.0 && figure("commits") > 0.0, "{run}");
        assert!(figure("resident_bytes") > 1e6, "{run}");
        assert!(table.contains(run["name"].as_str().unwrap()), "{table}");
    }
    let right = runs.iter().find(|run| run["name"] == "verify-right").unwrap();
    // All that were prepared, but for those whose answers came when another connection had ended already.
    assert!((40..=48).contains(&right["answers"].as_u64().unwrap()), "{right}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn ratios_compare_a_scenario_with_the_bare_pipeline_and_the_bare_file() {
    let dir = tempfile::tempdir().unwrap();
    let out = tempfile::NamedTempFile::new().unwrap();
    let what = ["--scenario", "request", "--tokens", "1", "--warm-up", "0", "--json", out.path().to_str().unwrap()];
    let (ok, table, problem) = bench_in(dir.path(), &what);
    assert!(ok, "{problem}");
    let report = json(out.path());
    let runs = report["runs"].as_array().unwrap();
    let figure = |value: &Value, key: &str| value[key].as_f64().unwrap_or_else(|| panic!("{key} of {value}"));
    let (run, noop, ratio) = (&runs[0], &runs[1], &report["ratios"][0]);
    assert_eq!((&run["name"], &noop["name"]), (&"request".into(), &"noop: request".into()));
    assert!(noop["rows"].is_null(), "{noop}");
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9 * b.abs();
    assert!(near(figure(ratio, "of_noop"), figure(run, "throughput") / figure(noop, "throughput")), "{ratio}");
    let alone = figure(ratio, "rows_alone");
    assert!(near(figure(ratio, "of_rows_alone"), figure(run, "throughput") / alone), "{ratio}");
    let lower = figure(noop, "throughput").min(alone);
    assert!(near(figure(ratio, "of_lower"), figure(run, "throughput") / lower), "{ratio}");
    // The goal for latency: three times the 99th percentile of the bare pipeline, and one fsync.
    let p99 = |run: &Value| figure(&run["latency"], "p99");
    let (fsync, goal) = (figure(ratio, "fsync_millis"), figure(ratio, "p99_goal_millis"));
    assert!(fsync > 0.0 && near(goal, 3.0 * p99(noop) + fsync), "{ratio}");
    assert!(near(figure(ratio, "p99_of_goal"), p99(run) / goal), "{ratio}");
    let headings = table.lines().find(|line| line.contains("of the lower")).unwrap_or_else(|| panic!("{table}"));
    assert!(headings.contains("fsync ms") && headings.contains("p99 goal ms") && headings.contains("p99 / goal"));
    let shown = table.lines().rfind(|line| line.starts_with("request")).unwrap();
    let shown: Vec<_> = shown.split_whitespace().rev().take(3).collect();
    let [fsync, goal, of_goal] = [fsync, goal, figure(ratio, "p99_of_goal")].map(|value| format!("{value:.2}"));
    assert_eq!(shown, [format!("{of_goal}x"), goal, fsync], "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 120), "{table}");
}

/// Hears what is done, and how much of it.
#[derive(Default)]
struct Heard(Mutex<Vec<(String, usize)>>);

impl Watcher for Heard {
    fn begins(&self, what: &str, _: usize) {
        self.0.lock().unwrap().push((what.to_owned(), 0));
    }

    fn advances(&self, parts: usize) {
        self.0.lock().unwrap().last_mut().unwrap().1 += parts;
    }
}

fn assert_is_spread_of(spread: &Value, mut values: Vec<f64>) {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let median = if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 };
    for (key, value) in [("min", values[0]), ("median", median), ("max", values[values.len() - 1])] {
        assert!((spread[key].as_f64().unwrap() - value).abs() <= 1e-9 * value, "{key} of {spread}: {values:?}");
    }
}

#[test]
fn servers_that_share_a_database_are_measured_together_and_leave_none_behind() {
    let Some(cluster) = Cluster::shared() else { return };
    let home = cluster.database();
    cluster.psql("postgres", "alter role countersign createdb");
    let url = home.url();
    let (user, server) = url.split_once('@').unwrap();
    let password = user.rsplit_once(':').unwrap().1;
    let address = format!("postgres://countersign@{server}");
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.env("COUNTERSIGN_STORE_PASSWORD", password);
    let arguments = ["--store", &address, "--replicas", "2", "--prepare", "48", "--tokens", "48", "--warm-up", "0"];
    let out = tempfile::NamedTempFile::new().unwrap();
    let json_file = ["--scenario", "request,verify-right,bne-validate", "--json", out.path().to_str().unwrap()];
    let (ok, table, problem) = bench_with(command, dir.path(), &[&arguments[..], &json_file].concat());
    assert!(ok, "{table}{problem}");
    let report = json(out.path());
    for run in
        report["runs"].as_array().unwrap().iter().filter(|run| !run["name"].as_str().unwrap().starts_with("noop"))
    {
        let figure = |key: &str| run[key].as_f64().unwrap_or_else(|| panic!("{key} of {run}"));
        assert!(figure("throughput") > 0.0 && figure("rows") >= 1.0 && figure("commits") > 0.0, "{run}");
    }
    assert!(report["ratios"][0]["rows_alone"].as_f64().unwrap() > 0.0, "{report}");
    let left = cluster.psql("postgres", "select count(*) from pg_database where datname like 'countersign_bench_%'");
    assert_eq!((left.as_str(), std::fs::read_dir(dir.path()).unwrap().count()), ("0", 0));
}

#[test]
fn a_password_among_the_arguments_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    let (ok, _, problem) = bench_with(command, dir.path(), &["--store", "postgres://bench:secret@127.0.0.1/bench"]);
    assert!(!ok && problem.contains("COUNTERSIGN_STORE_PASSWORD") && !problem.contains("secret"), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_rounds_the_lowest_the_middle_and_the_highest_figure_and_ratio_are_shown() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        scenarios: vec![Scenario::Request, Scenario::VerifyWrong],
        rounds: 3,
        connections: 4,
        rates: vec![],
        duration: Duration::from_millis(300),
        warm_up: Duration::ZERO,
        prepare: 300,
        tokens: 1,
        entries: 5,
        expired: 3,
        url: None,
        store: None,
        store_delay: Duration::ZERO,
        replicas: 1,
        references: true,
        scratch: dir.path().join("run"),
        program: env!("CARGO_BIN_EXE_countersign").into(),
    };
    let heard = Heard::default();
    let report = bench::run(&options, &heard).await.unwrap();
    assert!(!options.scratch.exists());

    // Each run is followed by what it is compared with.
    let heard = heard.0.into_inner().unwrap();
    let done = |what: &str| heard.iter().find(|(known, _)| known == what).unwrap().1;
    assert_eq!((done("entries, round 1 of 3"), done("expired flows, round 1 of 3")), (5, 3));
    let heard: Vec<_> = heard.into_iter().map(|(what, _)| what).collect();
    let round = |n| {
        let what =
            ["tokens", "entries", "expired flows", "request", "noop: request", "fsync", "rows alone"].into_iter();
        let what = what.chain(["prepare verify-wrong", "verify-wrong", "noop: verify-wrong", "fsync", "rows alone"]);
        what.map(move |what| format!("{what}, round {n} of 3"))
    };
    assert_eq!(heard, (1..=3).flat_map(round).collect::<Vec<_>>());

    let table = report.table();
    let report = serde_json::to_value(&report).unwrap();
    let all = |list: &str, name: &Value, figure: &str| -> Vec<f64> {
        let those = report[list].as_array().unwrap().iter().filter(|one| one["name"] == *name);
        let (rounds, values): (Vec<_>, Vec<_>) =
            those.map(|one| (one["round"].as_u64().unwrap(), one.pointer(figure).unwrap().as_f64().unwrap())).unzip();
        assert_eq!(rounds, [1, 2, 3], "{list}, {name}");
        values
    };
    let summaries = report["summaries"].as_array().unwrap();
    let names: Vec<_> = summaries.iter().map(|summary| summary["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["request", "verify-wrong", "noop: request", "noop: verify-wrong"]);
    for summary in summaries {
        assert_is_spread_of(&summary["throughput"], all("runs", &summary["name"], "/throughput"));
        assert_is_spread_of(&summary["p99"], all("runs", &summary["name"], "/latency/p99"));
    }
    let ratios = report["ratio_summaries"].as_array().unwrap();
    assert_eq!(ratios.len(), 2);
    for summary in ratios {
        for ratio in ["of_noop", "of_rows_alone", "of_lower", "fsync_millis", "p99_goal_millis", "p99_of_goal"] {
            assert_is_spread_of(&summary[ratio], all("ratios", &summary["name"], &format!("/{ratio}")));
        }
        // Of the same round.
        let (run, noop) = (&summary["name"], Value::from(format!("noop: {}", summary["name"].as_str().unwrap())));
        let (runs, noops) = (all("runs", run, "/throughput"), all("runs", &noop, "/throughput"));
        for (ratio, (run, noop)) in all("ratios", run, "/of_noop").into_iter().zip(runs.into_iter().zip(noops)) {
            assert!((ratio - run / noop).abs() < 1e-9, "{ratio}: {run} / {noop}");
        }
    }

    assert!(table.contains("3 rounds") && table.lines().all(|line| line.chars().count() <= 120), "{table}");
    for summary in summaries {
        let name = summary["name"].as_str().unwrap();
        let line = table.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{table}"));
        let words: Vec<_> = line.split_whitespace().collect();
        let shown = |spread: &Value, digits: usize| {
            ["min", "median", "max"].map(|key| format!("{:.digits$}", spread[key].as_f64().unwrap()))
        };
        assert_eq!(words[1..4], shown(&summary["throughput"], 0), "{table}");
        assert_eq!(words[4..7], shown(&summary["p99"], 2), "{table}");
    }
    for summary in ratios {
        let name = summary["name"].as_str().unwrap();
        let line = table.lines().rev().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{table}"));
        let (line, each) = (line.replace(" %", "%"), ["min", "median", "max"]);
        let words: Vec<_> = line.split_whitespace().collect();
        for (n, ratio) in ["of_noop", "of_rows_alone", "of_lower"].into_iter().enumerate() {
            let shares = each.map(|key| format!("{:.0}%", summary[ratio][key].as_f64().unwrap() * 100.0));
            assert_eq!(words[2 + 3 * n..][..3], shares, "{table}");
        }
        let multiples = each.map(|key| format!("{:.2}x", summary["p99_of_goal"][key].as_f64().unwrap()));
        assert_eq!(words[11..], multiples, "{table}");
    }
}

#[test]
fn at_given_rates_latency_is_drawn_against_them() {
    let dir = tempfile::tempdir().unwrap();
    let (out, plot) = (tempfile::NamedTempFile::new().unwrap(), tempfile::NamedTempFile::new().unwrap());
    let files = ["--json", out.path().to_str().unwrap(), "--plot", plot.path().to_str().unwrap()];
    let what = ["--scenario", "request", "--tokens", "1", "--warm-up", "0", "--rate", "20,40"];
    let (ok, _, problem) = bench_in(dir.path(), &[&what[..], &files].concat());
    assert!(ok, "{problem}");
    let report = json(out.path());
    for (run, rate) in report["runs"].as_array().unwrap().iter().zip([20, 40]) {
        assert_eq!(run["rate"].as_f64(), Some(f64::from(rate)), "{run}");
        // Each that was due is there, unless the machine was so busy that its answer came after the end.
        assert!((rate / 2..=rate).contains(&u32::try_from(run["answers"].as_u64().unwrap()).unwrap()), "{run}");
    }
    let svg = std::fs::read_to_string(plot.path()).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("request, p99") && svg.contains("polyline"), "{svg}");
}

#[test]
fn what_cannot_be_measured_is_told_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let refused = [
        (&["--plot", "x.svg"][..], "two rates or more"),
        (&["--scenario", "everything"], "the scenarios are request"),
        (&["--rate", "0"], "must be a number from"),
        (&["--runs", "0"], "0 is not in 1..=99"),
        (&["--runs", "100"], "100 is not in 1..=99"),
        (
            &["--scenario", "bne-validate", "--tokens", "1", "--prepare", "2"],
            "2 are needed and there are 1; give more --tokens",
        ),
        (&["--scenario", "request", "--url", "127.0.0.1:1"], "cannot reach 127.0.0.1:1"),
        (&["--scenario", "request", "--url", "http://127.0.0.1:1"], "cannot reach 127.0.0.1:1"),
        (&["--scenario", "request", "--url", "HTTP://[::1]:1/"], "cannot reach [::1]:1"),
        (&["--url", "http://127.0.0.1:1/dbx"], "write the server's IP address and port, such as 127.0.0.1:8080"),
        (&["--url", "https://127.0.0.1:1"], "no name, no path, no https"),
        (&["--url", "http://localhost:1"], "no name, no path, no https"),
        (&["--scenario", "request", "--dir", "/proc/nowhere", "--url", "127.0.0.1:1"], "cannot write /proc/nowhere"),
    ];
    for (arguments, words) in refused {
        let dir = dir.path();
        let mut all = arguments.to_vec();
        all.push("--no-references");
        let own = !arguments.contains(&"--dir");
        let (ok, _, problem) = if own {
            bench_in(dir, &all)
        } else {
            let Output { status, stderr, .. } =
                Command::new(env!("CARGO_BIN_EXE_countersign")).arg("bench").args(&all).output().unwrap();
            (status.success(), String::new(), String::from_utf8(stderr).unwrap())
        };
        assert!(!ok && problem.contains(words), "{arguments:?}: {problem}");
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}
