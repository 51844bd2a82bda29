//! [`World`]: the processes, the provider, the users, and what is asked of them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use logto_rocket::testing::{self, Endpoint, Idp};
use logto_rocket_tests::http;
use logto_rocket_tests::instance::Instance;
use logto_rocket_tests::remote::{Cookies, Remote, Reply};
use logto_rocket_tests::server::free_port;
use logto_rocket_tests::tally::Tally;
use reqwest::Method;
use rocket::tokio::sync::RwLock;
use rocket::tokio::time::{Instant, sleep};

use crate::Failure;
use crate::breach::Breach;
use crate::instance::Settings;
use crate::rules::Rule;
use crate::user::{Ghost, User};

/// How many processes there are.
const PROCESSES: usize = 4;

/// How long after the primary was killed an end that no replica had confirmed may not be certain.
const SETTLED: Duration = Duration::from_secs(15);

/// How long before that a write may have been lost with it.
const LOST: Duration = Duration::from_secs(1);

/// How long an answer may take: leases, stores and Logto together.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);

/// All that there is.
pub struct World {
    pub idp: Idp,
    pub remote: Remote,
    /// How long browsers wait between two actions, on the average.
    pub pause: Duration,
    pub users: Vec<User>,
    pub ghosts: Mutex<Vec<Arc<Ghost>>>,
    settings: Settings,
    ports: Vec<u16>,
    processes: Mutex<Vec<Option<Instance>>>,
    next: AtomicUsize,
    trouble: OnceLock<Instant>,
    report: Mutex<Tally<Rule>>,
}

impl World {
    /// Starts the provider and the processes.
    ///
    /// # Errors
    ///
    /// If one of them does not start.
    pub async fn start(
        redis: &str,
        browsers: u64,
        pause: Duration,
        claims_live: Duration,
        breach: Option<Breach>,
    ) -> Result<Arc<Self>, Failure> {
        let names: Vec<_> =
            (0..browsers.div_ceil(2)).map(|number| format!("user-{number}")).collect();
        let users = names.iter().map(|name| testing::User::new(name));
        let idp = users.fold(Idp::builder(), testing::Builder::user).start().await?;
        let id = |name: &String| idp.user_id(name).ok_or("no such user");
        let user =
            |name: String| Ok::<_, &str>(User { id: id(&name)?, name, live: RwLock::default() });
        let users = names.into_iter().map(user).collect::<Result<_, _>>()?;
        let site = format!("http://localhost:{}", free_port());
        let values = [
            idp.endpoint(),
            idp.app_id(),
            idp.app_secret(),
            redis,
            &site,
            &claims_live.as_secs().to_string(),
        ];
        let settings = Settings { values: values.map(ToOwned::to_owned), breach };
        let ports: Vec<_> = (0..PROCESSES).map(|_| free_port()).collect();
        let mut processes = Vec::new();
        for port in &ports {
            processes.push(Some(settings.start(*port)?));
        }
        let remote = Remote::new(http::client(), &site);
        Ok(Arc::new(Self {
            idp,
            remote,
            pause,
            users,
            ghosts: Mutex::default(),
            settings,
            ports,
            processes: Mutex::new(processes),
            next: AtomicUsize::new(0),
            trouble: OnceLock::new(),
            report: Mutex::default(),
        }))
    }

    /// Sends a request to the next process that listens, and takes the cookies of the answer; `None` if it got
    /// none, or one that says that something is away.
    pub async fn ask(&self, method: Method, path: &str, cookies: &mut Cookies) -> Option<Reply> {
        for _ in 0..PROCESSES {
            let at = self.next.fetch_add(1, Ordering::Relaxed) % PROCESSES;
            match self.ask_at(at, method.clone(), path, cookies).await {
                Ok(answer) if answer.status == 503 => {
                    self.count("not served");
                    return None;
                }
                Ok(answer) => return Some(answer),
                Err(error) if error.is_connect() => {}
                Err(_) => break,
            }
        }
        self.count("without an answer");
        None
    }

