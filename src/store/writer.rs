//! The one thread that writes.
//!
//! 1. A caller puts a piece of work into a bounded queue and waits.
//! 2. The thread takes all that waits (up to [`BATCH_MAX`]) into one transaction, each piece in a savepoint of its own: a
//!    piece that fails is rolled back alone. On a server they are first done without savepoints, with their questions asked
//!    ahead and their writes sent as a whole ([`at_once`]); if anything of that fails before the commit, one by one.
//! 3. Windows of limits are written and the head of the audit trail is sealed, once for all pieces
//!    ([`Writing::finish`]); then one commit, one fsync. Only then does any caller get an answer, a refusal too: what was
//!    decided may rest on what another piece of the same transaction wrote.
//! 4. If the commit fails, nothing of the batch has happened, and all its callers are told so.
//!
//! With SQLite, the log that commits are written to is moved into the main file by a second thread ([`super::sqlite`]), all but
//! the last few pages of a long log: those the writer moves between two commits, after it has answered.
//!
//! A panic in a piece of work is an error of that piece. The thread ends when the store is dropped.

use super::audit::Trail;
use super::limit::WindowCache;
use super::sql::{self, Connection};
use super::sqlite::{self, Checkpointer};
use super::writing::Writing;
use super::{Observer, StepName, micros, unavailable};
use crate::domain::ports::StoreError;
use crate::domain::work::Work;
use slog::{Logger, debug, trace};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Instant;
use tokio::sync::oneshot;

/// How many pieces share a transaction at most: enough to make the fsync cheap, few enough to keep answers quick.
const BATCH_MAX: usize = 256;

/// How often the pieces of a transaction are tried out: no step has more questions that follow from one another.
const LOOKS_MAX: usize = 8;

