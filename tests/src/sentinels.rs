//! [`Sentinels`]: a Redis with a replica, and three Sentinels that watch them.

use crate::redis::Redis;
use crate::wait::until;

/// What the Sentinels call the primary.
const NAME: &str = "shop";

/// Two Redis servers, one of which is the other's replica, and three Sentinels that let the replica take the
/// place of a primary that is gone for a second.
#[derive(Debug)]
pub struct Sentinels {
    servers: [Redis; 2],
    watching: [Redis; 3],
}

impl Sentinels {
    /// Starts them, and waits until all of them know of each other.
    ///
    /// # Panics
    ///
    /// If they do not start, or are missing where they must not be.
    pub async fn start() -> Option<Self> {
        let options = ["--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"];
        let first = Redis::start(&options)?;
        let address = first.address();
        let (host, port) = address.split_once(':').expect("host and port");
        let replica: Vec<_> = options.into_iter().chain(["--replicaof", host, port]).collect();
        let second = Redis::start(&replica)?;
        let watching = [(); 3].map(|()| Redis::start_sentinel(NAME, &first, ""));
        let sentinels = Self { servers: [first, second], watching };
        sentinels.until_all_is_well().await;
        Some(sentinels)
    }

    /// `redis+sentinel://<the Sentinels>/<the name>`.
    pub fn url(&self) -> String {
        let watching: Vec<_> = self.watching.iter().map(Redis::address).collect();
        format!("redis+sentinel://{}/{NAME}", watching.join(","))
    }

    /// The server that is the primary by its own account and that of the Sentinels; the first, if they do not
    /// agree.
    pub fn primary(&mut self) -> &mut Redis {
        let at = self.primary_at().unwrap_or(0);
        &mut self.servers[at]
    }

    /// The server that is the replica.
    pub fn replica(&mut self) -> &mut Redis {
        let at = 1 - self.primary_at().unwrap_or(0);
        &mut self.servers[at]
    }

    /// Starts the server again that was stopped, as the other's replica: empty and alone it might be taken for
    /// the primary.
    ///
    /// # Panics
    ///
    /// If it does not start, or none was stopped.
    pub fn start_again(&mut self) {
        let [first, second] = &mut self.servers;
        let (stopped, other) = if first.is_running() { (second, first) } else { (first, second) };
        assert!(!stopped.is_running());
        stopped.restart_as_replica_of(&other.address());
    }

    /// Waits until another server than this is the primary.
    ///
    /// # Panics
    ///
    /// If that does not happen.
    pub async fn until_another_than(&self, address: &str) {
        let another =
            async || self.primary_at().is_some_and(|at| self.servers[at].address() != address);
        until("another server is the primary", another).await;
    }

    /// Waits until the replica follows the primary and all Sentinels know both.
    ///
    /// # Panics
    ///
    /// If that does not happen.
    pub async fn until_all_is_well(&self) {
        until("the Sentinels watch a primary with a replica", async || self.is_well()).await;
    }

    fn is_well(&self) -> bool {
        let Some(primary) = self.primary_at() else { return false };
        let replica = self.servers[1 - primary].try_ask_all("INFO replication");
        let follows = replica.is_ok_and(|says| says.contains("master_link_status:up"));
        let primary = self.servers[primary].try_ask_all("INFO replication");
        let leads = primary.is_ok_and(|says| says.contains("state=online"));
        let knows = |sentinel: &Redis| {
            sentinel.ask(&format!("SENTINEL CKQUORUM {NAME}")).starts_with("+OK 3 usable")
                && sentinel.ask(&format!("SENTINEL REPLICAS {NAME}")) == "*1"
        };
        leads && follows && self.watching.iter().all(knows)
    }

    fn primary_at(&self) -> Option<usize> {
        let is_primary = |server: &Redis| {
            let says = || server.try_ask_all("INFO replication");
            server.is_running() && says().is_ok_and(|says| says.contains("role:master"))
        };
        let mut primaries = (0..2).filter(|at| is_primary(&self.servers[*at]));
        let primary = primaries.next().filter(|_| primaries.next().is_none())?;
        let named = self.watching.iter().any(|sentinel| {
            // `*2`, and the length of each before it.
            let said = sentinel.ask_lines(&format!("SENTINEL GET-MASTER-ADDR-BY-NAME {NAME}"), 5);
            self.servers[primary].address() == format!("{}:{}", said[2], said[4])
        });
        named.then_some(primary)
    }
}
