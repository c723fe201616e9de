//! `countersign audit`: the audit trail, through the operator API, and from the data file itself.

use super::offline::{Who, counted, progress_bar};
use super::remote::{Api, HELP, Remote, Table, Unusable, parse, parse_if, told};
use super::watch::with;
use super::{Failed, load, output};
use crate::api::operator::types::*;
use crate::server::offline::trail::{self, Pruned, Pruning, Signed, Trail, TrailError};
use crate::server::{SystemClock, SystemRandom};
use chrono::{DateTime, NaiveTime, Utc};
use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use indicatif::ProgressBar;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The pause between two looks of `audit tail`.
const TAIL_PAUSE: Duration = Duration::from_secs(1);

#[derive(Args)]
#[command(after_help = HELP)]
pub(super) struct Audits {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Subcommand)]
enum AuditCommand {
    /// List the audit trail, the newest entries first.
    List {
        #[command(flatten)]
        filter: Filter,
        /// At most so many.
        #[arg(long, value_name = "COUNT", default_value_t = 50)]
        limit: u64,
        #[command(flatten)]
        remote: Remote,
    },
    /// Show the last entries, then new ones as they come, until Ctrl-C.
    Tail {
        #[command(flatten)]
        filter: Filter,
        #[command(flatten)]
        remote: Remote,
    },
    /// Print entries for another program, the oldest first, as many as there are.
    Export {
        /// How.
        #[arg(long, value_enum, default_value = "jsonl")]
        format: Format,
        #[command(flatten)]
        filter: Filter,
        #[command(flatten)]
        remote: Remote,
    },
    /// Check that the trail is what the server wrote. Only reads; the server may run.
    #[command(after_help = VERIFY_HELP)]
    Verify(Verify),
    /// Take away old entries; the server must not run. The rest still verifies, from an anchor on. If [audit] has a
    /// checkpoint_key_file, the anchor is signed with it.
    Prune(Prune),
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// One JSON object a line, as the operator API has it.
    Jsonl,
    /// ArcSight's Common Event Format, version 0.
    Cef,
}

/// Which entries. All that is given must hold.
#[derive(Args)]
struct Filter {
    /// Those of this customer.
    #[arg(long, value_name = "ID")]
    customer: Option<String>,
    /// Those of this operator, application or app.
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
    /// Those of this action, such as token_unlock.
    #[arg(long, value_name = "NAME")]
    action: Option<String>,
    /// From this moment on: RFC 3339.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Before this moment: RFC 3339.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

const VERIFY_HELP: &str = "\
With --config, the server's keys say where the trail must end. With a data
file alone, cut-off ends and trails that were computed anew are found only by
checkpoints. The first broken entry is named; the exit code is 1 then.

Example:
  countersign audit verify --config countersign.toml \\
    --checkpoints checkpoints.jsonl --public-key checkpoint.pub";

#[derive(Args)]
#[command(group(ArgGroup::new("where").required(true).args(["config", "file"])))]
struct Verify {
    /// The server's configuration.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A data file instead, such as a backup; without the server's keys.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Checkpoints that were shipped, to be compared with the trail.
    #[arg(long, value_name = "FILE", requires = "public_keys")]
    checkpoints: Option<PathBuf>,
    /// The public key of [audit] checkpoint_key_file, in PEM. If entries were pruned, the anchor must be signed, too. Give
    /// several where the key was replaced.
    #[arg(long = "public-key", value_name = "FILE")]
    public_keys: Vec<PathBuf>,
}

#[derive(Args)]
struct Prune {
    /// The server's configuration.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Entries of this day (UTC) and later stay, such as 2026-01-31; or a moment: RFC 3339.
    #[arg(long, value_name = "DATE", value_parser = moment)]
    before: DateTime<Utc>,
    /// Go on from the anchor of an earlier pruning that is not signed with the key of this configuration, for instance
    /// because there was none yet.
    #[arg(long)]
    trust_anchor: bool,
    #[command(flatten)]
    who: Who,
}

fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let day = text.parse::<chrono::NaiveDate>().map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let moment = || DateTime::parse_from_rfc3339(text).map(|moment| moment.to_utc());
    day.or_else(|_| moment()).map_err(|_| "is neither a date nor a time: 2026-01-31, 2026-01-31T12:00:00Z".to_owned())
}

pub(super) fn audit(audits: &Audits) -> Result<(), Failed> {
    match &audits.command {
        AuditCommand::List { filter, limit, remote } => {
            let wanted = Wanted::of(filter)?;
            remote.run(async |api| {
                let page = async |size, next| {
                    let AuditPage { items, next_page_token } =
                        wanted.entries(api, Some(size), next, None, true).await?;
                    Ok((items, next_page_token))
                };
                api.list(ENTRY, Some(*limit), page, entry).await
            })
        }
        AuditCommand::Tail { filter, remote } => {
            let wanted = Wanted::of(filter)?;
            remote.run(async |api| tail(api, &wanted).await)
        }
        AuditCommand::Export { format, filter, remote } => {
            let wanted = Wanted::of(filter)?;
            remote.run(async |api| export(api, &wanted, *format).await)
        }
        AuditCommand::Verify(options) => verify(options),
        AuditCommand::Prune(options) => prune(options),
    }
}

