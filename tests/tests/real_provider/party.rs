//! [`Party`]: the provider of the other tests, or the engine of Logto, behind one face.

use std::collections::BTreeMap;
use std::time::Duration;

use logto_rocket::testing::{Idp, Tamper, User};
use logto_rocket::{Clock, Config, Logto};
use logto_rocket_tests::app::{ORIGIN, rocket};
use logto_rocket_tests::browser::{Answer, Browser, From};
use logto_rocket_tests::node::{CLIENT_ID, CLIENT_SECRET, ORGANIZATION, Provider, ProviderOptions};
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Method, RequestBuilder, Response};
use rocket::Route;
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use serde_json::Value;
use url::Url;

/// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The API resource that both providers know.
pub const RESOURCE: &str = "https://orders.example.test";

/// A provider, and what it is called in a message.
pub struct Party {
    pub name: &'static str,
    pub issuer: String,
    origin: String,
    id: String,
    secret: String,
    there: There,
}

enum There {
    InProcess(Idp, Clock),
    Engine(Provider),
}

impl Party {
    /// The provider of the other tests, and the real one where it is installed.
    pub async fn both() -> Vec<Self> {
        Self::both_with(ProviderOptions::default()).await
    }

    /// The same two, neither of which cares how old a sign-in may be.
    pub async fn both_without_step_up() -> Vec<Self> {
        let options = ProviderOptions { step_up: false, ..ProviderOptions::default() };
        let parties = Self::both_with(options).await;
        for party in &parties {
            if let There::InProcess(idp, _) = &party.there {
                idp.tamper(Tamper::remove_claim("auth_time"));
            }
        }
        parties
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
        let mut parties = vec![Self::in_process(idp, clock)];
        let options = ProviderOptions {
            base_url: ORIGIN.into(),
            rotate: true,
            reuse_grace: Duration::ZERO,
            ..options
        };
        parties.extend(Provider::start(&options).map(Self::engine));
        parties
    }

    pub fn in_process(idp: Idp, clock: Clock) -> Self {
        Self {
            name: "testing::Idp",
            issuer: idp.issuer(),
            origin: idp.endpoint().into(),
            id: idp.app_id().into(),
            secret: idp.app_secret().into(),
            there: There::InProcess(idp, clock),
        }
    }

    pub fn engine(provider: Provider) -> Self {
        Self {
            name: "oidc-provider",
            issuer: provider.issuer(),
            origin: provider.origin().into(),
            id: CLIENT_ID.into(),
            secret: CLIENT_SECRET.into(),
            there: There::Engine(provider),
        }
    }

