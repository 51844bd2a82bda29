//! What the other tests rely on in `testing::Idp`, held against the engine of Logto as well: each
//! test runs at both, with the same application.

#![expect(clippy::needless_pass_by_value, reason = "the parameters of a handler are its guards")]

use std::collections::BTreeMap;
use std::time::Duration;

use logto_rocket::testing::{Idp, User};
use logto_rocket::{
    AccessToken, Clock, Config, Error, Logto, LogtoUser, Resource, Token, resource,
};
use logto_rocket_tests::app::{ORIGIN, figment, rocket};
use logto_rocket_tests::browser::{Answer, Browser, From};
use logto_rocket_tests::node::{
    CLIENT_ID, CLIENT_SECRET, ORGANIZATION, Provider, ProviderOptions, free_port,
};
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Method, RequestBuilder, Response};
use rocket::Shutdown;
use rocket::fairing::AdHoc;
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket::tokio::sync::oneshot;
use rocket::{Route, get, routes};
use serde_json::Value;
use url::Url;

/// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[rocket::async_test]
async fn somebody_signs_in_and_their_user_info_is_read() {
    for party in Party::both().await {
        let (client, _) = party.application().await;
        let mut alice = Browser::new(&client);
        let callback = party.callback(&mut alice, "/profile").await;
        let query: BTreeMap<_, _> = callback.query_pairs().into_owned().collect();
        assert_eq!(query.get("iss"), Some(&party.issuer), "{}", party.name);
        let back = return_to(&mut alice, &callback).await;
        assert_eq!(back.location(), "/profile", "{}: {back:?}", party.name);
        let profile = alice.open("/profile").await;
        assert_eq!(profile.status, Status::Ok, "{}: {profile:?}", party.name);
        let claims: Value = serde_json::from_str(&profile.body).unwrap();
        assert_eq!(claims["username"], "alice", "{}: {claims}", party.name);
        assert_eq!(claims["roles"], serde_json::json!(["admin"]), "{}: {claims}", party.name);
        assert_eq!(alice.open("/admin").await.status, Status::Ok, "{}", party.name);
    }
}

#[rocket::async_test]
async fn an_expired_access_token_is_renewed_and_the_browser_gets_the_rotated_refresh_token() {
    for party in Party::both().await {
        let (client, clock) = party.application().await;
        let mut alice = Browser::new(&client);
        party.sign_in(&mut alice).await;
        clock.advance(Duration::from_secs(3550));
        let profile = alice.open("/profile").await;
        assert_eq!(profile.status, Status::Ok, "{}: {profile:?}", party.name);
        assert!(profile.sets_cookies(), "{}: {profile:?}", party.name);
    }
}

#[rocket::async_test]
async fn a_refresh_token_rotates_and_its_reuse_ends_the_grant() {
    for party in Party::both().await {
        let first = party.tokens().await;
        let (status, second) = party.refresh(&first).await;
        assert_eq!(status, 200, "{}: {second}", party.name);
        assert_ne!(first["refresh_token"], second["refresh_token"], "{}", party.name);
        party.end_the_grace();
        for used in [&first, &second] {
            let (status, refused) = party.refresh(used).await;
            assert_eq!(
                (status, &refused["error"]),
                (400, &"invalid_grant".into()),
                "{}",
                party.name
            );
        }
    }
}

#[rocket::async_test]
async fn a_code_that_is_used_again_ends_what_it_was_exchanged_for() {
    for party in Party::both().await {
        let code = party.code().await;
        let (status, tokens) = party.exchange(&code).await;
        assert_eq!(status, 200, "{}: {tokens}", party.name);
        assert_eq!(party.user_info(&tokens).await, 200, "{}", party.name);
        let (status, refused) = party.exchange(&code).await;
        assert_eq!((status, &refused["error"]), (400, &"invalid_grant".into()), "{}", party.name);
        assert_eq!(party.user_info(&tokens).await, 401, "{}", party.name);
        assert_eq!(party.refresh(&tokens).await.0, 400, "{}", party.name);
    }
}

#[rocket::async_test]
async fn signing_out_revokes_the_tokens_and_ends_the_session_there() {
    for party in Party::both().await {
        let (client, _) = party.application().await;
        let mut alice = Browser::new(&client);
        let mut at_provider = Jar::default();
        let callback = party.callback_in(&mut alice, &mut at_provider, "/").await;
        return_to(&mut alice, &callback).await;
        let out = alice.navigate("/auth/sign-out", From::OwnPage).await;
        let end = format!("{}/session/end?", party.issuer);
        assert!(out.location().starts_with(&end), "{}: {out:?}", party.name);
        assert_eq!(party.revocations().await, 1, "{}", party.name);
        let Party { there: There::Engine(_), .. } = party else { continue };

        let back = party.end_session(&mut at_provider, out.location()).await;
        assert_eq!(
            back.as_str().split('?').next(),
            Some("http://localhost:8000/auth/sign-out-callback")
        );
        let door = alice.open("/auth/sign-in").await;
        let (asked, _) = at_provider.open(door.location(), None).await;
        assert_eq!(asked.path(), "/sign-in", "nobody is signed in there any more");
    }
}

