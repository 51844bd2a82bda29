//! [`Browser`]: signs in, reads, renews, steps up, signs out, and plays the programs and Logto besides.

mod others;

use std::sync::Arc;
use std::time::Duration;

use logto_rocket_tests::dice::Dice;
use logto_rocket_tests::http;
use logto_rocket_tests::remote::{Cookies, Remote, Reply};
use reqwest::{Method, RequestBuilder};
use rocket::tokio::time::{Instant, sleep, sleep_until};

use crate::Failure;
use crate::rules::{Rule, UNDISTURBED};
use crate::world::{Application, World, user};

/// How long an answer may take: stores and Logto together.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);

/// What may be answered while something is away: never that the application is broken.
const EXCUSABLE: [u16; 2] = [502, 503];

/// How many redirects a sign-in has at most.
const HOPS: usize = 8;

/// A browser of a user of its own, with one connection.
pub struct Browser {
    world: Arc<World>,
    at: usize,
    user: String,
    id: String,
    remote: Remote,
    dice: Dice,
    live: Option<Live>,
    /// The cookies of a session that has ended.
    ghost: Option<Cookies>,
}

/// A session.
struct Live {
    cookies: Cookies,
    session: String,
}

impl Browser {
    /// One of an application.
    ///
    /// # Errors
    ///
    /// If there is no such user.
    pub fn new(world: &Arc<World>, number: u64, seed: u64) -> Result<Self, Failure> {
        let at = usize::from(number % 2 == 1);
        let user = user(number);
        let id = world.idp.user_id(&user).ok_or("no such user")?;
        let site = format!("http://127.0.0.1:{}", world.applications[at].port);
        Ok(Self {
            world: Arc::clone(world),
            at,
            user,
            id,
            remote: Remote::new(http::browser(number), &site),
            dice: Dice::new(number ^ (seed << 32)),
            live: None,
            ghost: None,
        })
    }

    /// Does everything once, as well as it can.
    pub async fn do_all(mut self) {
        self.sign_in("/account", Cookies::new()).await;
        for path in ["/account", "/refresh", "/token"] {
            if let Some(live) = self.live.take() {
                self.read(live, path, "reads").await;
            }
        }
        self.call_as_a_program().await;
        if let Some(live) = self.live.take() {
            self.report_change(live).await;
        }
        if let Some(live) = self.live.take() {
            self.sign_out(live).await;
        }
        self.try_a_copy().await;
        self.sign_in("/vault", Cookies::new()).await;
        if let Some(live) = self.live.take() {
            self.report_end(live).await;
        }
    }

    /// Does what browsers do until then.
    pub async fn live(mut self, until: Instant) -> Self {
        // Not all at once.
        let pause = self.world.pause;
        sleep(self.dice.pause(pause / 2)).await;
        while Instant::now() < until && !self.world.is_over() {
            match (self.live.take(), self.dice.roll(100)) {
                (None, _) => self.sign_in("/account", Cookies::new()).await,
                (Some(live), 0..=44) => self.read(live, "/account", "reads").await,
                (Some(live), 45..=53) => self.read(live, "/refresh", "renewals").await,
                (Some(live), 54..=61) => self.read(live, "/token", "access tokens").await,
                (Some(live), 62..=71) => self.step_up(live).await,
                (Some(live), 72..=77) => self.report_change(live).await,
                (Some(live), 78..=81) => self.report_end(live).await,
                (Some(live), 82..=89) => self.sign_out(live).await,
                (Some(live), _) => {
                    self.live = Some(live);
                    self.call_as_a_program().await;
                }
            }
            self.try_a_copy().await;
            let wait = Instant::now() + self.dice.pause(pause);
            sleep_until(wait.min(until)).await;
        }
        self
    }

    /// Opens a page and follows redirects through the sign-in.
    async fn sign_in(&mut self, page: &str, cookies: Cookies) {
        let (asked, was_in) = (Instant::now(), !cookies.is_empty());
        let mut cookies = cookies;
        let Some(reply) = self.follow(page, &mut cookies).await else {
            return self.world.count("sign-ins broken by an outage");
        };
        match reply.body.split_once(' ') {
            Some((id, session)) if reply.status == 200 && !reply.body.starts_with('<') => {
                if id != self.id {
                    let why = format!("{} signed in as {}", self.id, reply.body);
                    return self.world.breach(Rule::WrongUser, why);
                }
                self.world.count(if was_in { "step-ups" } else { "sign-ins" });
                self.live = Some(Live { cookies, session: session.to_owned() });
            }
            _ if self.world.outages().touch(self.application().in_redis, asked) => {
                self.world.count("sign-ins broken by an outage");
            }
            _ => {
                let why = format!("{page}: {} {}", reply.status, code(&reply.body));
                self.world.breach(Rule::SignIn, why);
            }
        }
    }

