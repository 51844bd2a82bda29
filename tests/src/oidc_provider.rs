//! [`Provider`]: oidc-provider, on which Logto is built, in a process of its own on Node.js.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use crate::http;
use crate::jar::Jar;
use crate::node;
use crate::prerequisites::{available, directory, missing_node};

/// The application id that [`Provider`] knows.
pub const CLIENT_ID: &str = "test-app";

/// The secret of that application.
pub const CLIENT_SECRET: &str = "test-secret";

/// The id of the second application, if there is one; its secret is [`CLIENT_SECRET`].
pub const SECOND_CLIENT_ID: &str = "second-app";

/// The machine-to-machine application that [`Provider`] knows besides; it has all scopes.
pub const MACHINE_ID: &str = "test-machine";

/// The secret of that application.
pub const MACHINE_SECRET: &str = "machine-secret";

/// The organization that `alice` owns at [`Provider`]; its permissions are `read:invoices` and `write:invoices`.
pub const ORGANIZATION: &str = "acme00000001";

/// How a [`Provider`] is set up.
#[derive(Debug, Clone)]
pub struct ProviderOptions {
    /// The origin of the application, whose addresses under `/auth` are registered; no slash at the end.
    pub base_url: String,
    /// The origin of a second application, which is told of the end of sessions; there is none without it.
    pub second_base_url: Option<String>,
    /// The PEM files of a certificate and of its key, with which it speaks TLS.
    pub tls: Option<[PathBuf; 2]>,
    /// Rotates refresh tokens at each use. Otherwise they change late in their life, as Logto does it for web applications.
    pub rotate: bool,
    /// For how long a rotated refresh token still works. After it, using the token again ends the grant.
    pub reuse_grace: Duration,
    /// Posts a logout token to the application when a session ends, and puts `sid` into ID tokens.
    pub backchannel_logout: bool,
    /// Signs users in afresh where the application asks for that. Otherwise it ignores `prompt` and `max_age`.
    pub step_up: bool,
    /// API resources, each with its scopes, separated by spaces. An admin has all of them, other users none.
    pub resources: Vec<(String, String)>,
}

impl Default for ProviderOptions {
    fn default() -> Self {
        Self {
            base_url: "http://127.0.0.1:8000".into(),
            second_base_url: None,
            tls: None,
            rotate: false,
            reuse_grace: Duration::from_secs(3),
            backchannel_logout: false,
            step_up: true,
            resources: vec![(
                "https://orders.example.test".into(),
                "read:orders write:orders".into(),
            )],
        }
    }
}

/// oidc-provider on 127.0.0.1, set up as Logto does it. It ends when this is dropped, or with this process.
///
/// `alice` is an admin with a full profile and [`ORGANIZATION`]; `bob` has a user name and nothing else.
/// `GET {origin}/_counts` counts what it served, `POST {origin}/_users/alice` with `{"suspended": true}` or `{"roles": []}`
/// changes a user.
#[derive(Debug)]
pub struct Provider {
    child: Child,
    origin: String,
}

