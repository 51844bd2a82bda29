//! What a browser does besides in the place of Logto and of programs.

use std::time::{Duration, UNIX_EPOCH};

use logto_rocket::testing::SignedWebhook;
use logto_rocket_tests::remote::Cookies;
use reqwest::Method;
use rocket::tokio::time::sleep;
use serde_json::json;

use super::{Browser, Live};
use crate::rules::Rule;

/// What is signed in within the second of a report has ended, too.
const SECOND: Duration = Duration::from_millis(1100);

impl Browser {
    /// Logto reports that the user's data have changed: the next request has claims confirmed.
    pub(super) async fn report_change(&mut self, live: Live) {
        if self.report("User.Data.Updated").await {
            self.world.count("reported changes");
        }
        self.read(live, "/account", "reads").await;
    }

    /// Logto reports that the user's password was reset: the session has ended.
    pub(super) async fn report_end(&mut self, live: Live) {
        if self.report("PostResetPassword").await {
            self.world.count("reported ends");
            self.ghost = Some(live.cookies);
        }
        sleep(SECOND).await;
    }

    /// Whether a webhook was taken.
    async fn report(&mut self, event: &str) -> bool {
        let at = UNIX_EPOCH + Duration::from_secs(self.world.now());
        let body = json!({
            "event": event,
            "createdAt": humantime::format_rfc3339_millis(at).to_string(),
            "userId": self.id,
            "path": format!("/users/{}", self.id),
            "matchedRoute": "/users/:userId",
            "params": { "userId": self.id },
            "data": { "id": self.id, "isSuspended": false },
        });
        let webhook = self.world.idp.sign_webhook(&body.to_string());
        let path = "/auth/webhook";
        let request = self.request(Method::POST, path, &Cookies::new());
        let request = request.header(SignedWebhook::HEADER, webhook.signature);
        let request = request.header("Content-Type", "application/json").body(webhook.body);
        let Some(reply) = self.send(path, request).await else { return false };
        if reply.status != 204 {
            self.world.breach(Rule::StillIn, format!("{event} was answered by {}", reply.status));
        }
        reply.status == 204
    }

    pub(super) async fn call_as_a_program(&mut self) {
        let roll = self.dice.roll(u64::MAX);
        let Some((name, token)) = self.world.machines.token(&self.world.idp, roll).await else {
            return self.world.count("programs without a token in an outage");
        };
        let request = self.request(Method::GET, "/orders", &Cookies::new());
        let request = request.header("Authorization", format!("Bearer {token}"));
        let Some(reply) = self.send("/orders", request).await else { return };
        match reply.status {
            200 if reply.body == name => self.world.count("calls of programs"),
            200 => {
                let why = format!("{name} was called {}", reply.body);
                self.world.breach(Rule::WrongUser, why);
            }
            status => self.world.breach(Rule::SignedOut, format!("{name} got {status}")),
        }
    }
}