    async fn ask_at(
        &self,
        at: usize,
        method: Method,
        path: &str,
        cookies: &mut Cookies,
    ) -> reqwest::Result<Reply> {
        let request = self.remote.request(self.ports[at], method, path, cookies);
        let answer = Reply::to(request.timeout(ANSWER_TIMEOUT)).await?;
        answer.give(cookies);
        Ok(answer)
    }

    /// Kills a process.
    pub fn kill(&self, at: usize) {
        drop(self.processes()[at].take());
    }

    /// Starts a process again.
    ///
    /// # Errors
    ///
    /// If it does not start.
    pub fn start_again(&self, at: usize) -> Result<(), Failure> {
        let process = self.settings.start(self.ports[at])?;
        self.processes()[at] = Some(process);
        Ok(())
    }

    /// Notes that the primary is killed now.
    pub fn note_trouble(&self) {
        let _ = self.trouble.set(Instant::now());
    }

    /// Whether what was written then may have been lost with the primary.
    pub fn may_be_lost(&self, written: Instant) -> bool {
        self.trouble
            .get()
            .is_some_and(|killed| written + LOST > *killed && written < *killed + LOST)
    }

    /// Waits until all ends are certain.
    pub async fn settle(&self) {
        if let Some(killed) = self.trouble.get() {
            sleep((*killed + SETTLED).saturating_duration_since(Instant::now())).await;
        }
    }

    /// Looks at all that is live and all that has ended, once everything works again.
    pub async fn check_all(&self) {
        for user in &self.users {
            for live in user.live.read().await.values() {
                self.check_live(user, live).await;
            }
        }
        let ghosts: Vec<_> = self.ghosts().clone();
        for ghost in ghosts {
            self.check_ghost(&ghost).await;
        }
        let requests = self.idp.requests();
        let mut codes: Vec<_> = requests
            .all()
            .filter(|request| request.endpoint() == Endpoint::Token)
            .filter_map(|request| request.param("code"))
            .collect();
        codes.sort_unstable();
        for pair in codes.windows(2).filter(|pair| pair[0] == pair[1]) {
            self.breach(Rule::TwoExchanges, format!("the code {} was sent twice", pair[0]));
        }
        self.lock().add("codes exchanged", codes.len() as u64);
    }

    /// What is signed in must be served, as itself.
    pub async fn check_live(&self, user: &User, live: &crate::user::Live) {
        let Some(answer) = self.ask(Method::GET, "/account", &mut live.cookies.clone()).await
        else {
            return;
        };
        self.count("reads");
        let expected = format!("{} {}", user.id, live.session);
        match answer.status {
            200 if answer.body == expected => {}
            200 => self.breach(Rule::WrongUser, format!("{} instead of {expected}", answer.body)),
            _ if self.may_be_lost(live.since) => self.count("sign-ins lost with the primary"),
            status => {
                let age = live.since.elapsed();
                let why = format!(
                    "{expected}: {status} to {}, {age:?} after the sign-in",
                    answer.location
                );
                self.breach(Rule::SignedOut, why);
            }
        }
    }

    /// What has ended must not be served, from when on that is certain.
    pub async fn check_ghost(&self, ghost: &Ghost) {
        let begun = Instant::now();
        if let Some(killed) = self.trouble.get() {
            let in_doubt = ghost.ended + LOST > *killed && ghost.ended < *killed + SETTLED;
            if in_doubt && begun < *killed + SETTLED {
                return;
            }
        }
        let Some(answer) = self.ask(Method::GET, "/account", &mut ghost.cookies.clone()).await
        else {
            return;
        };
        self.count("copies of ended sessions tried");
        if answer.status == 200 {
            let age = begun.duration_since(ghost.ended);
            let why = format!("{} as {}, {age:?} after the end", ghost.user, answer.body);
            self.breach(Rule::StillIn, why);
        }
    }

    pub fn count(&self, what: &'static str) {
        self.lock().count(what);
    }

    pub fn breach(&self, rule: Rule, why: String) {
        self.lock().breach(rule, why);
    }

    pub fn report(&self) -> Tally<Rule> {
        self.lock().clone()
    }

    pub fn ghosts(&self) -> MutexGuard<'_, Vec<Arc<Ghost>>> {
        self.ghosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn processes(&self) -> MutexGuard<'_, Vec<Option<Instance>>> {
        self.processes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Tally<Rule>> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
