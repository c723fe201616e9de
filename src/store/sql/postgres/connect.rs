//! The way to a database server: its hosts one after the other, each for a while, and what is settled on a connection first.

use super::Trouble;
use super::address::Address;
use super::problem::Problem;
use std::future::poll_fn;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::lookup_host;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_postgres::config::Host;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;

/// How long a host may take until there is a connection that can be used.
const HOST: Duration = Duration::from_secs(3);
/// How long all hosts may take together.
const ALL_HOSTS: Duration = Duration::from_secs(7);
/// A machine that is gone is noticed after so long without an answer of its own, be the statement as long as it may.
const IDLE: Duration = Duration::from_secs(5);
const INTERVAL: Duration = Duration::from_secs(2);
const PROBES: u32 = 3;
const UNANSWERED: Duration = Duration::from_secs(10);
/// Where a server says that a commit is not known to be on a standby.
const STANDBY_SOURCE: &str = "syncrep.c";

/// A connection that can write. Dropped, it is closed.
pub(super) struct Live {
    client: Client,
    /// Which of the address's it is to.
    host: usize,
    io: AbortHandle,
    unconfirmed: Arc<AtomicU64>,
}

impl Deref for Live {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.end();
    }
}

impl Live {
    /// Nothing more is waited for, also what was asked.
    pub(super) fn end(&self) {
        self.io.abort();
    }

    /// How many commits the server was told not to wait for: they are done, and maybe on no standby.
    pub(super) fn unconfirmed(&self) -> u64 {
        self.unconfirmed.load(Relaxed)
    }
}

impl Address {
    /// A connection to the first host that can be written to, the one that was taken last before the others. What moves its
    /// bytes runs beside the caller.
    pub async fn connect(&self) -> Result<impl Deref<Target = Client> + use<>, Trouble> {
        self.reach().await
    }

    pub(super) async fn reach(&self) -> Result<Live, Trouble> {
        let tls = self.tls()?;
        let hosts: Vec<_> = self.hosts().collect();
        let each = HOST.min(ALL_HOSTS / u32::try_from(hosts.len()).unwrap_or(u32::MAX).max(1));
        let mut problems = Vec::new();
        for n in 0..hosts.len() {
            let at = (self.taken.load(Relaxed) + n) % hosts.len();
            let (host, port) = hosts[at];
            match timeout(each, self.reach_host(host, port, each, &tls)).await.unwrap_or(Err(Problem::Silent(each))) {
                Ok(mut live) => {
                    live.host = at;
                    self.taken.store(at, Relaxed);
                    return Ok(live);
                }
                Err(problem) => problems.push(format!("{}: {problem}", shown(host, port))),
            }
        }
        Err(Trouble::OutOfReach(problems.join("; ")))
    }

    /// Whether a connection is to the host that was taken last. One to another host is not used any more: that may be gone without a
    /// word, or have been left behind.
    pub(super) fn leads_to(&self, live: &Live) -> bool {
        live.host == self.taken.load(Relaxed)
    }

    fn hosts(&self) -> impl Iterator<Item = (&Host, u16)> {
        let ports = self.config.get_ports();
        let port = move |at| ports.get(at).or(ports.first()).copied().unwrap_or(5432);
        self.config.get_hosts().iter().enumerate().map(move |(at, host)| (host, port(at)))
    }

