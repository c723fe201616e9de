//! Commits, and how one went that nobody has answered for.
//!
//! When the connection is lost while a commit is under way, nobody has said how it went. Each commit writes its number into this
//! connection's row of `writers`. After a new connection has had the turn, and so the old transaction has come to its end, that
//! row says whether it was committed. One that was is answered for after another commit: what this server has may not have come to
//! the standby that commits wait for. So it is with a commit that the server answers for and warns of: somebody has ended its wait
//! for the standby.

use super::super::Result;
use super::{Client, Trouble};
use std::time::{Duration, Instant};
use tokio_postgres::SimpleQueryMessage;

/// Between two tries to reach a server that has to say how a commit went.
const PAUSE: Duration = Duration::from_millis(100);

impl Client {
    pub(in crate::store::sql) fn commit(&self) -> Result<()> {
        let number = self.commits.get() + 1;
        self.commits.set(number);
        let (writer, begun) = (self.writer.simple(), Instant::now());
        let sql = format!(
            "insert into writers (writer, commits, at) values ('\\x{writer}', {number}, current_timestamp)
             on conflict (writer) do update set commits = {number}, at = current_timestamp;
             commit"
        );
        // What has to have happened is known before the commit.
        self.send_waiting()?;
        match self.confirmed(&sql) {
            Ok(_) => {
                self.in_transaction.set(false);
                self.ahead.clear();
                Ok(())
            }
            // What comes instead of an answer may come after the commit.
            Err(trouble) => self.resolve(number, trouble, begun),
        }
    }

    /// Does statements that end with a commit.
    fn confirmed(&self, sql: &str) -> Result<Vec<SimpleQueryMessage>, Trouble> {
        let live = self.live()?;
        let before = live.unconfirmed();
        let said = self.ask(live.simple_query(sql))?;
        if live.unconfirmed() == before { Ok(said) } else { Err(Trouble::InDoubt) }
    }

    /// Asks how a commit went that was not answered for: for as long as a statement may take, and for no longer than half as long
    /// again since the commit began.
    fn resolve(&self, number: i64, trouble: Trouble, begun: Instant) -> Result<()> {
        let patience = self.address.patience();
        let until = (Instant::now() + patience).min(begun + patience * 3 / 2);
        self.until.set(Some(until));
        let found = loop {
            self.lose();
            self.in_transaction.set(false);
            match self.is_committed(number) {
                Ok(true) => break Ok(()),
                Ok(false) => break Err(trouble.into()),
                Err(_) if Instant::now() + PAUSE < until => std::thread::sleep(PAUSE),
                Err(_) => break Err(Trouble::InDoubt.into()),
            }
        };
        self.until.set(None);
        found
    }

    /// Whether a commit has happened. The turn is waited for: the transaction that had it is over then.
    fn is_committed(&self, number: i64) -> Result<bool> {
        self.begin()?;
        let writer = self.writer.simple();
        let sql = format!(
            "update writers set at = current_timestamp where writer = '\\x{writer}' and commits >= {number} returning 1;
             commit"
        );
        let said = self.confirmed(&sql);
        match &said {
            Ok(_) => self.in_transaction.set(false),
            Err(_) => self.rollback()?,
        }
        Ok(said?.iter().any(|said| matches!(said, SimpleQueryMessage::Row(_))))
    }
}