fn verify(options: &Verify) -> Result<(), Failed> {
    let config = options.config.as_deref().map(load).transpose()?;
    let file = options.file.as_deref().map(Trail::File);
    let trail = config.as_ref().map(Trail::Configured).or(file);
    let trail = trail.ok_or_else(|| Failed::other(Unusable("give --config or --file".to_owned())))?;
    let checkpoints = options.checkpoints.as_deref();
    let public_keys = options.public_keys.as_slice();
    let signed = (!public_keys.is_empty()).then_some(Signed { public_keys, checkpoints });
    let bar = bar();
    let told = trail::verify(&trail, signed.as_ref(), Arc::new(SystemRandom), &mut |n| heard(&bar, n));
    bar.finish_and_clear();
    let found = told.map_err(failed)?;
    let upto = match found.last {
        0 => "The audit trail is empty".to_owned(),
        last => format!("The audit trail is whole: {}, the last is {last}", entries(found.entries)),
    };
    let checkpoints = match found.checkpoints {
        0 => String::new(),
        n => format!("; it fits {}", counted(n, "checkpoint")),
    };
    output::result(format_args!("{upto}{checkpoints}."));
    if !found.sealed {
        output::note("note: without the server's keys, a cut-off end or a trail computed anew is not found");
    }
    Ok(())
}

fn prune(options: &Prune) -> Result<(), Failed> {
    let config = load(&options.config)?;
    let (random, now, bar) = (Arc::new(SystemRandom), SystemClock.now(), bar());
    let pruning = Pruning { before: options.before, by: &options.who.by, trust_anchor: options.trust_anchor };
    let told = trail::prune(&config, random, now, &pruning, &mut |n| heard(&bar, n));
    bar.finish_and_clear();
    let pruned = told.map_err(failed)?;
    output::result(match pruned {
        None => "No entry is that old.".to_owned(),
        Some(Pruned { entries: n, through, signed }) => {
            let (are, anchor) = (if n == 1 { "is" } else { "are" }, if signed { "; the anchor is signed" } else { "" });
            format!("{} {are} gone, up to number {through}{anchor}.", entries(n))
        }
    });
    if pruned.is_some_and(|pruned| !pruned.signed) {
        output::note(
            "note: the anchor is not signed, for [audit] has no checkpoint_key_file; `audit verify --public-key` will say so",
        );
    }
    Ok(())
}

fn bar() -> ProgressBar {
    progress_bar(None, "{human_pos} entries, {per_sec}")
}

pub(super) fn entries(n: u64) -> String {
    if n == 1 { "1 entry".to_owned() } else { format!("{n} entries") }
}

fn heard(bar: &ProgressBar, entries: u64) {
    if entries.is_multiple_of(1024) {
        bar.set_position(entries);
    }
}

fn failed(error: TrailError) -> Failed {
    use crate::server::offline::OfflineError;
    match error {
        TrailError::Offline(OfflineError::Config(error)) => Failed::Config(error),
        error => Failed::other(error),
    }
}

async fn export(api: &Api, wanted: &Wanted, format: Format) -> Result<(), Failed> {
    let mut next = None;
    loop {
        let page = wanted.entries(api, Some(parse("limit", "200")?), next, None, false).await?;
        for item in &page.items {
            let line = match format {
                Format::Jsonl => serde_json::to_string(item).map_err(Failed::other)?,
                Format::Cef => cef(item),
            };
            if !output::heard(line) {
                return Ok(());
            }
        }
        next = page.next_page_token;
        if next.is_none() {
            return Ok(());
        }
    }
}

