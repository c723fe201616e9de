//! A real PostgreSQL, which the tests start for themselves, in a new folder and on a free port.
//!
//! Between the tests and the server stands a guard, a small shell script that takes orders from a pipe. However the tests
//! end, `kill -9` included, the pipe ends with them, and the guard then stops the server and deletes the folder.

use super::optional;
use super::pki::Pair;
use countersign::store::{Address, Location};
use std::fs::{File, Permissions};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use tokio_rustls::rustls::RootCertStore;

/// Who administers a cluster: over its socket only, without a password.
const ADMINISTRATOR: &str = "postgres";

/// Who owns the databases: over TCP, with a password and no other right.
const OWNER: &str = "countersign";

/// Arguments: the programs' folder, the cluster's folder, the port. Each order is a line, and so is the answer, a status.
const GUARD: &str = r#"
programs=$1 folder=$2 port=$3 server=
trap '' HUP INT PIPE TERM # it ends when the pipe does, and by nothing else

start() {
  "$programs/postgres" -D data -p "$port" -k "$folder" -c listen_addresses=127.0.0.1 </dev/null >&2 &
  server=$! tries=0
  # The file may be left over from a server that was killed.
  while kill -0 "$server" && [ "$tries" -lt 3000 ]; do
    set -- $(sed -n '1p;8p' data/postmaster.pid)
    [ "$1 $2" != "$server ready" ] || return 0
    sleep 0.02
    tries=$((tries + 1))
  done 2>/dev/null
  return 1
}

stop() {
  [ -n "$server" ] || return 0
  kill -"$1" "$server"
  wait "$server"
  server=
}

# The server stands still while its children are looked for, and does not live to see them die.
murder() {
  [ -n "$server" ] || return 1
  kill -STOP "$server"
  children=$(cd /proc && grep -ls "^PPid:[[:space:]]$server\$" [0-9]*/status)
  children=$(printf '%s\n' "$children" | sed 's|/status||')
  kill -KILL "$server" $children
  wait "$server"
  server=
  for child in $children; do
    while grep -qs '^VmSize' "/proc/$child/status"; do sleep 0.01; done
  done
}

while read -r order argument; do
  case $order in
    initdb)
      "$programs/initdb" -D data -U postgres --locale=C --encoding=UTF8 --auth-local=trust --auth-host=scram-sha-256 \
        --no-sync >&2
      ;;
    copy) "$programs/pg_basebackup" -D data -d "$argument" -R -X stream -c fast --no-sync >&2 ;;
    start) start ;;
    stop) stop "$argument" ;;
    kill) murder ;;
  esac
  echo $?
done
stop INT
# What a killed server left in shared memory is taken away by the next one.
[ ! -e data/postmaster.pid ] || "$programs/postgres" --single -F -D data postgres </dev/null >&2
cd /
rm -rf "$folder"
"#;

/// A PostgreSQL server and its folder. Dropped, it is stopped and deleted.
pub(crate) struct Cluster {
    programs: &'static Path,
    folder: PathBuf,
    port: u16,
    password: String,
    guard: Mutex<Guard>,
    databases: AtomicU32,
}

struct Guard {
    child: Child,
    answers: BufReader<ChildStdout>,
}

/// How a server stops.
pub(crate) enum Stop {
    /// In order: what is under way is rolled back, everything is written.
    Fast,
    /// As in a crash: the next start recovers from the log.
    Immediate,
}

/// A database of a test's own. Dropped, it is deleted, whoever is still connected.
pub(crate) struct Database<'a> {
    cluster: &'a Cluster,
    name: String,
}