    fn tls(&self) -> Result<MakeRustlsConnect, Trouble> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let tls = tls.map_err(|error| Trouble::OutOfReach(error.to_string()))?;
        Ok(MakeRustlsConnect::new(tls.with_root_certificates(self.roots.clone()).with_no_client_auth()))
    }

    async fn reach_host(
        &self,
        host: &Host,
        port: u16,
        within: Duration,
        tls: &MakeRustlsConnect,
    ) -> Result<Live, Problem> {
        let mut alone = self.alone(port);
        let name = match host {
            Host::Unix(path) => return self.enter(alone.host_path(path), tls).await,
            Host::Tcp(name) => name,
        };
        alone.host(name);
        let addresses: Vec<_> = lookup_host((name.as_str(), port)).await?.collect();
        let each = within / u32::try_from(addresses.len()).unwrap_or(u32::MAX).max(1);
        let mut problems = Vec::new();
        for address in addresses {
            let mut alone = alone.clone();
            let entered = timeout(each, self.enter(alone.hostaddr(address.ip()), tls)).await;
            match entered.unwrap_or(Err(Problem::Silent(each))) {
                Ok(live) => return Ok(live),
                Err(problem) => problems.push((address.ip(), problem)),
            }
        }
        match problems.pop() {
            None => Err(Problem::Refused("its name has no address".to_owned())),
            Some((_, only)) if problems.is_empty() => Err(only),
            Some(last) => {
                problems.push(last);
                Err(Problem::Addresses(problems))
            }
        }
    }

    /// What is the same for each host.
    fn alone(&self, port: u16) -> Config {
        let (all, mut alone) = (&self.config, Config::new());
        alone.port(port).application_name("countersign").ssl_mode(all.get_ssl_mode());
        alone.ssl_negotiation(all.get_ssl_negotiation()).channel_binding(all.get_channel_binding());
        alone
            .keepalives_idle(IDLE)
            .keepalives_interval(INTERVAL)
            .keepalives_retries(PROBES)
            .tcp_user_timeout(UNANSWERED);
        alone.user(all.get_user().unwrap_or_default()).dbname(all.get_dbname().unwrap_or_default());
        if let Some(password) = all.get_password() {
            alone.password(password);
        }
        alone
    }

    /// A connection with its settings. They are not asked for while it is made: what is in between may not pass them on.
    async fn enter(&self, config: &Config, tls: &MakeRustlsConnect) -> Result<Live, Problem> {
        let (client, connection) = config.connect(tls.clone()).await?;
        let unconfirmed = Arc::<AtomicU64>::default();
        let io = tokio::spawn(moving(connection, unconfirmed.clone())).abort_handle();
        let live = Live { client, host: 0, io, unconfirmed };
        let settings = self.settings();
        let set: Vec<_> = settings.iter().map(|(name, value)| format!("set {name} = '{value}'")).collect();
        live.batch_execute(&set.join("; ")).await?;
        let names: Vec<_> = settings.iter().map(|(name, _)| format!("'{name}'")).collect();
        let sql = format!(
            "select '', current_setting('transaction_read_only')
             union all select name, setting from pg_settings where name in ({})",
            names.join(", ")
        );
        for said in live.simple_query(&sql).await? {
            let SimpleQueryMessage::Row(row) = said else { continue };
            let (name, found) = (row.get(0).unwrap_or_default(), row.get(1).unwrap_or_default());
            match settings.iter().find(|(known, _)| *known == name) {
                None if found == "on" => return Err(Problem::ReadOnly),
                // On a Unix socket, it has no meaning.
                Some((_, value)) if found != value && !name.starts_with("tcp_") => {
                    return Err(Problem::Setting { name: name.to_owned(), found: found.to_owned() });
                }
                _ => {}
            }
        }
        Ok(live)
    }

    fn settings(&self) -> [(&'static str, String); 9] {
        // The server gives up first: then it says so, and the connection is still of use.
        let server = self.patience().saturating_sub(Duration::from_secs(1)).as_millis();
        [
            ("statement_timeout", server.to_string()),
            // A transaction whose server is gone must not keep the turn from the others: the database server gives it up by itself.
            ("idle_in_transaction_session_timeout", server.to_string()),
            ("tcp_keepalives_idle", IDLE.as_secs().to_string()),
            ("tcp_keepalives_interval", INTERVAL.as_secs().to_string()),
            ("tcp_keepalives_count", PROBES.to_string()),
            ("tcp_user_timeout", UNANSWERED.as_millis().to_string()),
            ("synchronous_commit", "on".to_owned()),
            ("plan_cache_mode", self.plans.to_owned()),
            // A commit that does not wait for the standby any more is told of in a warning.
            ("client_min_messages", "warning".to_owned()),
        ]
    }
}

/// Moves the bytes of a connection until the client goes, or the server does: then whoever waits for an answer is told.
async fn moving<S, T>(mut connection: Connection<S, T>, unconfirmed: Arc<AtomicU64>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        match message {
            // It comes before what is said of the commit.
            AsyncMessage::Notice(said) if said.file().is_some_and(|file| file.ends_with(STANDBY_SOURCE)) => {
                unconfirmed.fetch_add(1, Relaxed);
            }
            _ => {}
        }
    }
}

fn shown(host: &Host, port: u16) -> String {
    match host {
        Host::Tcp(name) => format!("{name}:{port}"),
        Host::Unix(path) => format!("{}:{port}", path.display()),
    }
}
