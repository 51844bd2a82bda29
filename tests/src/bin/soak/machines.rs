//! [`Machines`]: the programs that call with access tokens of their own.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use logto_rocket::Resource;
use logto_rocket::testing::{Builder, Idp};
use logto_rocket_tests::http;
use rocket::tokio::time::Instant;
use serde_json::Value;

use crate::application::Orders;

/// How many programs there are.
const COUNT: usize = 20;

/// The scope that they call with, and their secret.
pub const SCOPE: &str = "read:orders";
const SECRET: &str = "machine-secret";

/// How long a program uses a token.
const USED: Duration = Duration::from_secs(20);

/// The access tokens of the programs.
#[derive(Default)]
pub struct Machines(Mutex<[Option<(String, Instant)>; COUNT]>);

impl Machines {
    /// Adds them to a provider.
    pub fn describe(provider: Builder) -> Builder {
        let permissions = [(Orders::URI, &[SCOPE] as &[_])];
        (0..COUNT).fold(provider, |provider, at| provider.machine(&name(at), SECRET, permissions))
    }

    /// The name of a program, and an access token of it; none while Logto gives none.
    pub async fn token(&self, idp: &Idp, roll: u64) -> Option<(String, String)> {
        let at = usize::try_from(roll).unwrap_or_default() % COUNT;
        let known = self.tokens()[at].clone();
        if let Some((token, _)) = known.filter(|(_, since)| since.elapsed() < USED) {
            return Some((name(at), token));
        }
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", &name(at)),
            ("client_secret", SECRET),
            ("resource", Orders::URI),
            ("scope", SCOPE),
        ];
        let request = http::client().post(format!("{}/oidc/token", idp.endpoint()));
        let answer = http::form(request, &fields).send().await.ok()?.text().await.ok()?;
        let answer: Value = serde_json::from_str(&answer).ok()?;
        let token = answer["access_token"].as_str()?.to_owned();
        self.tokens()[at] = Some((token.clone(), Instant::now()));
        Some((name(at), token))
    }

    /// Forgets all tokens.
    pub fn forget(&self) {
        *self.tokens() = Default::default();
    }

    fn tokens(&self) -> MutexGuard<'_, [Option<(String, Instant)>; COUNT]> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name(at: usize) -> String {
    format!("machine-{at}")
}