/// Something queued: done inside a transaction, answered after it.
trait Piece: Send {
    /// Does the work; on an error its writes must go. It may be done again if all of the transaction is undone.
    fn work(&mut self, writing: &Writing<'_>) -> Result<(), String>;

    /// Tries the work: what it asks is noted, what it writes is dropped, and nobody is told.
    fn try_out(&self, writing: &Writing<'_>);

    /// Whether anybody waits for it. Whoever was cut off before the turn came has been told of a failure: then nothing must happen.
    fn is_wanted(&self) -> bool;

    /// What it has written could not be: that is its outcome.
    fn fail(&mut self, error: StoreError);

    /// What it is called in the log, and since when it has waited for its turn.
    fn origin(&self) -> (StepName, Instant);

    /// Tells the caller, once it is known whether the transaction was committed.
    fn answer(self: Box<Self>, committed: Result<(), &str>);
}

struct Step<T, W> {
    work: W,
    outcome: Option<Result<T, StoreError>>,
    cost: Work,
    caller: oneshot::Sender<(Result<T, StoreError>, Work)>,
    name: StepName,
    queued: Instant,
}

impl<T: Send, W: Fn(&Writing<'_>) -> Result<T, StoreError> + Send> Piece for Step<T, W> {
    fn work(&mut self, writing: &Writing<'_>) -> Result<(), String> {
        if !self.is_wanted() {
            return Err("nobody waits for the step any more".to_owned());
        }
        let (outcome, cost) = Work::of(|| catch_unwind(AssertUnwindSafe(|| (self.work)(writing))));
        self.cost = cost;
        let outcome = outcome.unwrap_or_else(|_| Err(unavailable("a step panicked; it was undone")));
        let failed = outcome.as_ref().map(drop).map_err(ToString::to_string);
        self.outcome = Some(outcome);
        failed
    }

    fn try_out(&self, writing: &Writing<'_>) {
        // Whatever comes of it will come again.
        drop(Work::of(|| catch_unwind(AssertUnwindSafe(|| (self.work)(writing)))));
    }

    fn is_wanted(&self) -> bool {
        !self.caller.is_closed()
    }

    fn fail(&mut self, error: StoreError) {
        self.outcome = Some(Err(error));
    }

    fn origin(&self) -> (StepName, Instant) {
        (self.name, self.queued)
    }

    fn answer(self: Box<Self>, committed: Result<(), &str>) {
        let answer = match (committed, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(unavailable("the step was not carried out")),
            (Err(reason), _) => Err(unavailable(reason)),
        };
        // A caller that has gone away wants no answer.
        drop(self.caller.send((answer, self.cost)));
    }
}

/// Who hears of commits.
pub(super) struct Hearers {
    /// Metrics.
    pub(super) observer: Option<Arc<dyn Observer>>,
    /// Ends before the writer does.
    pub(super) checkpointer: Option<Checkpointer>,
    /// At level trace, of every step.
    pub(super) log: Logger,
}

#[cfg(test)]
impl Hearers {
    /// Nobody.
    pub(super) fn none() -> Self {
        Self { observer: None, checkpointer: None, log: Logger::root(slog::Discard, slog::o!()) }
    }
}

/// What the thread is asked for.
enum Job {
    /// Something to be done in a transaction.
    Piece(Box<dyn Piece>),
    /// To cut the log, between two transactions.
    Cut(oneshot::Sender<Result<bool, StoreError>>),
}

/// The handle on the thread; dropping it waits for the thread to do what is queued and to end.
pub(super) struct Writer {
    queue: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread with its connection.
    pub(super) fn start(
        connection: Connection,
        trail: Trail,
        queue_max: usize,
        hearers: Hearers,
    ) -> std::io::Result<Self> {
        let (queue, jobs) = sync_channel(queue_max.max(1));
        let run = move || write_until_closed(connection, &trail, &jobs, hearers);
        let thread = std::thread::Builder::new().name("store-writer".to_owned()).spawn(run)?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Does `work` in an atomic step of its own; the answer comes when it is durable. When the caller goes away before the
    /// turn comes, the work is not done; once begun, it is done to its end.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Fn(&Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (caller, answer) = oneshot::channel();
        let (name, queued) = (StepName::of(&work), Instant::now());
        let piece = Box::new(Step { work, outcome: None, cost: Work::default(), caller, name, queued });
        self.queue(Job::Piece(piece))?;
        let (answer, cost) = answer.await.map_err(|_| unavailable("the writer has ended"))?;
        cost.add();
        answer
    }

    /// Cuts the log to nothing. `false` if it is not moved as a whole, because somebody is moving it or reads an older state.
    pub(super) async fn cut(&self) -> Result<bool, StoreError> {
        let (caller, answer) = oneshot::channel();
        self.queue(Job::Cut(caller))?;
        answer.await.map_err(|_| unavailable("the writer has ended"))?
    }

    fn queue(&self, job: Job) -> Result<(), StoreError> {
        let queue = self.queue.as_ref().ok_or_else(|| unavailable("shutting down"))?;
        queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => unavailable("too many steps are waiting"),
            TrySendError::Disconnected(_) => unavailable("the writer has ended"),
        })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            // An `Err` is a panic of the thread: it has been reported by the panic hook, and callers by their channels.
            drop(thread.join());
        }
    }
}

fn write_until_closed(connection: Connection, trail: &Trail, jobs: &Receiver<Job>, hearers: Hearers) {
    let windows = WindowCache::default();
    while let Ok(first) = jobs.recv() {
        let more = std::iter::from_fn(|| jobs.try_recv().ok());
        let (mut pieces, mut cuts) = (Vec::new(), Vec::new());
        for job in std::iter::once(first).chain(more).take(BATCH_MAX) {
            match job {
                Job::Piece(piece) => pieces.push(piece),
                Job::Cut(caller) => cuts.push(caller),
            }
        }
        if !pieces.is_empty() {
            write_together(&connection, trail, &windows, pieces, &hearers);
        }
        for caller in cuts {
            let log = hearers.checkpointer.as_ref().zip(connection.file());
            let cut = log.map_or(Ok(false), |(checkpointer, file)| checkpointer.cut(file));
            // A caller that has gone away wants no answer.
            drop(caller.send(cut));
        }
    }
    drop(hearers);
    // Best effort, as the next: what is not told of now is told of at the next start.
    let _ = transact(&connection, trail, &windows, |writing| trail.finish(writing).map_err(|error| error.to_string()));
    if let Some(file) = connection.file() {
        // What is not moved into the main file now is read from the log at the next start.
        drop(file.execute_batch("pragma wal_checkpoint(truncate)"));
    }
}