    async fn follow(&mut self, page: &str, cookies: &mut Cookies) -> Option<Reply> {
        let mut path = page.to_owned();
        for _ in 0..HOPS {
            let reply = self.ask(Method::GET, &path, cookies).await?;
            if !matches!(reply.status, 302 | 303) {
                return Some(reply);
            }
            let location = if reply.location.starts_with(self.world.idp.endpoint()) {
                let callback = self.world.idp.authorize(&reply.location, &self.user).await;
                callback
                    .inspect_err(|error| self.world.breach(Rule::SignIn, error.to_string()))
                    .ok()?
            } else {
                reply.location
            };
            path = location.strip_prefix(&self.remote.site).unwrap_or(&location).to_owned();
        }
        self.world.breach(Rule::SignIn, format!("{page} redirects in a loop to {path}"));
        None
    }

    async fn read(&mut self, mut live: Live, path: &str, what: &str) {
        if let Some(reply) = self.ask(Method::GET, path, &mut live.cookies).await {
            let expected = format!("{} {}", self.id, live.session);
            match reply.status {
                200 if reply.body == expected => self.world.count(what),
                200 => {
                    let why = format!("{path}: {} instead of {expected}", reply.body);
                    return self.world.breach(Rule::WrongUser, why);
                }
                status => {
                    let name = self.application().name;
                    let why = format!("{name}, {path}: {status} to {expected} {}", reply.location);
                    return self.world.breach(Rule::SignedOut, why);
                }
            }
        }
        self.live = Some(live);
    }

    /// Opens a page that wants a recent sign-in. Where it is not recent enough, the browser signs in again.
    async fn step_up(&mut self, live: Live) {
        self.sign_in("/vault", live.cookies).await;
    }

    async fn sign_out(&mut self, mut live: Live) {
        let copy = live.cookies.clone();
        let reply = self.ask(Method::POST, "/auth/sign-out", &mut live.cookies).await;
        // Otherwise it may be in or out, and nothing is said of it.
        if reply.is_some_and(|reply| reply.status == 303) {
            self.world.count("sign-outs");
            self.ghost = Some(copy);
        }
    }

    /// Comes with a copy of the cookies of a session that has ended.
    async fn try_a_copy(&mut self) {
        let Some(mut cookies) = self.ghost.clone() else { return };
        let Some(reply) = self.ask(Method::GET, "/account", &mut cookies).await else { return };
        self.world.count("copies of ended sessions tried");
        if reply.status == 200 {
            let why = format!("{} is still in as {}", self.id, reply.body);
            self.world.breach(Rule::StillIn, why);
        }
    }

    async fn ask(&self, method: Method, path: &str, cookies: &mut Cookies) -> Option<Reply> {
        let request = self.request(method, path, cookies);
        let reply = self.send(path, request).await?;
        reply.give(cookies);
        Some(reply)
    }

    fn request(&self, method: Method, path: &str, cookies: &Cookies) -> RequestBuilder {
        self.remote.request(self.application().port, method, path, cookies)
    }

    /// The answer, unless there is none or a 5xx.
    async fn send(&self, path: &str, request: RequestBuilder) -> Option<Reply> {
        let asked = Instant::now();
        let Application { name, in_redis, .. } = *self.application();
        self.world.count("requests");
        let (is_excusable, why) = match Reply::to(request.timeout(ANSWER_TIMEOUT)).await {
            Ok(reply) if reply.status < 500 => {
                if !self.world.outages().touch(in_redis, asked) {
                    self.world.count(UNDISTURBED);
                    self.world.note_time(asked.elapsed());
                }
                return Some(reply);
            }
            Ok(reply) => (
                EXCUSABLE.contains(&reply.status),
                format!("{} {}", reply.status, code(&reply.body)),
            ),
            Err(error) => (true, error.to_string()),
        };
        self.world.count("not served");
        if !is_excusable || !self.world.outages().excuse(in_redis, asked) {
            let path = path.split('?').next().unwrap_or_default();
            let took = asked.elapsed();
            let why = format!("{name}, {path}: {why} after {took:?}");
            self.world.breach(Rule::Unserved, why);
        }
        None
    }

    fn application(&self) -> &Application {
        &self.world.applications[self.at]
    }
}

/// The code that a built-in page names, or else the beginning of the body.
fn code(body: &str) -> &str {
    let code = body.split("<code>").nth(1).and_then(|rest| rest.split('<').next());
    code.unwrap_or_else(|| body.lines().next().unwrap_or_default())
}