/// Here the application listens, because the provider comes to it by itself.
#[rocket::async_test]
async fn a_sign_out_at_the_provider_ends_the_session_here_by_back_channel() {
    for in_process in [true, false] {
        let origin = format!("http://127.0.0.1:{}", free_port());
        let party = if in_process {
            let door = format!("{origin}/auth/backchannel-logout");
            let idp = Idp::builder().backchannel_logout(&door, true).start().await.unwrap();
            Some(Party::in_process(idp, Clock::system()))
        } else {
            let options = ProviderOptions {
                base_url: origin.clone(),
                backchannel_logout: true,
                ..ProviderOptions::default()
            };
            Provider::start(&options).map(Party::engine)
        };
        let Some(party) = party else { continue };
        let stop = listen(&party, &origin).await;
        let mut alice = Jar::default();
        let account = format!("{origin}/account");
        let (page, _) =
            alice.open(&format!("{origin}/auth/sign-in?return_to=/account"), None).await;
        assert_eq!(page.path(), "/sign-in", "{}: {page}", party.name);
        let form = [("username", "alice")];
        let (page, answer) = alice.open(page.as_str(), Some(&form)).await;
        assert_eq!((page.as_str(), answer.status().as_u16()), (&*account, 200), "{}", party.name);
        let old = alice.clone();

        party.end_session(&mut alice, &format!("{}/session/end", party.issuer)).await;
        for mut browser in [alice, old] {
            let (_, answer) = browser.open(&account, None).await;
            assert_eq!(answer.status().as_u16(), 401, "{}", party.name);
        }
        stop.notify();
    }
}

/// Launches the application at `origin`, and answers when it listens.
async fn listen(party: &Party, origin: &str) -> Shutdown {
    let port = Url::parse(origin).unwrap().port();
    let fairing = Logto::fairing().config(party.config().base_url(origin));
    let (listening, listens) = oneshot::channel();
    let listening = AdHoc::on_liftoff("Listening", |_| {
        Box::pin(async move { listening.send(()).expect("somebody waits") })
    });
    let site = rocket(fairing).configure(figment().merge(("port", port))).attach(listening);
    let site = site.ignite().await.expect("a launch");
    let stop = site.shutdown();
    rocket::tokio::spawn(site.launch());
    listens.await.expect("it listens");
    stop
}

resource!(Orders = "https://orders.example.test");

fn shown(token: &Token) -> String {
    let claims = token.claims().expect("a JWT");
    let organization = claims.organization_id.unwrap_or_default();
    format!("{} {organization} {}", claims.audience.join(" "), claims.scopes.join(" "))
}

#[get("/orders")]
fn orders(token: AccessToken<Orders>) -> String {
    shown(&token)
}

#[get("/orders/<org>")]
async fn orders_of(user: LogtoUser, org: &str) -> Result<String, Error> {
    Ok(shown(&user.access_token_for(Orders, org).await?))
}

#[get("/invoices/<org>")]
async fn invoices(user: LogtoUser, org: &str) -> Result<String, Error> {
    Ok(shown(&user.organization_token(org).await?))
}

#[rocket::async_test]
async fn tokens_come_for_a_resource_for_an_organization_and_for_both() {
    for party in Party::both().await {
        let scopes = ["read:orders", "read:invoices", "urn:logto:scope:organizations"];
        let routes = routes![orders, orders_of, invoices];
        let (client, _) = party.serving(routes, |config| config.scopes(scopes)).await;
        let mut alice = Browser::new(&client);
        party.sign_in(&mut alice).await;
        for (path, expected) in [
            ("/orders".to_owned(), "https://orders.example.test  read:orders".to_owned()),
            (
                format!("/orders/{ORGANIZATION}"),
                format!("https://orders.example.test {ORGANIZATION} read:orders"),
            ),
            (
                format!("/invoices/{ORGANIZATION}"),
                format!("urn:logto:organization:{ORGANIZATION}  read:invoices"),
            ),
        ] {
            let answer = alice.open(&path).await;
            assert_eq!(answer.body, expected, "{}: {answer:?}", party.name);
        }
        let refused = alice.open("/invoices/another").await;
        assert_eq!(refused.status, Status::Forbidden, "{}: {refused:?}", party.name);
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{}", party.name);
    }
}

/// A provider, and what it is called in a message.
struct Party {
    name: &'static str,
    issuer: String,
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
    async fn both() -> Vec<Self> {
        let clock = Clock::movable();
        let alice = User::new("alice").role("admin").organization(ORGANIZATION, ["owner"]);
        let idp = Idp::builder()
            .user(alice)
            .resource(Orders::URI, &["read:orders", "write:orders"])
            .role("admin", Orders::URI, &["read:orders", "write:orders"])
            .organization_role("owner", &["read:invoices", "write:invoices"])
            .clock(clock.clone())
            .rotating(true);
        let idp = idp.start().await.unwrap();
        let mut parties = vec![Self::in_process(idp, clock)];
        let options = ProviderOptions {
            base_url: ORIGIN.into(),
            rotate: true,
            reuse_grace: Duration::ZERO,
            ..ProviderOptions::default()
        };
        parties.extend(Provider::start(&options).map(Self::engine));
        parties
    }

