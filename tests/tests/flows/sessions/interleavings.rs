//! Old cookies, lost answers, bursts, crashes, outages and sign-outs in random order: no session ends that should not, no
//! ended session revives, and no user gets the page of another.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::thread;
use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket_tests::app::{App, ORIGIN, config_for, launch};
use logto_rocket_tests::browser::{Answer, Browser, From};
use logto_rocket_tests::wait::until;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rocket::futures::future::join_all;
use rocket::http::Status;
use rocket::local::asynchronous::Client;

/// How many steps there are in all, in one world, and on how many threads.
const STEPS: usize = 100_000;
const STEPS_IN_A_WORLD: usize = 10_000;
const THREADS: usize = 2;

/// How many users there are.
const PEOPLE: usize = 6;

/// How many cookies of each are remembered, to be presented late.
const OLD_COOKIES: usize = 6;

/// For how long a process that has just started believes claims that it cannot know to be over.
const BELIEVED: u64 = 3600;

/// The longest for which nothing may be tried after an outage.
const PAUSE: u64 = 62;

type Cookies = BTreeMap<String, String>;

/// A user with a browser.
struct Person {
    username: &'static str,
    /// Their account page: their id, and that of their session.
    page: String,
    state: State,
    /// All cookies that the browser had, the newest last.
    cookies: VecDeque<Cookies>,
    /// Whether the browser has all that the process knows.
    is_synchronized: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    SignedIn,
    /// The process that knew the newest refresh token has crashed before the browser had it.
    Uncertain,
    /// Signed out at this time; and whether the process has crashed since.
    Out {
        at: u64,
        forgotten: bool,
    },
}

/// What the application may believe of Logto.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outage {
    None,
    Now,
    /// Logto has been back since then, and the application has not found out yet.
    Until(u64),
}

struct World {
    app: App,
    client: Client,
    random: StdRng,
    people: Vec<Person>,
    outage: Outage,
    /// The refresh tokens that Logto has received from this process since the clock was moved.
    used: HashSet<String>,
    /// Whether the answer to the next refresh gets lost.
    loses_answer: bool,
    /// How many answers came to a user who is signed in.
    welcomes: usize,
    seed: u64,
}

#[test]
fn a_hundred_thousand_steps_in_any_order_break_no_session() {
    let seed: u64 = rand::random();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let numbers = (0..STEPS / STEPS_IN_A_WORLD).skip(thread).step_by(THREADS);
            let seeds = numbers.map(move |number| seed.wrapping_add(number as u64));
            scope.spawn(|| rocket::async_test(live_through(seeds)));
        }
    });
}

async fn live_through(seeds: impl Iterator<Item = u64>) {
    for seed in seeds {
        let mut world = World::new(seed).await;
        for step in 0..STEPS_IN_A_WORLD {
            world.step(step).await;
        }
        assert!(world.welcomes > STEPS_IN_A_WORLD / 10, "world {seed}: {}", world.welcomes);
    }
}

impl World {
    async fn new(seed: u64) -> Self {
        let app = App::builder().provider(|provider| provider.rotating(true)).start().await;
        let client = launch(&app.clock, config_for(&app.idp), Vec::new()).await;
        let people = (0..PEOPLE).map(|number| Person {
            username: if number % 2 == 0 { "alice" } else { "bob" },
            page: String::new(),
            state: State::Out { at: 0, forgotten: false },
            cookies: VecDeque::new(),
            is_synchronized: true,
        });
        let people = people.collect();
        Self {
            app,
            client,
            random: StdRng::seed_from_u64(seed),
            people,
            outage: Outage::None,
            used: HashSet::new(),
            loses_answer: false,
            welcomes: 0,
            seed,
        }
    }

    async fn step(&mut self, step: usize) {
        let who = self.random.gen_range(0..PEOPLE);
        match self.random.gen_range(0..500) {
            0..300 => self.requests(step, who, 1).await,
            300..360 => self.requests(step, who, 4).await,
            360..453 => {
                let seconds = self.random.gen_range(1..600);
                self.notice_refreshes();
                self.used.clear();
                self.app.clock.advance(Duration::from_secs(seconds));
            }
            453..463 => self.sign_out(step, who).await,
            463..488 => self.sign_in(who).await,
            488..494 => {
                self.heal();
                self.app.idp.fault(Endpoint::Token, Fault::LoseAnswer);
                self.loses_answer = true;
            }
            494..499 => {
                self.heal();
                self.app.idp.fault(Endpoint::Token, Fault::Status(503)).times(2);
                self.outage = Outage::Now;
            }
            _ => self.crash().await,
        }
        if self.outage == Outage::Now && self.random.gen_bool(0.2) {
            self.heal();
        }
    }

    fn heal(&mut self) {
        self.app.idp.heal();
        self.loses_answer = false;
        if self.outage == Outage::Now {
            self.outage = Outage::Until(self.app.clock.now());
        }
    }