impl Cluster {
    /// The one that all tests of this process share, with room for 300 connections; none where PostgreSQL is missing.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&[("max_connections", "300")])).as_ref()
    }

    /// Starts one with these settings, as in `postgresql.conf`; none where PostgreSQL is missing. PostgreSQL decides the rest:
    /// what is committed is on the disk, and there may be standbys.
    pub(crate) fn start(parameters: &[(&str, &str)]) -> Option<Self> {
        let cluster = Self::guarded(programs()?, hex(&random::<16>()));
        cluster.order("initdb");
        let settings: String =
            parameters.iter().map(|(name, value)| format!("{name} = '{}'\n", value.replace('\'', "''"))).collect();
        let mut file = File::options().append(true).open(cluster.folder.join("data/postgresql.conf")).unwrap();
        file.write_all(settings.as_bytes()).unwrap();
        cluster.order("start");
        cluster.psql(ADMINISTRATOR, &format!("create role {OWNER} login password '{}'", cluster.password));
        Some(cluster)
    }

    /// Starts a standby that streams from this one. It has the same settings, users and databases.
    pub(crate) fn standby(&self) -> Self {
        let standby = Self::guarded(self.programs, self.password.clone());
        standby.order(&format!("copy host='{}' port={} user={ADMINISTRATOR}", self.folder.display(), self.port));
        standby.order("start");
        standby
    }

    /// A place for a cluster with the same users, in which nothing is yet, and which does not run.
    pub(crate) fn beside(&self) -> Self {
        Self::guarded(self.programs, self.password.clone())
    }

    /// Runs commands to their end, as the user that the server runs as. `PGDATA` is its data folder, and `psql` the
    /// administrator's.
    #[track_caller]
    pub(crate) fn run(&self, commands: &str, names: &[(&str, &str)]) {
        let path = format!("{}:{}", self.programs.display(), std::env::var("PATH").unwrap());
        let owner = self.folder.metadata().unwrap();
        let mut sh = command(Path::new("/bin/sh"));
        sh.args(["-euc", commands]).current_dir(&self.folder).stdin(Stdio::null()).uid(owner.uid()).gid(owner.gid());
        sh.env("PATH", path).env("PGDATA", self.path("data")).env("PGHOST", &self.folder).env("PGUSER", ADMINISTRATOR);
        let output = sh.env("PGPORT", self.port.to_string()).envs(names.iter().copied()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{commands}\n{said}\n{}", self.log());
    }

    /// A file or a folder in that of the cluster.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Makes a standby a primary, and returns when it is.
    pub(crate) fn promote(&self) {
        assert_eq!(self.psql(ADMINISTRATOR, "select pg_promote()"), "t", "it is promoted within a minute");
    }

    /// Stops the server, if it runs. The folder stays.
    pub(crate) fn stop(&self, how: &Stop) {
        self.order(match how {
            Stop::Fast => "stop INT",
            Stop::Immediate => "stop QUIT",
        });
    }

    /// Starts the server on the same port, and stops it before, if it runs.
    pub(crate) fn restart(&self) {
        self.stop(&Stop::Fast);
        self.order("start");
    }

    /// Has the server encrypt connections from now on, and prove its name by this certificate.
    pub(crate) fn certify(&self, pair: &Pair) {
        for (name, text) in [("server.crt", &pair.chain), ("server.key", &pair.key)] {
            let path = self.path("data").join(name);
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
            let owner = self.folder.metadata().unwrap();
            chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
        }
        self.psql(ADMINISTRATOR, "alter system set ssl = on");
        self.restart();
    }

    /// Kills the server and all its processes.
    pub(crate) fn kill(&self) {
        self.order("kill");
    }

    /// A new database, empty.
    pub(crate) fn database(&self) -> Database<'_> {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let create = format!("create database {name} owner {OWNER} template template0 encoding 'UTF8'");
        self.psql(ADMINISTRATOR, &create);
        Database { cluster: self, name }
    }

    /// A new database with what a dump of another one has, made while that is used.
    pub(crate) fn restored(&self, from: &Database<'_>) -> Database<'_> {
        let to = self.database();
        let mut dump = command(&self.programs.join("pg_dump"));
        let mut dump = dump.arg(from.url()).stdout(Stdio::piped()).spawn().unwrap();
        let mut restore = command(&self.programs.join("psql"));
        restore
            .args(["-Xq1", "-v", "ON_ERROR_STOP=1", &to.url()])
            .stdin(dump.stdout.take().unwrap())
            .stdout(Stdio::null());
        assert!(restore.status().unwrap().success() && dump.wait().unwrap().success(), "{}", self.log());
        to
    }

    /// Where a database is, with the name and the password of its owner.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://{OWNER}:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// The port, on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// What the administrator is told for this SQL: a line per row, `|` between the columns. Several statements are one
    /// transaction.
    pub(crate) fn psql(&self, database: &str, sql: &str) -> String {
        self.try_psql(database, sql).unwrap_or_else(|error| panic!("{sql}\n{error}\n{}", self.log()))
    }

    fn try_psql(&self, database: &str, sql: &str) -> Result<String, String> {
        let mut psql = command(&self.programs.join("psql"));
        psql.args(["-XqAtw", "-U", ADMINISTRATOR, "-d", database, "-c", sql]);
        psql.arg("-h").arg(&self.folder).args(["-p", &self.port.to_string()]);
        let output = psql.stdin(Stdio::null()).output().unwrap();
        if output.status.success() {
            Ok(String::from_utf8(output.stdout).unwrap().trim_end().to_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    /// A folder and a guard, and nothing in them.
    fn guarded(programs: &'static Path, password: String) -> Self {
        let folder = tempfile::Builder::new().prefix("countersign-postgres-").tempdir().unwrap();
        let log = File::create(folder.path().join("log")).unwrap();
        let port = free_port();
        let mut sh = command(Path::new("/bin/sh"));
        sh.args(["-c", GUARD, "postgres-guard"]).arg(programs).arg(folder.path()).arg(port.to_string());
        sh.current_dir(folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        sh.process_group(0); // a Ctrl-C is for the tests
        if folder.path().metadata().unwrap().uid() == 0 {
            let (uid, gid) = user();
            chown(folder.path(), Some(uid), Some(gid)).unwrap();
            sh.uid(uid).gid(gid);
        }
        let mut child = sh.spawn().expect("the guard starts, in a folder that its user can reach");
        let answers = BufReader::new(child.stdout.take().unwrap());
        let guard = Mutex::new(Guard { child, answers });
        Self { programs, folder: folder.keep(), port, password, guard, databases: AtomicU32::new(0) }
    }

    fn order(&self, order: &str) {
        let mut answer = String::new();
        {
            let mut guard = self.guard.lock().unwrap();
            writeln!(guard.child.stdin.as_mut().unwrap(), "{order}").unwrap();
            guard.answers.read_line(&mut answer).unwrap();
        }
        assert!(answer == "0\n", "PostgreSQL ({}): {order}:\n{}", self.programs.display(), self.log());
    }

    /// The end of what the programs have printed.
    fn log(&self) -> String {
        let log = std::fs::read(self.folder.join("log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let guard = self.guard.get_mut().unwrap_or_else(PoisonError::into_inner);
        // This closes the pipe first. A panic here would hide another one.
        let _ = guard.child.wait();
    }
}

impl Database<'static> {
    /// One on the cluster of all tests, if `COUNTERSIGN_TESTS_STORE` is `postgres`: the data shall be there, not in a file.
    pub(crate) fn wanted() -> Option<Self> {
        let engine = std::env::var("COUNTERSIGN_TESTS_STORE").is_ok_and(|engine| engine == "postgres");
        engine.then(|| Cluster::shared().expect("PostgreSQL can be installed").database())
    }
}

impl Database<'_> {
    /// Where it is, with the name and the password of its owner.
    pub(crate) fn url(&self) -> String {
        self.cluster.url(&self.name)
    }

    /// The same for the store.
    pub(crate) fn location(&self) -> Location {
        Location::Server(Address::parse(&self.url(), None, RootCertStore::empty()).unwrap())
    }

    /// The same for a configuration: the URL, and the password that must not be in it.
    pub(crate) fn store(&self) -> (String, &str) {
        let password = &self.cluster.password;
        (self.url().replacen(&format!(":{password}"), "", 1), password)
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Database<'_> {
    fn drop(&mut self) {
        // The test may have stopped the server; the database then goes with the folder.
        let _ = self.cluster.try_psql(ADMINISTRATOR, &format!("drop database {} with (force)", self.name));
    }
}

/// The folder of the newest PostgreSQL, if there is one; else what needs it is skipped, or fails where nothing may be.
fn programs() -> Option<&'static Path> {
    static PROGRAMS: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = PROGRAMS.get_or_init(|| {
        let found = newest(Path::new("/usr/lib/postgresql"))
            .or_else(|| Some(optional::program(&["postgres"])?.canonicalize().ok()?.parent()?.to_owned()));
        if found.is_none() {
            optional::skip("what PostgreSQL is needed for", "postgresql (Debian's name)");
        }
        found
    });
    found.as_deref()
}

/// Where Debian has the programs: in `<version>/bin`. Without a server, there are only those for clients.
fn newest(folder: &Path) -> Option<PathBuf> {
    let versions = std::fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let folders = versions.map(|version: u32| (version, folder.join(version.to_string()).join("bin")));
    Some(folders.filter(|(_, bin)| bin.join("postgres").is_file()).max()?.1)
}

/// Whom PostgreSQL runs as, as it refuses to be root: user id and group id.
fn user() -> (u32, u32) {
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap();
    let ids = |name: &str| {
        let fields: Vec<_> = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|f| f[0] == name)?;
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    ids("postgres").or_else(|| ids("nobody")).expect("PostgreSQL is not to be root: there is a user postgres or nobody")
}

/// Below those that the kernel gives to anybody (from 32768), so that it is still free after the server was stopped.
fn free_port() -> u16 {
    loop {
        let port = 20_000 + u16::from_le_bytes(random()) % 12_000;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// Without the settings of whoever runs the tests.
fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PG") {
            command.env_remove(name);
        }
    }
    command
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    File::open("/dev/urandom").unwrap().read_exact(&mut bytes).unwrap();
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Lines;
    use std::thread;
    use std::time::{Duration, Instant};

    /// For a test that runs itself in a second process.
    const CHILD: &str = "COUNTERSIGN_TEST_POSTGRES_CHILD";

    /// What PostgreSQL says to whoever has this URL.
    fn ask(url: &str, sql: &str) -> Result<String, String> {
        let output = command(&programs().unwrap().join("psql")).args(["-XqAtw", url, "-c", sql]).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap().trim_end().to_owned();
        if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
    }

    /// Waits until this holds. Only a broken test waits for the whole time.
    fn wait_until(what: &str, within: Duration, holds: impl Fn() -> bool) {
        let start = Instant::now();
        while !holds() {
            assert!(start.elapsed() < within, "not within {within:?}: {what}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Whether some process is at work below this folder, be it deleted.
    fn at_work(folder: &Path) -> bool {
        let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
        processes
            .filter_map(|process| std::fs::read_link(process.path().join("cwd")).ok())
            .any(|cwd| cwd.starts_with(folder))
    }

    #[test]
    fn all_tests_share_one_cluster_and_each_has_a_database_of_its_own() {
        let Some(cluster) = Cluster::shared() else { return };
        let databases = thread::scope(|scope| {
            [0, 1].map(|_| scope.spawn(|| Cluster::shared().unwrap().database())).map(|thread| thread.join().unwrap())
        });
        for database in &databases {
            assert_eq!(database.cluster.port(), cluster.port());
            ask(&database.url(), "create table of_its_own ()").unwrap();
        }
        let settings =
            "select current_setting('fsync'), current_setting('server_encoding'), current_setting('lc_collate')";
        assert_eq!(cluster.psql(databases[0].name(), settings), "on|UTF8|C");

        let [gone, stays] = databases;
        let (url, connected) = (gone.url(), "select pg_sleep(60)");
        let connection = thread::spawn(move || ask(&url, connected));
        let count = format!("select count(*) from pg_stat_activity where query = '{connected}'");
        wait_until("it is connected", Duration::from_secs(30), || cluster.psql(ADMINISTRATOR, &count) == "1");
        let url = gone.url();
        drop(gone);
        connection.join().unwrap().unwrap_err();
        assert!(ask(&url, "select").unwrap_err().contains("does not exist"));
        ask(&stays.url(), "select from of_its_own").unwrap();

        let strangers = stays.url().replace(&cluster.password, "x");
        assert!(ask(&strangers, "select").unwrap_err().contains("password authentication failed"));
        assert!(ask(&stays.url(), "create role more").unwrap_err().contains("permission denied"));
    }

    #[test]
    fn a_killed_test_leaves_neither_a_process_nor_a_folder() {
        if programs().is_none() {
            return;
        }
        if std::env::var_os(CHILD).is_some() {
            let cluster = Cluster::shared().unwrap();
            let database = cluster.database();
            writeln!(std::io::stdout(), "\nfolder {}", cluster.folder.display()).unwrap();
            panic!("it is killed before: {:?}", ask(&database.url(), "select pg_sleep(60)"));
        }
        let (_, module) = module_path!().split_once("::").unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg(format!("{module}::a_killed_test_leaves_neither_a_process_nor_a_folder"))
            .args(["--exact", "--nocapture", "--test-threads=1"])
            .env(CHILD, "1")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines: Lines<_> = BufReader::new(child.stdout.take().unwrap()).lines();
        let folder = lines.map(Result::unwrap).find_map(|line| Some(line.strip_prefix("folder ")?.into()));
        let folder: PathBuf = folder.expect("the child starts a cluster");
        assert!(folder.exists() && at_work(&folder));
        child.kill().unwrap();
        child.wait().unwrap();
        wait_until("all is gone", Duration::from_secs(5), || !folder.exists() && !at_work(&folder));
    }

    #[test]
    fn what_is_committed_is_there_after_a_crash_and_after_a_kill() {
        let Some(cluster) = Cluster::start(&[("shared_buffers", "16MB"), ("application_name", "it's")]) else { return };
        let database = cluster.database();
        assert_eq!(cluster.psql(database.name(), "select current_setting('shared_buffers')"), "16MB");
        ask(&database.url(), "create table numbers (n int)").unwrap();
        let stops: [&dyn Fn(); 4] =
            [&|| cluster.stop(&Stop::Immediate), &|| cluster.kill(), &|| cluster.stop(&Stop::Fast), &|| ()];
        for (n, stop) in (1..).zip(stops) {
            ask(&database.url(), &format!("insert into numbers values ({n})")).unwrap();
            stop();
            cluster.restart();
            assert_eq!(ask(&database.url(), "select max(n), count(*) from numbers"), Ok(format!("{n}|{n}")));
        }
        let folder = cluster.folder.clone();
        cluster.kill();
        assert!(ask(&database.url(), "select").is_err() && !at_work(&folder.join("data")));
        drop(database);
        drop(cluster);
        assert!(!folder.exists() && !at_work(&folder));
    }

    #[test]
    fn a_standby_has_the_rows_and_takes_over_when_the_primary_is_killed() {
        let Some(primary) = Cluster::start(&[("max_connections", "200")]) else { return };
        let database = primary.database();
        let standby = primary.standby();
        // From here on, what is committed is on both.
        primary.psql(ADMINISTRATOR, "alter system set synchronous_standby_names = '*'");
        primary.psql(ADMINISTRATOR, "select pg_reload_conf()");
        ask(&database.url(), "create table numbers (n int); insert into numbers values (7)").unwrap();
        primary.kill();
        let url = standby.url(database.name());
        assert!(ask(&url, "insert into numbers values (8)").unwrap_err().contains("read-only"));
        standby.promote();
        assert_eq!(ask(&url, "insert into numbers values (8); select sum(n) from numbers"), Ok("15".to_owned()));
    }
}