fn write_together(
    connection: &Connection,
    trail: &Trail,
    windows: &WindowCache,
    mut pieces: Vec<Box<dyn Piece>>,
    hearers: &Hearers,
) {
    let (begun, rows) = (Instant::now(), connection.total_changes());
    let log = &hearers.log;
    let at_once = connection.is_remote().then(|| at_once(connection, trail, windows, &mut pieces, log)).flatten();
    let committed =
        at_once.unwrap_or_else(|| transact(connection, trail, windows, |writing| work(writing, &mut pieces, log)));
    let (rows, elapsed) = (connection.total_changes() - rows, begun.elapsed());
    if committed.is_ok() {
        hearers.observer.iter().for_each(|observer| observer.committed(pieces.len(), rows, elapsed));
        hearers.checkpointer.iter().for_each(Checkpointer::wake);
    }
    trace!(hearers.log, "steps of the store committed"; "steps" => pieces.len(), "rows" => rows, "done" => committed.is_ok(),
        "duration_us" => micros(elapsed));
    for piece in pieces {
        piece.answer(committed.as_ref().copied().map_err(String::as_str));
    }
    if let Some((checkpointer, file)) = hearers.checkpointer.as_ref().zip(connection.file()) {
        checkpointer.move_rest(file);
    }
}

/// Does all pieces in a transaction without asking a server for each of them: what they ask is asked ahead, and what they write is
/// sent as a whole. `None` if that failed before the commit, with nothing done: whose fault it was is found by doing them one by
/// one.
fn at_once(
    connection: &Connection,
    trail: &Trail,
    windows: &WindowCache,
    pieces: &mut [Box<dyn Piece>],
    log: &Logger,
) -> Option<Result<(), String>> {
    if let Err(error) = told(connection.begin()) {
        return Some(Err(error));
    }
    let writing = Writing::begin(connection, trail, windows);
    let done = look_ahead(&writing, pieces)
        .and_then(|()| pieces.iter_mut().try_for_each(|piece| one_of_many(&writing, &mut **piece, log)))
        .and_then(|()| writing.finish())
        .and_then(|()| Ok(connection.send()?));
    if done.is_ok() {
        let committed = told(connection.commit());
        if committed.is_err() {
            drop(connection.rollback());
        }
        return Some(committed);
    }
    let is_lost = !connection.in_transaction();
    // Should this fail, the next `begin` fails as well, and the rollback is tried again.
    drop(connection.rollback());
    let failed = done.map_err(|error| error.to_string());
    if !is_lost {
        debug!(log, "steps of the store are done one by one"; "steps" => pieces.len(), "reason" => failed.as_ref().err());
    }
    is_lost.then_some(failed)
}

/// Asks what the pieces will ask; a single one asks by itself.
fn look_ahead(writing: &Writing<'_>, pieces: &[Box<dyn Piece>]) -> Result<(), StoreError> {
    if pieces.len() == 1 {
        return Ok(());
    }
    writing.prepare()?;
    let mut asking: Vec<_> = pieces.iter().map(|piece| &**piece).filter(|piece| piece.is_wanted()).collect();
    for _ in 0..LOOKS_MAX {
        let try_out = |piece: &&dyn Piece| {
            let before = writing.mark();
            piece.try_out(writing);
            writing.back(before);
        };
        if !writing.look_ahead(&mut asking, try_out)? {
            break;
        }
    }
    Ok(())
}

/// Does a piece without a savepoint: an error means that all of them have to be done one by one.
fn one_of_many(writing: &Writing<'_>, piece: &mut dyn Piece, log: &Logger) -> Result<(), StoreError> {
    if !piece.is_wanted() {
        return Ok(());
    }
    let begun = Instant::now();
    let done = piece.work(writing);
    tell(log, piece, begun, &done);
    done.map_err(
        |reason| if writing.in_transaction() { StoreError::Engine(reason.into()) } else { unavailable(reason) },
    )
}

fn tell(log: &Logger, piece: &dyn Piece, begun: Instant, done: &Result<(), String>) {
    let (name, queued) = piece.origin();
    trace!(log, "step of the store"; "step" => name, "waited_us" => micros(begun - queued), "done" => done.is_ok(),
        "duration_us" => micros(begun.elapsed()));
}