    /// Requests at once, each with some cookie that the browser once had. Some answers get lost.
    async fn requests(&mut self, step: usize, who: usize, count: usize) {
        let person = &self.people[who];
        if person.cookies.is_empty() {
            return;
        }
        let paths = ["/account", "/account", "/profile", "/missing"];
        let mut requests = Vec::new();
        for _ in 0..count {
            let newest = person.cookies.len() - 1;
            let old = self.random.gen_range(0..=newest);
            let which = if self.random.gen_bool(0.7) { newest } else { old };
            let path = paths[self.random.gen_range(0..paths.len())];
            requests.push((path, person.cookies[which].clone()));
        }
        self.notice_refreshes();
        let client = &self.client;
        let answers = join_all(requests.into_iter().map(|(path, cookies)| async move {
            let mut tab = Browser::new(client);
            tab.cookies = cookies;
            let answer = tab.open(path).await;
            (path, answer, tab.cookies)
        }));
        let answers = answers.await;
        let asked = self.notice_refreshes();
        let lost = self.random.gen_bool(0.2);
        let mut newest = None;
        for (path, answer, cookies) in answers {
            self.judge(step, who, path, &answer).await;
            newest = Some(cookies);
        }
        // Logto was asked when nothing kept the application from it any more, so it has found out.
        if let Outage::Until(back) = self.outage
            && self.app.clock.now() > back + PAUSE
            && asked
        {
            self.outage = Outage::None;
        }
        let person = &mut self.people[who];
        if person.state == State::SignedIn {
            if let Some(cookies) = newest.filter(|_| !lost) {
                person.remember(cookies);
            }
            // Of several answers the last need not be the newest.
            person.is_synchronized = !lost && count == 1;
        }
    }

    async fn judge(&mut self, step: usize, who: usize, path: &str, answer: &Answer) {
        let (now, seed) = (self.app.clock.now(), self.seed);
        let person = &mut self.people[who];
        let context =
            format!("world {seed}, step {step}, {:?} at {path}: {answer:?}", person.state);
        let is_in = match answer.status.code {
            200 | 404 => true,
            303 => false,
            503 => return self.assert_may_be_away(&context).await,
            _ => panic!("{context}"),
        };
        if is_in && path == "/account" {
            assert_eq!(answer.body, person.page, "{context}");
        }
        match person.state {
            State::SignedIn => {
                assert!(is_in, "{context}");
                self.welcomes += 1;
            }
            State::Uncertain if is_in => {}
            State::Uncertain => person.state = State::Out { at: now, forgotten: true },
            State::Out { at, forgotten } if is_in => {
                assert!(forgotten, "{context}");
                if now.saturating_sub(at) >= BELIEVED {
                    self.assert_may_be_away(&context).await;
                }
            }
            State::Out { .. } => {}
        }
    }

    /// Takes note of the refreshes that Logto has received, and says whether there were any. Where a refresh token comes
    /// a second time before the clock was moved, Logto has answered too late, as may be on a busy machine: that looks like
    /// an outage.
    fn notice_refreshes(&mut self) -> bool {
        let received = self.app.idp.requests();
        self.app.idp.forget_requests();
        let tokens = received.all().filter_map(|request| request.param("refresh_token"));
        let mut any = false;
        for token in tokens {
            any = true;
            if self.outage == Outage::Now || std::mem::take(&mut self.loses_answer) {
                self.used.remove(token);
            } else if !self.used.insert(token.to_owned()) {
                self.outage = Outage::Until(self.app.clock.now());
            }
        }
        any
    }

    /// Asserts that the application may believe that Logto does not answer.
    async fn assert_may_be_away(&mut self, context: &str) {
        let is_away = async || {
            self.notice_refreshes();
            self.outage != Outage::None
        };
        until(&format!("there is a reason for this: {context}"), is_away).await;
    }

    async fn sign_in(&mut self, who: usize) {
        if self.people[who].state == State::SignedIn {
            return;
        }
        self.heal();
        let person = &mut self.people[who];
        let mut browser = Browser::new(&self.client);
        let back = browser.sign_in(&self.app.idp, person.username, "/").await;
        assert_eq!(back.status, Status::SeeOther, "{back:?}");
        person.page = browser.open("/account").await.body;
        person.cookies.clear();
        person.state = State::SignedIn;
        person.is_synchronized = true;
        person.remember(browser.cookies);
    }

    async fn sign_out(&mut self, step: usize, who: usize) {
        if self.people[who].state != State::SignedIn {
            return;
        }
        let mut browser = Browser::new(&self.client);
        browser.cookies.clone_from(self.people[who].cookies.back().expect("cookies"));
        let answer = browser.post("/auth/sign-out", From::OwnPage, ORIGIN).await;
        assert_eq!(answer.status, Status::SeeOther, "world {}, step {step}", self.seed);
        self.people[who].state = State::Out { at: self.app.clock.now(), forgotten: false };
    }

    /// The process ends, and another one begins. Requests that were under way are gone with it.
    async fn crash(&mut self) {
        self.client = launch(&self.app.clock, config_for(&self.app.idp), Vec::new()).await;
        self.used.clear();
        for person in &mut self.people {
            match &mut person.state {
                State::SignedIn if !person.is_synchronized => person.state = State::Uncertain,
                State::Out { forgotten, .. } => *forgotten = true,
                _ => {}
            }
            let newest = person.cookies.pop_back();
            person.cookies = newest.into_iter().collect();
        }
    }
}

impl Person {
    fn remember(&mut self, cookies: Cookies) {
        self.cookies.push_back(cookies);
        if self.cookies.len() > OLD_COOKIES {
            self.cookies.pop_front();
        }
    }
}