impl Provider {
    /// Starts a provider on a free port and waits until it listens; `None` if this machine cannot and need not.
    ///
    /// # Panics
    ///
    /// If it cannot be started although it must (see [`required`](crate::prerequisites::required)), or ends before it listens.
    pub fn start(options: &ProviderOptions) -> Option<Self> {
        let directory = directory("provider");
        available(missing_node(&directory, "oidc-provider"))?;
        let ProviderOptions {
            base_url,
            second_base_url,
            tls,
            rotate,
            reuse_grace,
            backchannel_logout,
            step_up,
            resources,
        } = options;
        let mut command = Command::new("node");
        command
            .arg("provider.mjs")
            .current_dir(&directory)
            .env("PORT", "0")
            .env("CLIENT_ID", CLIENT_ID)
            .env("CLIENT_SECRET", CLIENT_SECRET)
            .env("MACHINE_ID", MACHINE_ID)
            .env("MACHINE_SECRET", MACHINE_SECRET)
            .env("REDIRECT_URI", format!("{base_url}/auth/sign-in-callback"))
            .env("POST_LOGOUT_REDIRECT_URI", format!("{base_url}/auth/sign-out-callback"))
            .env("ROTATE", if *rotate { "1" } else { "0" })
            .env("STEP_UP", if *step_up { "1" } else { "0" })
            .env("REUSE_GRACE", reuse_grace.as_millis().to_string())
            .env("RESOURCES", json_object(resources))
            .env_remove("BACKCHANNEL_LOGOUT_URI")
            .envs(second_base_url.as_ref().map(|origin| ("SECOND_BASE_URL", origin)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if *backchannel_logout {
            command.env("BACKCHANNEL_LOGOUT_URI", format!("{base_url}/auth/backchannel-logout"));
        }
        if let Some([certificate, key]) = tls {
            command.env("TLS_CERTIFICATE", certificate).env("TLS_KEY", key);
        }
        let mut child = command.spawn().expect("node starts");
        let origin = node::listening(&mut child);
        Some(Self { child, origin })
    }

    /// `http://127.0.0.1:<port>`, with `https` if it speaks TLS: what Logto calls the endpoint.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The issuer, as discovery names it.
    pub fn issuer(&self) -> String {
        format!("{}/oidc", self.origin)
    }

    /// Goes through an authorization URL as a browser without cookies and as this user, and answers with the URL that
    /// the browser is sent back to.
    ///
    /// # Panics
    ///
    /// If the provider does not let the user in.
    pub async fn authorize(&self, url: &str, username: &str) -> Url {
        let mut jar = Jar::default();
        let (page, _) = jar.open(url, None).await;
        assert_eq!(page.path(), "/sign-in", "{page}");
        let (back, _) = jar.open(page.as_str(), Some(&[("username", username)])).await;
        assert!(!back.as_str().starts_with(self.origin()), "{back}");
        back
    }

    /// How many requests with this grant type the token endpoint has served.
    ///
    /// # Panics
    ///
    /// If the provider does not answer.
    pub async fn token_requests(&self, grant_type: &str) -> u64 {
        self.count(&format!("token:{grant_type}")).await
    }

    /// How many requests for its keys it has served.
    ///
    /// # Panics
    ///
    /// If the provider does not answer.
    pub async fn key_requests(&self) -> u64 {
        self.count("jwks").await
    }

    /// How many requests the revocation endpoint has served.
    ///
    /// # Panics
    ///
    /// If the provider does not answer.
    pub async fn revocations(&self) -> u64 {
        self.count("token/revocation").await
    }

    async fn count(&self, served: &str) -> u64 {
        let counts = http::client().get(format!("{}/_counts", self.origin)).send().await;
        let counts = counts.expect("an answer").text().await.expect("a text");
        let counts: Value = serde_json::from_str(&counts).expect("JSON");
        counts[served].as_u64().unwrap_or_default()
    }

    /// Moves its time ahead, by whole seconds.
    ///
    /// # Panics
    ///
    /// If the provider does not answer.
    pub async fn advance(&self, time: Duration) {
        self.command("_time", &json!({ "seconds": time.as_secs() })).await;
    }

    /// Signs with a new key from now on, and publishes so many of the old ones besides.
    ///
    /// # Panics
    ///
    /// If the provider does not answer.
    pub async fn rotate_keys(&self, old: u32) {
        self.command("_keys", &json!({ "old": old })).await;
    }

    /// Changes the record of a user.
    ///
    /// # Panics
    ///
    /// If the provider does not answer, or knows no such user.
    pub async fn change_user(&self, username: &str, record: &Value) {
        self.command(&format!("_users/{username}"), record).await;
    }

    async fn command(&self, path: &str, body: &Value) {
        let request = http::client().post(format!("{}/{path}", self.origin));
        let done = request.body(body.to_string()).send().await.expect("an answer");
        assert_eq!(done.status(), 200, "{path}");
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // The wait closes its stdin first, at which it ends by itself.
        let _ = self.child.wait();
    }
}

/// The pairs as a JSON object; Rust's escapes for plain ASCII text are JSON's.
fn json_object(pairs: &[(String, String)]) -> String {
    let members: Vec<_> = pairs.iter().map(|(name, value)| format!("{name:?}:{value:?}")).collect();
    format!("{{{}}}", members.join(","))
}
