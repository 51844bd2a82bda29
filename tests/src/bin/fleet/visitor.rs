//! [`Visitor`]: a browser that signs in, reads, refreshes and signs out.

use std::sync::Arc;
use std::time::Duration;

use logto_rocket_tests::dice::Dice;
use logto_rocket_tests::remote::{Cookies, Reply};
use reqwest::Method;
use rocket::futures::future::join;
use rocket::tokio::time::{Instant, sleep};

use crate::rules::Rule;
use crate::user::{Ghost, Live, User};
use crate::world::World;

/// How often a callback is opened again that was not served, and how long it is until then.
const RELOADS: usize = 8;
const RELOAD_BACKOFF: Duration = Duration::from_millis(500);

/// A browser of a user.
pub struct Visitor {
    world: Arc<World>,
    number: u64,
    dice: Dice,
}

impl Visitor {
    pub fn new(world: Arc<World>, number: u64) -> Self {
        Self { world, number, dice: Dice::new(number) }
    }

    /// Does what browsers do until then.
    pub async fn live(mut self, until: Instant) {
        let world = Arc::clone(&self.world);
        let user = &world.users[usize::try_from(self.number / 2).unwrap_or_default()];
        // Not all at once.
        sleep(self.pause() / 2).await;
        while Instant::now() < until {
            let is_in = user.live.read().await.contains_key(&self.number);
            match (is_in, self.dice.roll(100)) {
                (false, _) => self.sign_in(user).await,
                (true, 0..=69) => self.read(user, "/account").await,
                (true, 70..=79) => self.read(user, "/refresh").await,
                (true, 80..=96) => self.sign_out(user).await,
                (true, _) => self.sign_out_everywhere(user).await,
            }
            self.try_a_copy().await;
            sleep(self.pause()).await;
        }
    }

    async fn read(&mut self, user: &User, path: &str) {
        let live = user.live.read().await;
        let Some(own) = live.get(&self.number) else { return };
        if path == "/account" {
            self.world.check_live(user, own).await;
        } else if let Some(answer) =
            self.world.ask(Method::GET, path, &mut own.cookies.clone()).await
        {
            self.world.count("refreshes");
            if answer.status == 200 && answer.body != format!("{} {}", user.id, own.session) {
                self.world.breach(Rule::WrongUser, format!("{} for {}", answer.body, user.id));
            }
        }
    }

    /// Signs in, half the time with two callbacks at two processes, as browsers do that restore their tabs.
    async fn sign_in(&mut self, user: &User) {
        let mut live = user.live.write().await;
        let mut cookies = Cookies::new();
        let path = "/auth/sign-in?return_to=/account";
        let Some(start) = self.world.ask(Method::GET, path, &mut cookies).await else { return };
        let callback = self.world.idp.authorize(&start.location, &user.name).await;
        let Ok(callback) = callback else {
            let why = format!("{} to {}: {:?}", start.status, start.location, callback.err());
            return self.world.breach(Rule::SignIn, why);
        };
        let callback = callback.trim_start_matches(&self.world.remote.site).to_owned();
        let is_served = self.call_back(&callback, &mut cookies).await;
        let account = match self.world.ask(Method::GET, "/account", &mut cookies).await {
            Some(account) if account.status == 200 => account,
            Some(account) if is_served => {
                let why = format!("{}: {} after the callback", user.name, account.status);
                return self.world.breach(Rule::SignIn, why);
            }
            _ => return self.world.count("sign-ins given up"),
        };
        self.world.count("sign-ins");
        match account.body.split_once(' ') {
            Some((id, session)) if id == user.id => {
                let (session, since) = (session.to_owned(), Instant::now());
                live.insert(self.number, Live { cookies, session, since });
            }
            _ => {
                let why = format!("{} signed in as {}", user.name, account.body);
                self.world.breach(Rule::WrongUser, why);
            }
        }
    }

    /// Whether all callbacks were answered at once, with a session or onward.
    async fn call_back(&mut self, callback: &str, cookies: &mut Cookies) -> bool {
        let world = Arc::clone(&self.world);
        let (mut is_served, mut is_in) = (true, false);
        let mut note = |answer: Option<Reply>, cookies: &mut Cookies| match answer {
            None => is_served = false,
            Some(answer) => {
                answer.give(cookies);
                is_in |= answer.status == 303;
                if !matches!(answer.status, 200 | 303) && is_served {
                    let code = answer.body.split("<code>").last().unwrap_or_default();
                    let code = code.split('<').next().unwrap_or_default();
                    world.breach(Rule::SignIn, format!("a callback: {} {code}", answer.status));
                }
            }
        };
        if self.dice.roll(2) == 0 {
            let (mut one, mut two) = (cookies.clone(), cookies.clone());
            let first = self.world.ask(Method::GET, callback, &mut one);
            let second = self.world.ask(Method::GET, callback, &mut two);
            let (first, second) = join(first, second).await;
            note(first, cookies);
            note(second, cookies);
            self.world.count("sign-ins called back twice");
        } else {
            let mut own = cookies.clone();
            let answer = self.world.ask(Method::GET, callback, &mut own).await;
            note(answer, cookies);
        }
        for _ in 0..RELOADS {
            if is_in {
                break;
            }
            sleep(RELOAD_BACKOFF).await;
            let answer = self.world.ask(Method::GET, callback, cookies).await;
            is_in = answer.is_some();
        }
        is_served
    }

    async fn sign_out(&mut self, user: &User) {
        let mut live = user.live.write().await;
        let Some(own) = live.remove(&self.number) else { return };
        let answer = self.world.ask(Method::POST, "/auth/sign-out", &mut own.cookies.clone()).await;
        if answer.is_some_and(|answer| answer.status == 303) {
            self.world.count("sign-outs");
            self.end(user, own);
        }
        // Otherwise it may be in or out, and nothing is said of it.
    }

    async fn sign_out_everywhere(&mut self, user: &User) {
        let mut live = user.live.write().await;
        let Some(mut cookies) = live.get(&self.number).map(|own| own.cookies.clone()) else {
            return;
        };
        let answer = self.world.ask(Method::POST, "/end-all", &mut cookies).await;
        let all = std::mem::take(&mut *live);
        if answer.is_some_and(|answer| answer.status == 200) {
            self.world.count("sign-outs everywhere");
            for own in all.into_values() {
                self.end(user, own);
            }
        }
        // What is signed in within this second has ended, too.
        sleep(Duration::from_millis(1100)).await;
    }

    fn end(&self, user: &User, live: Live) {
        let Live { cookies, .. } = live;
        let ghost = Ghost { cookies, user: user.name.clone(), ended: Instant::now() };
        self.world.ghosts().push(Arc::new(ghost));
    }

    /// Comes with a copy of the cookies of a session that has ended.
    async fn try_a_copy(&mut self) {
        let roll = self.dice.roll(u64::MAX);
        let ghost = {
            let ghosts = self.world.ghosts();
            let at = usize::try_from(roll).unwrap_or_default().checked_rem(ghosts.len());
            at.map(|at| Arc::clone(&ghosts[at]))
        };
        if let Some(ghost) = ghost {
            self.world.check_ghost(&ghost).await;
        }
    }

    /// How long it is between two actions: that of the world on the average.
    fn pause(&mut self) -> Duration {
        self.dice.pause(self.world.pause)
    }
}