/// Does `work` in a transaction; if anything fails, nothing of it has happened.
fn transact(
    connection: &Connection,
    trail: &Trail,
    windows: &WindowCache,
    work: impl FnOnce(&Writing<'_>) -> Result<(), String>,
) -> Result<(), String> {
    let attempt = || {
        told(connection.begin())?;
        let writing = Writing::begin(connection, trail, windows);
        work(&writing)?;
        writing.finish().map_err(|error| error.to_string())?;
        told(connection.commit())
    };
    let committed = attempt();
    if committed.is_err() {
        // Should this fail, the next `begin` fails as well, and the rollback is tried again.
        drop(connection.rollback());
    }
    committed
}

fn work(writing: &Writing<'_>, pieces: &mut [Box<dyn Piece>], log: &Logger) -> Result<(), String> {
    told(writing.execute_batch("savepoint step"))?;
    for piece in pieces {
        let before = writing.mark();
        let begun = Instant::now();
        let mut done = piece.work(writing);
        // What it has written is there before its savepoint goes.
        let next = || writing.send().and_then(|()| writing.execute_batch("release step; savepoint step"));
        if let Err(error) = done.as_ref().map_or(Ok(()), |()| next()) {
            let error = StoreError::from(error);
            done = Err(error.to_string());
            piece.fail(error);
        }
        tell(log, &**piece, begun, &done);
        if !writing.in_transaction() {
            // A full disk, a lost connection and the like: the engine has given up the whole transaction.
            return Err(done.err().unwrap_or_else(|| "the engine gave up the transaction".to_owned()));
        }
        if done.is_err() {
            told(writing.rollback_to("step"))?;
            writing.back(before);
        }
    }
    Ok(())
}

fn told(done: sql::Result<()>) -> Result<(), String> {
    done.map_err(|error| match error {
        sql::Error::Sqlite(error) => sqlite::reason(&error),
        error => error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::keys::{KeyId, KeyRing, ServerKey};
    use crate::domain::ports::Random;
    use crate::domain::pseudonym::IndexKey;
    use crate::store::seal::Sealer;
    use futures::future::join_all;
    use std::sync::mpsc::channel;

    struct Same;

    impl Random for Same {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    /// Of a file that has none: it is never asked.
    fn trail() -> Trail {
        let key = ServerKey::from_bytes(KeyId::parse("k1").unwrap(), &std::array::from_fn(|n| n as u8)).unwrap();
        let sealer = Sealer::new(&KeyRing::new(vec![key]).unwrap(), Arc::new(Same));
        Trail::new(Arc::new(sealer), Arc::new(IndexKey::from_bytes(&[7; 32])), Arc::new(Same))
    }

    struct Bench {
        writer: Writer,
        dir: tempfile::TempDir,
    }

    impl Bench {
        fn new(queue_max: usize, setup: &str) -> Self {
            let dir = tempfile::tempdir().unwrap();
            let connection = Connection::open(dir.path().join("db")).unwrap();
            let schema = "pragma journal_mode=wal; pragma foreign_keys=on;
                create table t (x integer primary key, y blob) strict;
                create table child (x integer references t (x) deferrable initially deferred) strict;";
            connection.execute_batch(schema).unwrap();
            connection.execute_batch(setup).unwrap();
            Self { writer: Writer::start(connection, trail(), queue_max, Hearers::none()).unwrap(), dir }
        }

        async fn insert(&self, x: i64) -> Result<(), StoreError> {
            self.writer.run(move |c| Ok(c.execute("insert into t (x) values (?)", [x]).map(drop)?)).await
        }

        /// Holds the writer until the sender is dropped, so that what comes meanwhile shares a transaction.
        fn hold(&self) -> (std::sync::mpsc::Sender<()>, impl Future<Output = Result<(), StoreError>>) {
            let (release, held) = channel::<()>();
            let (started, start) = channel();
            let hold = self.writer.run(move |_| {
                started.send(()).unwrap();
                // Ends by an error: the sender is dropped, it never sends.
                assert!(held.recv().is_err());
                Ok(())
            });
            let mut hold = Box::pin(hold);
            let waker = std::task::Waker::noop();
            assert!(hold.as_mut().poll(&mut std::task::Context::from_waker(waker)).is_pending());
            start.recv().unwrap();
            (release, hold)
        }

        fn rows(&self) -> Vec<i64> {
            let connection = Connection::open(self.dir.path().join("db")).unwrap();
            let mut rows = connection.prepare_cached("select x from t order by x").unwrap();
            rows.query_map((), |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        }
    }

    #[tokio::test]
    async fn a_piece_that_fails_harms_no_other_of_its_transaction() {
        let bench = Bench::new(16, "");
        let (release, hold) = bench.hold();
        let bad = bench.writer.run(|c| {
            c.execute("insert into t (x) values (100)", ())?;
            Err::<(), _>(unavailable("on purpose"))
        });
        let panics = bench.writer.run(|c| {
            c.execute("insert into t (x) values (101)", ())?;
            panic!("on purpose: this message belongs to a test");
            #[expect(unreachable_code, reason = "gives the closure its type")]
            Ok(())
        });
        let all = async { tokio::join!(bench.insert(1), bad, bench.insert(2), panics, bench.insert(3)) };
        let (_, _, (one, bad, two, panicked, three)) = tokio::join!(hold, async { drop(release) }, all);
        assert!(one.is_ok() && two.is_ok() && three.is_ok());
        assert!(matches!(bad, Err(StoreError::Unavailable(_))));
        assert!(matches!(panicked, Err(StoreError::Unavailable(_))));
        bench.insert(4).await.unwrap();
        assert_eq!(bench.rows(), [1, 2, 3, 4]);
    }

    #[tokio::test]
    async fn when_the_commit_fails_nothing_happened_and_everyone_is_told() {
        let bench = Bench::new(16, "");
        let (release, hold) = bench.hold();
        // A deferred foreign key makes the statement succeed and the commit fail.
        let orphan = bench.writer.run(|c| Ok(c.execute("insert into child values (77)", ()).map(drop)?));
        let (_, (one, orphan)) = tokio::join!(hold, async {
            let waiting = async { tokio::join!(bench.insert(1), orphan) };
            tokio::join!(waiting, async { drop(release) }).0
        });
        assert!(matches!(one, Err(StoreError::Unavailable(_))), "{one:?}");
        assert!(matches!(orphan, Err(StoreError::Unavailable(_))), "{orphan:?}");
        assert_eq!(bench.rows(), [0_i64; 0]);
        bench.insert(2).await.unwrap();
        assert_eq!(bench.rows(), [2]);
    }

    #[tokio::test]
    async fn a_full_disk_is_unavailable_and_keeps_what_was_committed() {
        let bench = Bench::new(16, "pragma max_page_count = 20");
        bench.insert(1).await.unwrap();
        let big = bench.writer.run(|c| Ok(c.execute("insert into t values (2, zeroblob(1000000))", ()).map(drop)?));
        let big = big.await;
        assert!(matches!(&big, Err(StoreError::Unavailable(reason)) if reason.contains("full")), "{big:?}");
        bench.insert(3).await.unwrap();
        assert_eq!(bench.rows(), [1, 3]);
    }

    #[tokio::test]
    async fn a_full_queue_is_unavailable_at_once() {
        let bench = Bench::new(2, "");
        let (release, hold) = bench.hold();
        let all = join_all((1..=3).map(|x| bench.insert(x)));
        let (answers, _, _) = tokio::join!(all, async { drop(release) }, hold);
        assert!(answers[0].is_ok() && answers[1].is_ok());
        assert!(matches!(&answers[2], Err(StoreError::Unavailable(reason)) if reason.contains("waiting")));
        assert_eq!(bench.rows(), [1, 2]);
    }

    #[tokio::test]
    async fn what_is_queued_is_finished_before_the_writer_ends_unless_its_caller_went_away() {
        let Bench { writer, dir } = Bench::new(16, "");
        let insert =
            |x: i64| Box::pin(writer.run(move |c| Ok(c.execute("insert into t (x) values (?)", [x]).map(drop)?)));
        // The writer is held until both are queued.
        let (release, held) = channel::<()>();
        let mut hold = Box::pin(writer.run(move |_| {
            assert!(held.recv().is_err());
            Ok(())
        }));
        let (mut kept, mut left) = (insert(8), insert(9));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        // One poll queues each.
        assert!(hold.as_mut().poll(&mut context).is_pending());
        assert!(kept.as_mut().poll(&mut context).is_pending());
        assert!(left.as_mut().poll(&mut context).is_pending());
        drop(left);
        drop(release);
        hold.await.unwrap();
        kept.await.unwrap();
        drop(writer);
        let connection = Connection::open(dir.path().join("db")).unwrap();
        let mut rows = connection.prepare_cached("select x from t").unwrap();
        let rows: Vec<i64> = rows.query_map((), |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows, [8]);
    }
}
