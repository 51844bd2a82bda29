//! [`ProviderUnderTest`]: the provider of the other tests, or oidc-provider, with one interface.

use std::time::Duration;

use logto_rocket::testing::{Idp, Signing, Tamper, User};
use logto_rocket::{Clock, Config, Logto};
use logto_rocket_tests::app::{ORIGIN, rocket};
use logto_rocket_tests::browser::{Answer, Browser, From};
use logto_rocket_tests::http;
use logto_rocket_tests::jar::Jar;
use logto_rocket_tests::oidc_provider::{
    CLIENT_ID, CLIENT_SECRET, ORGANIZATION, Provider, ProviderOptions,
};
use rocket::Route;
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use serde_json::{Value, json};
use url::Url;

/// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The API resource that both providers know.
pub const RESOURCE: &str = "https://orders.example.test";

/// A provider, and what it is called in a message.
pub struct ProviderUnderTest {
    pub name: &'static str,
    pub issuer: String,
    origin: String,
    id: String,
    secret: String,
    kind: Kind,
}

enum Kind {
    InProcess(Idp, Clock),
    OidcProvider(Provider),
}

impl ProviderUnderTest {
    /// The provider of the other tests, and the real one where it is installed.
    pub async fn both() -> Vec<Self> {
        Self::both_with(ProviderOptions::default()).await
    }

    /// The same two, neither of which signs a user in afresh.
    pub async fn both_without_step_up() -> Vec<Self> {
        let options = ProviderOptions { step_up: false, ..ProviderOptions::default() };
        let providers = Self::both_with(options).await;
        for provider in &providers {
            if let Kind::InProcess(idp, _) = &provider.kind {
                idp.tamper(Tamper::remove_claim("auth_time"));
            }
        }
        providers
    }

    async fn both_with(options: ProviderOptions) -> Vec<Self> {
        let clock = Clock::frozen();
        let alice = User::new("alice").role("admin").organization(ORGANIZATION, ["owner"]);
        let idp = Idp::builder()
            .user(alice)
            .user(User::new("bob"))
            .resource(RESOURCE, &["read:orders", "write:orders"])
            .role("admin", RESOURCE, &["read:orders", "write:orders"])
            .organization_role("owner", &["read:invoices", "write:invoices"])
            .clock(clock.clone())
            .rotating(true);
        let idp = idp.start().await.unwrap();
        let mut providers = vec![Self::in_process(idp, clock)];
        let options = ProviderOptions {
            base_url: ORIGIN.into(),
            rotate: true,
            reuse_grace: Duration::ZERO,
            ..options
        };
        providers.extend(Provider::start(&options).map(Self::oidc_provider));
        providers
    }

    pub fn in_process(idp: Idp, clock: Clock) -> Self {
        Self {
            name: "testing::Idp",
            issuer: idp.issuer(),
            origin: idp.endpoint().into(),
            id: idp.app_id().into(),
            secret: idp.app_secret().into(),
            kind: Kind::InProcess(idp, clock),
        }
    }

    pub fn oidc_provider(provider: Provider) -> Self {
        Self {
            name: "oidc-provider",
            issuer: provider.issuer(),
            origin: provider.origin().into(),
            id: CLIENT_ID.into(),
            secret: CLIENT_SECRET.into(),
            kind: Kind::OidcProvider(provider),
        }
    }

    pub fn is_oidc_provider(&self) -> bool {
        matches!(self.kind, Kind::OidcProvider(_))
    }

    pub async fn application(&self) -> (Client, Clock) {
        self.application_with(Vec::new()).await
    }

    /// The usual application with routes of a test's own.
    pub async fn application_with(&self, routes: Vec<Route>) -> (Client, Clock) {
        self.serving(routes, |config| config).await
    }

    /// The same, which asks for what the test says.
    pub async fn serving(
        &self,
        routes: Vec<Route>,
        config: impl FnOnce(Config) -> Config,
    ) -> (Client, Clock) {
        let clock = match &self.kind {
            Kind::InProcess(_, clock) => clock.clone(),
            Kind::OidcProvider(_) => Clock::movable(),
        };
        let config = config(self.config().base_url(ORIGIN));
        let fairing = Logto::fairing().config(config).clock(clock.clone());
        let rocket = rocket(fairing).mount("/", routes);
        (Client::untracked(rocket).await.expect("a launch"), clock)
    }

    /// The configuration of an application at this provider, without its address.
    pub fn config(&self) -> Config {
        Config::new()
            .endpoint(&self.origin)
            .app_id(&self.id)
            .app_secret(&self.secret)
            .scopes(["roles", "email"])
    }

    pub async fn sign_in(&self, browser: &mut Browser<'_>) {
        let callback = self.callback(browser, "/").await;
        let back = return_to(browser, &callback).await;
        assert_eq!(back.status, Status::SeeOther, "{}: {back:?}", self.name);
    }

    pub async fn callback(&self, browser: &mut Browser<'_>, path: &str) -> Url {
        self.callback_in(browser, &mut Jar::default(), path).await
    }

    /// Goes through the sign-in of the application as alice, up to the callback.
    pub async fn callback_in(&self, browser: &mut Browser<'_>, jar: &mut Jar, path: &str) -> Url {
        let start = browser.open(&format!("/auth/sign-in?return_to={path}")).await;
        assert_eq!(start.status, Status::SeeOther, "{}: {start:?}", self.name);
        self.authorize(start.location(), jar).await
    }