/// An entry in the Common Event Format, "Implementing ArcSight CEF", rev. 25: the header's fields escape `\` and `|`, the
/// extension's values `\`, `=` and line breaks.
fn cef(item: &AuditEntry) -> String {
    let head = |text: &str| text.replace('\\', "\\\\").replace('|', "\\|").replace(['\r', '\n'], " ");
    let value = |text: &str| text.replace('\\', "\\\\").replace('=', "\\=").replace('\r', "\\r").replace('\n', "\\n");
    let severity = if item.outcome.as_str() == "done" { 3 } else { 5 };
    let mut line = format!(
        "CEF:0|Countersign|Countersign|{}|{}|{}|{severity}|",
        env!("CARGO_PKG_VERSION"),
        head(item.action.as_str()),
        head(&item.action.as_str().replace('_', " ")),
    );
    let listed = |facts: &Facts| {
        let facts = facts.as_slice().iter().map(|fact| format!("{} {}", fact.name, fact.value));
        facts.collect::<Vec<_>>().join(", ")
    };
    let text = |text: &dyn std::fmt::Display| Some(text.to_string());
    let fields = [
        ("rt", Some(item.at.0.timestamp_millis().to_string())),
        ("externalId", text(&item.sequence)),
        ("cat", text(&item.source)),
        ("act", text(&item.action)),
        ("outcome", text(&item.outcome)),
        ("cnt", text(&item.count)),
        ("suser", item.actor.as_ref().map(ToString::to_string)),
        ("duid", item.customer_id.as_ref().map(ToString::to_string)),
        ("cs1", text(&item.subject)),
        ("cs2", item.customer_pseudonym.as_ref().map(ToString::to_string)),
        ("cs3", text(&item.hash)),
        ("cs4", item.before.as_ref().map(listed)),
        ("cs5", item.after.as_ref().map(listed)),
        ("cs6", item.request_id.as_ref().map(ToString::to_string)),
    ];
    let labels = ["subject", "customerPseudonym", "hash", "before", "after", "requestId"];
    let mut pairs = Vec::new();
    for (key, told) in fields.into_iter().filter_map(|(key, told)| Some((key, told?))) {
        if let Some(label) = key.strip_prefix("cs").and_then(|n| labels.get(n.parse::<usize>().ok()?.checked_sub(1)?)) {
            pairs.push(format!("{key}Label={label}"));
        }
        pairs.push(format!("{key}={}", value(&told)));
    }
    line.push_str(&pairs.join(" "));
    line
}

/// A filter that has been read.
struct Wanted {
    customer: Option<CustomerId>,
    actor: Option<AuditActor>,
    action: Option<AuditAction>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Wanted {
    fn of(filter: &Filter) -> Result<Self, Failed> {
        Ok(Self {
            customer: parse_if("customer", filter.customer.as_deref())?,
            actor: parse_if("actor", filter.actor.as_deref())?,
            action: parse_if("action", filter.action.as_deref())?,
            since: parse_if("since", filter.since.as_deref())?,
            until: parse_if("until", filter.until.as_deref())?,
        })
    }

    async fn entries(
        &self,
        api: &Api,
        limit: Option<PageLimit>,
        next: Option<PageToken>,
        after: Option<Sequence>,
        newest_first: bool,
    ) -> Result<AuditPage, Failed> {
        let call = api.client.audit_list().authorization(api.token()).newest_first(NewestFirst(newest_first));
        let call = with!(call, customer_id = self.customer.clone(), actor = self.actor.clone());
        let call = with!(call, action = self.action.clone(), since = self.since, until = self.until);
        told(with!(call, limit = limit, page_token = next, after = after).send().await)
    }
}

async fn tail(api: &Api, wanted: &Wanted) -> Result<(), Failed> {
    let mut last = wanted.entries(api, Some(parse("limit", "10")?), None, None, true).await?.items;
    last.reverse();
    let (mut after, mut table) = (None, Table::new(ENTRY));
    // It has no end but Ctrl-C, or that nobody reads it any more.
    while api.rows(&mut table, &last, entry)? {
        after = last.last().map(|item| item.sequence).or(after);
        // With nothing seen yet, from the beginning: the trail was empty.
        tokio::time::sleep(TAIL_PAUSE).await;
        let from = after.map_or_else(|| parse("sequence", "0"), Ok)?;
        last = wanted.entries(api, None, None, Some(from), false).await?.items;
    }
    Ok(())
}

const ENTRY: [&str; 7] = ["SEQUENCE", "AT", "WHO", "ACTION", "SUBJECT", "OUTCOME", "CHANGE"];

fn entry(item: &AuditEntry) -> [String; 7] {
    let who = item.actor.as_ref().map_or_else(|| item.source.to_string(), |actor| format!("{}:{actor}", item.source));
    let outcome = match item.count.get() {
        1 => item.outcome.to_string(),
        count => format!("{} ({count} times)", item.outcome),
    };
    [
        item.sequence.to_string(),
        item.at.to_string(),
        who,
        item.action.to_string(),
        item.subject.to_string(),
        outcome,
        change(item.before.as_ref(), item.after.as_ref()),
    ]
}

/// Told even where they are as they were: they say what an entry is about.
const TELLING: [&str; 2] = ["added", "serial"];

/// What is no longer as it was: `state assigned -> active`.
fn change(before: Option<&Facts>, after: Option<&Facts>) -> String {
    let value = |facts: Option<&Facts>, name: &FactName| {
        let fact = facts.and_then(|facts| facts.as_slice().iter().find(|fact| fact.name == *name));
        fact.map(|fact| fact.value.to_string())
    };
    let Some(after) = after else { return String::new() };
    let changed = after.as_slice().iter().filter_map(|fact| match value(before, &fact.name) {
        Some(was) if was == fact.value.as_str() && !TELLING.contains(&fact.name.as_str()) => None,
        Some(was) if was == fact.value.as_str() => Some(format!("{} {was}", fact.name)),
        Some(was) => Some(format!("{} {was} -> {}", fact.name, fact.value)),
        None => Some(format!("{} {}", fact.name, fact.value)),
    });
    changed.collect::<Vec<_>>().join(", ")
}
