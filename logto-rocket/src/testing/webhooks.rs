use std::fmt::Write as _;
use std::time::{Duration, UNIX_EPOCH};

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use rand::Rng as _;
use rand::distributions::Alphanumeric;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};

use super::idp::Idp;
use super::state::State;
use super::user::User;

/// How long Logto waits for a receiver.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How many webhooks are kept for a test that asks for them.
const MAX_KEPT: usize = 1_000;

/// A webhook as Logto posts it, signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedWebhook {
    /// The JSON.
    pub body: String,
    /// The value of the header [`SignedWebhook::HEADER`]: 64 hexadecimal digits.
    pub signature: String,
}

/// What the provider knows of webhooks.
pub(super) struct Webhooks {
    key: String,
    url: Option<String>,
    made: Vec<SignedWebhook>,
}

impl SignedWebhook {
    /// The header with the signature.
    pub const HEADER: &'static str = "logto-signature-sha-256";

    async fn post(self, url: String) {
        let client = reqwest::Client::builder()
            .use_rustls_tls()
            .no_proxy()
            .tls_built_in_root_certs(false)
            .timeout(TIMEOUT);
        if let Ok(client) = client.build() {
            let request = client
                .post(url)
                .header(CONTENT_TYPE, "application/json")
                .header(Self::HEADER, self.signature)
                .body(self.body);
            request.send().await.ok();
        }
    }
}

impl Webhooks {
    pub(super) fn new(url: Option<String>) -> Self {
        let random = rand::thread_rng().sample_iter(Alphanumeric).take(32);
        Self { key: random.map(char::from).collect(), url, made: Vec::new() }
    }
}

/// Webhooks. The provider reports what Logto reports: suspensions and deletions, changes of a user's data,
/// memberships that end, passwords that are reset, roles that are deleted. As with Logto, it reports nothing
/// when a user gets or loses a role.
impl Idp {
    /// The signing key of the webhooks: 32 characters, for `webhook.signing_keys`.
    pub fn webhook_signing_key(&self) -> String {
        self.state().webhooks.key.clone()
    }

    /// Posts webhooks to this URL from now on, each once and in a task of its own. Earlier events are not
    /// posted.
    pub fn post_webhooks_to(&self, url: &str) {
        self.state().webhooks.url = Some(url.to_owned());
    }

    /// The webhooks since the last call of this function, posted or not, oldest first. A test can send them to
    /// an application that does not listen on the network.
    pub fn webhooks(&self) -> Vec<SignedWebhook> {
        std::mem::take(&mut self.state().webhooks.made)
    }

    /// A webhook with a body of the test's own, signed as Logto signs.
    pub fn sign_webhook(&self, body: &str) -> SignedWebhook {
        self.state().signed(body.to_owned())
    }

    /// Makes and posts the webhook that the test button in Logto's console sends for an event.
    pub fn test_webhook(&self, event: &str) {
        self.report(event, |_| {
            json!({
                "userAgent": "fake-user-agent",
                "path": "/fake-path/:id",
                "method": "POST",
                "status": 200,
                "params": { "id": "fake-id" },
                "data": { "result": "success" },
            })
        });
    }

    /// Deletes a user with all sessions and tokens.
    pub fn delete(&self, username: &str) {
        let mut state = self.state();
        let Some(place) = state.users.iter().position(|user| user.username() == username) else {
            return;
        };
        let user = state.users.remove(place);
        state.sessions.retain(|_, session| session.user != user.id());
        drop(state);
        let path = format!("/users/{}", user.id());
        self.report("User.Deleted", |_| {
            of_user(user.id(), "DELETE", &path, "/users/:userId", &data_of(&user))
        });
    }