    pub fn is_engine(&self) -> bool {
        matches!(self.there, There::Engine(_))
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
        let clock = match &self.there {
            There::InProcess(_, clock) => clock.clone(),
            There::Engine(_) => Clock::movable(),
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
        let door = browser.open(&format!("/auth/sign-in?return_to={path}")).await;
        assert_eq!(door.status, Status::SeeOther, "{}: {door:?}", self.name);
        self.authorize(door.location(), jar).await
    }

    async fn authorize(&self, url: &str, jar: &mut Jar) -> Url {
        self.authorize_as("alice", url, jar).await
    }

    /// Signs somebody in at the provider's page.
    pub async fn authorize_as(&self, username: &str, url: &str, jar: &mut Jar) -> Url {
        if let There::InProcess(idp, _) = &self.there {
            return Url::parse(&idp.authorize(url, username).await.unwrap()).unwrap();
        }
        let (page, _) = jar.open(url, None).await;
        assert_eq!(page.path(), "/sign-in", "{page}");
        let (mut url, page) = jar.open(page.as_str(), Some(&[("username", username)])).await;
        if !url.as_str().starts_with(ORIGIN) {
            // Somebody else was signed in there, who is signed out first.
            (url, _) = jar.confirm(&url, page).await;
        }
        assert!(url.as_str().starts_with(ORIGIN), "{url}");
        url
    }

    /// Goes to the provider as somebody who is signed in there, and is not asked again.
    pub async fn pass_through(&self, url: &str, jar: &mut Jar) -> Url {
        if !self.is_engine() {
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
        let request = http().get(format!("{}/me", self.issuer)).bearer_auth(token);
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
        let request = http().post(format!("{}/token", self.issuer));
        let request = request.basic_auth(&self.id, Some(&self.secret));
        let response = form(request, fields).send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_str(&response.text().await.unwrap()).unwrap())
    }

    /// Lets the time go by in which a rotated refresh token still works.
    pub fn end_the_grace(&self) {
        if let There::InProcess(_, clock) = &self.there {
            clock.advance(Duration::from_secs(4));
        }
    }

    pub async fn revocations(&self) -> u64 {
        match &self.there {
            There::InProcess(idp, _) => idp.requests().revocation() as u64,
            There::Engine(provider) => {
                let url = format!("{}/_counts", provider.origin());
                let counts = http().get(url).send().await.unwrap().text().await.unwrap();
                let counts: Value = serde_json::from_str(&counts).unwrap();
                counts["token/revocation"].as_u64().unwrap_or_default()
            }
        }
    }
}

/// The cookies of a browser at the provider, by name and path.
#[derive(Clone, Default)]
pub struct Jar(BTreeMap<(String, String), String>);

impl Jar {
    /// Opens a page, or sends a form, and follows redirects up to the application or a page.
    pub async fn open(&mut self, url: &str, fields: Option<&[(&str, &str)]>) -> (Url, Response) {
        let mut url = Url::parse(url).unwrap();
        let mut response = self.send(&url, fields).await;
        while let Some(location) = response.headers().get(LOCATION) {
            url = url.join(location.to_str().unwrap()).unwrap();
            if url.as_str().starts_with(ORIGIN) {
                break;
            }
            response = self.send(&url, None).await;
        }
        (url, response)
    }

    /// Sends the form that the engine's pages submit by themselves when a session ends.
    pub async fn confirm(&mut self, url: &Url, page: Response) -> (Url, Response) {
        let html = page.text().await.unwrap();
        let action = between(&html, "action=\"", '"');
        let form = [("xsrf", between(&html, "name=\"xsrf\" value=\"", '"')), ("logout", "yes")];
        self.open(url.join(action).unwrap().as_str(), Some(&form)).await
    }

    async fn send(&mut self, url: &Url, fields: Option<&[(&str, &str)]>) -> Response {
        let cookies = self.0.iter().filter(|((_, path), _)| url.path().starts_with(path));
        let cookies: Vec<_> = cookies.map(|((name, _), value)| format!("{name}={value}")).collect();
        let method = if fields.is_some() { Method::POST } else { Method::GET };
        let request = http().request(method, url.clone()).header(COOKIE, cookies.join("; "));
        let request = fields.into_iter().fold(request, form);
        let response = request.send().await.unwrap();
        for header in response.headers().get_all(SET_COOKIE) {
            let cookie = rocket::http::Cookie::parse(header.to_str().unwrap().to_owned()).unwrap();
            let key = (cookie.name().to_owned(), cookie.path().unwrap_or("/").to_owned());
            if cookie.value().is_empty() {
                self.0.remove(&key);
            } else {
                self.0.insert(key, cookie.value().to_owned());
            }
        }
        response
    }
}

fn http() -> reqwest::Client {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.no_proxy().build().unwrap()
}

fn form(request: RequestBuilder, fields: &[(&str, &str)]) -> RequestBuilder {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body)
}

pub async fn return_to(browser: &mut Browser<'_>, callback: &Url) -> Answer {
    browser.navigate(&callback[url::Position::BeforePath..], From::OtherSite).await
}

fn between<'t>(text: &'t str, begin: &str, end: char) -> &'t str {
    let rest = text.split_once(begin).unwrap_or_else(|| panic!("no {begin} in {text}")).1;
    rest.split(end).next().unwrap_or_default()
}