    async fn authorize(&self, url: &str, jar: &mut Jar) -> Url {
        self.authorize_as("alice", url, jar).await
    }

    /// Signs a user in at the provider's page.
    pub async fn authorize_as(&self, username: &str, url: &str, jar: &mut Jar) -> Url {
        if let Kind::InProcess(idp, _) = &self.kind {
            return Url::parse(&idp.authorize(url, username).await.unwrap()).unwrap();
        }
        let (page, _) = jar.open(url, None).await;
        assert_eq!(page.path(), "/sign-in", "{page}");
        let (mut url, page) = jar.open(page.as_str(), Some(&[("username", username)])).await;
        if !url.as_str().starts_with(ORIGIN) {
            // Another user was signed in there, and is signed out first.
            (url, _) = jar.confirm(&url, page).await;
        }
        assert!(url.as_str().starts_with(ORIGIN), "{url}");
        url
    }

    /// Goes to the provider as a user who is signed in there, and is not asked again.
    pub async fn pass_through(&self, url: &str, jar: &mut Jar) -> Url {
        if !self.is_oidc_provider() {
            return self.authorize(url, jar).await;
        }
        let (callback, _) = jar.open(url, None).await;
        assert!(callback.as_str().starts_with(ORIGIN), "{callback}");
        callback
    }

    /// The tokens of a sign-in that no application took part in.
    pub async fn tokens(&self) -> Value {
        let (status, tokens) = self.exchange(&self.code().await).await;
        assert_eq!(status, 200, "{}: {tokens}", self.name);
        tokens
    }

    pub async fn code(&self) -> String {
        let mut url = Url::parse(&format!("{}/auth", self.issuer)).unwrap();
        url.query_pairs_mut().extend_pairs([
            ("client_id", self.id.as_str()),
            ("redirect_uri", "http://localhost:8000/auth/sign-in-callback"),
            ("response_type", "code"),
            ("scope", "openid offline_access profile"),
            ("prompt", "consent"),
            ("state", "a-state"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        let callback = self.authorize(url.as_str(), &mut Jar::default()).await;
        callback.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    }

    pub async fn user_info(&self, tokens: &Value) -> u16 {
        let token = tokens["access_token"].as_str().expect("an access token");
        let request = http::client().get(format!("{}/me", self.issuer)).bearer_auth(token);
        request.send().await.unwrap().status().as_u16()
    }

    pub async fn exchange(&self, code: &str) -> (u16, Value) {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", "http://localhost:8000/auth/sign-in-callback"),
            ("code_verifier", VERIFIER),
        ])
        .await
    }

    pub async fn refresh(&self, tokens: &Value) -> (u16, Value) {
        let token = tokens["refresh_token"].as_str().expect("a refresh token");
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    async fn token(&self, fields: &[(&str, &str)]) -> (u16, Value) {
        let request = http::client().post(format!("{}/token", self.issuer));
        let request = request.basic_auth(&self.id, Some(&self.secret));
        let response = http::form(request, fields).send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_str(&response.text().await.unwrap()).unwrap())
    }

    /// Signs with a new key from now on. The one before stays published, or, at oidc-provider, does not.
    pub async fn rotate_keys(&self, keeps_the_old: bool) {
        match &self.kind {
            Kind::InProcess(idp, _) => idp.rotate_keys(Signing::Rs256).unwrap(),
            Kind::OidcProvider(provider) => provider.rotate_keys(keeps_the_old.into()).await,
        }
    }

    /// How many requests for the keys were served.
    pub async fn key_requests(&self) -> u64 {
        match &self.kind {
            Kind::InProcess(idp, _) => idp.requests().keys() as u64,
            Kind::OidcProvider(provider) => provider.key_requests().await,
        }
    }

    /// Takes a user out of the one organization.
    pub async fn leave_organization(&self, username: &str) {
        match &self.kind {
            Kind::InProcess(idp, _) => idp.leave_organization(username, ORGANIZATION),
            Kind::OidcProvider(provider) => {
                let none = json!({ "organizations": [], "organization_roles": [] });
                provider.change_user(username, &none).await;
            }
        }
    }

    /// Moves the time of the application, which has this clock, and of the provider.
    pub async fn advance(&self, clock: &Clock, time: Duration) {
        clock.advance(time);
        if let Kind::OidcProvider(provider) = &self.kind {
            provider.advance(time).await;
        }
    }

    /// Lets the time go by in which a rotated refresh token still works.
    pub fn end_the_grace(&self) {
        if let Kind::InProcess(_, clock) = &self.kind {
            clock.advance(Duration::from_secs(4));
        }
    }

    pub async fn revocations(&self) -> u64 {
        match &self.kind {
            Kind::InProcess(idp, _) => idp.requests().revocation() as u64,
            Kind::OidcProvider(provider) => provider.revocations().await,
        }
    }
}

/// Goes back to the application, as the provider asks the browser to.
pub async fn return_to(browser: &mut Browser<'_>, callback: &Url) -> Answer {
    browser.navigate(&callback[url::Position::BeforePath..], From::OtherSite).await
}