    /// Resets the password of a user, as after a forgotten password. Sessions and refresh tokens stay valid, as
    /// with Logto.
    pub fn reset_password(&self, username: &str) {
        let Some(user) = self.state().user_named(username).cloned() else { return };
        self.report("PostResetPassword", |state| {
            json!({
                "interactionEvent": "ForgotPassword",
                "sessionId": super::state::random(),
                "userId": user.id(),
                "userIp": "127.0.0.1",
                "user": data_of(&user),
                "application": { "id": state.settings.apps.first().map(|app| &app.id) },
            })
        });
    }

    /// Deletes a global role, which all users lose.
    pub fn delete_role(&self, role: &str) {
        self.state().users.iter_mut().for_each(|user| user.remove_role(role));
        self.report("Role.Deleted", |_| {
            json!({
                "path": format!("/roles/{role}"),
                "method": "DELETE",
                "status": 204,
                "params": { "0": format!("/{role}"), "id": role },
                "matchedRoute": "/roles/:id",
            })
        });
    }

    /// Reports a change of a user by the Management API.
    pub(super) fn report_user(&self, event: &str, username: &str, below: &str, data: Data) {
        let Some(user) = self.state().user_named(username).cloned() else { return };
        let path = format!("/users/{}{below}", user.id());
        let data = match data {
            Data::User => data_of(&user),
            Data::CustomData => user.all_custom_data().clone(),
        };
        let route = format!("/users/:userId{below}");
        self.report(event, |_| of_user(user.id(), "PATCH", &path, &route, &data));
    }

    /// Reports that a user has left an organization.
    pub(super) fn report_left(&self, username: &str, organization: &str) {
        let Some(user) = self.user_id(username) else { return };
        self.report("Organization.Membership.Updated", |_| {
            json!({
                "path": format!("/organizations/{organization}/users/{user}"),
                "method": "DELETE",
                "status": 204,
                "params": { "id": organization, "userId": user },
                "matchedRoute": "/organizations/:id/users/:userId",
                "organizationId": organization,
                "removedUserIds": [user],
            })
        });
    }

    fn report(&self, event: &str, parts: impl FnOnce(&State) -> Value) {
        let mut state = self.state();
        let mut body = Map::new();
        let at = UNIX_EPOCH + Duration::from_secs(state.now());
        body.insert("event".into(), event.into());
        body.insert("createdAt".into(), humantime::format_rfc3339_millis(at).to_string().into());
        body.insert("hookId".into(), "dzwycvopzvn8xq905bgql".into());
        if let Value::Object(parts) = parts(&state) {
            body.extend(parts);
        }
        let webhook = state.signed(Value::Object(body).to_string());
        let made = &mut state.webhooks.made;
        made.push(webhook.clone());
        if made.len() > MAX_KEPT {
            made.remove(0);
        }
        if let Some(url) = state.webhooks.url.clone() {
            // Logto answers first, and posts then.
            self.background.spawn(webhook.post(url));
        }
    }
}

impl State {
    fn signed(&self, body: String) -> SignedWebhook {
        let key = Key::new(HMAC_SHA256, self.webhooks.key.as_bytes());
        let tag = sign(&key, body.as_bytes());
        let signature = tag.as_ref().iter().fold(String::new(), |mut digits, byte| {
            write!(digits, "{byte:02x}").ok();
            digits
        });
        SignedWebhook { body, signature }
    }
}

/// What the member `data` of a webhook is.
#[derive(Clone, Copy)]
pub(super) enum Data {
    User,
    CustomData,
}

fn of_user(id: &str, method: &str, path: &str, route: &str, data: &Value) -> Value {
    json!({
        "userAgent": "node",
        "ip": "127.0.0.1",
        "path": path,
        "method": method,
        "status": 200,
        "params": { "userId": id },
        "matchedRoute": route,
        "data": data,
    })
}

fn data_of(user: &User) -> Value {
    json!({
        "id": user.id(),
        "username": user.username(),
        "name": user.name_if_any(),
        "customData": user.all_custom_data(),
        "identities": {},
        "createdAt": user.created_at,
        "updatedAt": user.updated_at,
        "isSuspended": user.suspended,
    })
}