    fn in_process(idp: Idp, clock: Clock) -> Self {
        Self {
            name: "testing::Idp",
            issuer: idp.issuer(),
            origin: idp.endpoint().into(),
            id: idp.app_id().into(),
            secret: idp.app_secret().into(),
            there: There::InProcess(idp, clock),
        }
    }

    fn engine(provider: Provider) -> Self {
        Self {
            name: "oidc-provider",
            issuer: provider.issuer(),
            origin: provider.origin().into(),
            id: CLIENT_ID.into(),
            secret: CLIENT_SECRET.into(),
            there: There::Engine(provider),
        }
    }

    fn config(&self) -> Config {
        Config::new()
            .endpoint(&self.origin)
            .app_id(&self.id)
            .app_secret(&self.secret)
            .scopes(["roles", "email"])
    }

    async fn application(&self) -> (Client, Clock) {
        self.serving(Vec::new(), |config| config).await
    }

    /// The application with routes of a test's own, which asks for what the test says.
    async fn serving(
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

    async fn sign_in(&self, browser: &mut Browser<'_>) {
        let callback = self.callback(browser, "/").await;
        let back = return_to(browser, &callback).await;
        assert_eq!(back.status, Status::SeeOther, "{}: {back:?}", self.name);
    }

    async fn callback(&self, browser: &mut Browser<'_>, path: &str) -> Url {
        self.callback_in(browser, &mut Jar::default(), path).await
    }

    /// Goes through the sign-in of the application as alice, up to the callback.
    async fn callback_in(&self, browser: &mut Browser<'_>, jar: &mut Jar, path: &str) -> Url {
        let door = browser.open(&format!("/auth/sign-in?return_to={path}")).await;
        assert_eq!(door.status, Status::SeeOther, "{}: {door:?}", self.name);
        self.authorize(door.location(), jar).await
    }

    async fn authorize(&self, url: &str, jar: &mut Jar) -> Url {
        if let There::InProcess(idp, _) = &self.there {
            return Url::parse(&idp.authorize(url, "alice").await.unwrap()).unwrap();
        }
        let (page, _) = jar.open(url, None).await;
        assert_eq!(page.path(), "/sign-in", "{page}");
        let (callback, _) = jar.open(page.as_str(), Some(&[("username", "alice")])).await;
        assert!(callback.as_str().starts_with(ORIGIN), "{callback}");
        callback
    }

    /// The tokens of a sign-in that no application took part in.
    async fn tokens(&self) -> Value {
        let (status, tokens) = self.exchange(&self.code().await).await;
        assert_eq!(status, 200, "{}: {tokens}", self.name);
        tokens
    }

    async fn code(&self) -> String {
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

    async fn user_info(&self, tokens: &Value) -> u16 {
        let token = tokens["access_token"].as_str().expect("an access token");
        let request = http().get(format!("{}/me", self.issuer)).bearer_auth(token);
        request.send().await.unwrap().status().as_u16()
    }

    async fn exchange(&self, code: &str) -> (u16, Value) {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", "http://localhost:8000/auth/sign-in-callback"),
            ("code_verifier", VERIFIER),
        ])
        .await
    }

    async fn refresh(&self, tokens: &Value) -> (u16, Value) {
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
    fn end_the_grace(&self) {
        if let There::InProcess(_, clock) = &self.there {
            clock.advance(Duration::from_secs(4));
        }
    }

    /// Sends the form of the provider's end-session page, and answers with where it led.
    async fn end_session(&self, browser: &mut Jar, url: &str) -> Url {
        let (url, page) = browser.open(url, None).await;
        assert_eq!(page.status().as_u16(), 200, "{}: {url}", self.name);
        let html = page.text().await.unwrap();
        let action = between(&html, "action=\"", '"');
        let form = [("xsrf", between(&html, "name=\"xsrf\" value=\"", '"')), ("logout", "yes")];
        browser.open(url.join(action).unwrap().as_str(), Some(&form)).await.0
    }

    async fn revocations(&self) -> u64 {
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
struct Jar(BTreeMap<(String, String), String>);

impl Jar {
    /// Opens a page, or sends a form, and follows redirects up to the application or a page.
    async fn open(&mut self, url: &str, fields: Option<&[(&str, &str)]>) -> (Url, Response) {
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

async fn return_to(browser: &mut Browser<'_>, callback: &Url) -> Answer {
    browser.navigate(&callback[url::Position::BeforePath..], From::OtherSite).await
}

fn between<'t>(text: &'t str, begin: &str, end: char) -> &'t str {
    let rest = text.split_once(begin).unwrap_or_else(|| panic!("no {begin} in {text}")).1;
    rest.split(end).next().unwrap_or_default()
}
