//! Starting a provider, and what one has that is not described.

use rocket::Config;
use serde_json::json;

use super::Builder;
use crate::testing::background::Background;
use crate::testing::error::IdpError;
use crate::testing::idp::Idp;
use crate::testing::keys::Keys;
use crate::testing::management::MANAGEMENT_API;
use crate::testing::permitted::permitted;
use crate::testing::server::Server;
use crate::testing::shared::Shared;
use crate::testing::state::State;
use crate::testing::user::User;

impl Idp {
    /// Starts a provider with the users alice (role `admin`, a full profile, the organization `org_1` as
    /// `org-admin`) and bob (with only a user name), the application `test_app`, and the API resource
    /// `https://api.example.test/orders`, on which `admin` has `read:orders` and `write:orders`. In `org_1`,
    /// `org-admin` has `invite:member` and `manage:billing`.
    ///
    /// ```
    /// # rocket::async_test(async {
    /// let idp = logto_rocket::testing::Idp::start().await?;
    /// assert!(idp.endpoint().starts_with("http://127.0.0.1:"));
    /// # Ok::<(), logto_rocket::testing::IdpError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Builder::start`].
    pub async fn start() -> Result<Self, IdpError> {
        Self::builder().start().await
    }

    /// [`start`](Self::start) for a test without an asynchronous runtime, such as a test with Rocket's blocking
    /// client; see [`Builder::start_blocking`].
    ///
    /// # Errors
    ///
    /// Those of [`Builder::start`].
    pub fn start_blocking() -> Result<Self, IdpError> {
        Self::builder().start_blocking()
    }

    /// Describes a provider of your own.
    pub fn builder() -> Builder {
        Builder::new()
    }
}

impl Builder {
    /// Starts the provider on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// [`IdpError::Profile`] and [`IdpError::ReleaseBuild`] outside Rocket's debug profile and in builds
    /// without debug assertions, [`IdpError::Description`] if two users have the same name or id, or two applications or
    /// organizations have the same id, [`IdpError::Keys`] if no key can be made, and [`IdpError::Launch`] if the server cannot start.
    pub async fn start(self) -> Result<Idp, IdpError> {
        let (shared, background) = self.prepared()?;
        let server = Server::launch(&background, &shared, 0).await?;
        Ok(Idp::new(shared, server, background))
    }

    /// [`start`](Self::start) for a test without an asynchronous runtime, such as a test with Rocket's blocking
    /// client. It blocks the thread until the provider has started. The provider runs in a thread of its own,
    /// so that it answers while the test sends requests.
    ///
    /// ```
    /// use logto_rocket::testing::{Idp, User};
    ///
    /// let idp = Idp::builder().user(User::new("carol")).start_blocking()?;
    /// assert!(idp.user_id("carol").is_some());
    /// # Ok::<(), logto_rocket::testing::IdpError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`start`](Self::start).
    pub fn start_blocking(self) -> Result<Idp, IdpError> {
        let (shared, background) = self.prepared()?;
        let server = Server::launch_blocking(&background, &shared, 0)?;
        Ok(Idp::new(shared, server, background))
    }

    fn prepared(self) -> Result<(Shared, Background), IdpError> {
        permitted(Config::figment().profile(), cfg!(debug_assertions))?;
        let keys = Keys::generate(self.signing)?;
        Ok((Shared::new(self.state(keys)?), Background::start()?))
    }

    /// What such a provider knows before it starts.
    pub(in crate::testing) fn state(self, keys: Keys) -> Result<State, IdpError> {
        let Self { mut settings, mut users, clock, .. } = self.with_defaults();
        if let Some(name) = repeated(users.iter().map(User::username)) {
            return Err(IdpError::Description(format!("two users are called `{name}`")));
        }
        if let Some(id) = repeated(users.iter().map(User::id)) {
            return Err(IdpError::Description(format!("two users have the id `{id}`")));
        }
        if let Some(id) = repeated(settings.apps.iter().map(|app| app.id.as_str())) {
            return Err(IdpError::Description(format!("two applications have the id `{id}`")));
        }
        if let Some(id) = repeated(settings.organizations.iter().map(|it| it.id.as_str())) {
            return Err(IdpError::Description(format!("two organizations have the id `{id}`")));
        }
        for user in &mut users {
            user.created_at = clock.now() * 1000;
            user.updated_at = user.created_at;
        }
        // The application of the handle is one that people can sign in to.
        settings.apps.sort_by_key(|app| app.machine.is_some());
        Ok(State::new(settings, users, keys, clock))
    }

    fn with_defaults(mut self) -> Self {
        const ORDERS: &str = "https://api.example.test/orders";
        if self.users.is_empty() {
            self.users = vec![alice(), User::new("bob")];
            self = self.organization("org_1", "Acme", "Acme Inc");
        }
        if self.settings.apps.iter().all(|app| app.machine.is_some()) {
            self = self.app("test_app", "test_secret");
        }
        if self.settings.resources.is_empty() {
            self = self.resource(ORDERS, &["read:orders", "write:orders", "delete:orders"]);
        }
        if self.settings.roles.is_empty() {
            self = self
                .role("admin", ORDERS, &["read:orders", "write:orders"])
                .organization_role("org-admin", &["invite:member", "manage:billing"]);
        }
        // Logto's Management API is there always.
        self.resource(MANAGEMENT_API, &["all"])
    }
}

fn alice() -> User {
    User::new("alice")
        .name("Alice Liddell")
        .email("alice@example.test")
        .phone("15551234567")
        .picture("https://example.test/alice.png")
        .profile("family_name", "Liddell")
        .profile("given_name", "Alice")
        .profile("nickname", "al")
        .profile("website", "https://alice.example.test")
        .profile("birthdate", "1990-05-04")
        .profile("zoneinfo", "Europe/London")
        .profile("locale", "en-GB")
        .profile("address", json!({ "country": "GB", "formatted": "1 Rabbit Hole, Oxford" }))
        .custom_data(json!({ "plan": "gold", "theme": { "dark": true } }))
        .role("admin")
        .organization("org_1", ["org-admin"])
}

fn repeated<'a>(mut names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = std::collections::HashSet::new();
    names.find(|name| !seen.insert(*name))
}
