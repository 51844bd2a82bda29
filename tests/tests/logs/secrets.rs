//! No secret is in a log line or in a field of a span: of a whole life of a session, over real connections, with everything
//! logged down to the smallest by this library and by the crates that it calls.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use logto_rocket::testing::Idp;
use logto_rocket::{
    AccessToken, Clock, Config, Error, Logto, LogtoUser, Resource, SessionConfig, SignInOptions,
    authenticated, resource,
};
use logto_rocket_tests::app::{App, SECRET_KEY, config_for, rocket};
use logto_rocket_tests::forwarder::Forwarder;
use logto_rocket_tests::http;
use logto_rocket_tests::log::{Line, Log};
use logto_rocket_tests::server::{Server, free_port};
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use rocket::http::{Cookie, Status};
use rocket::{get, routes};
use url::Url;

const APP_SECRET: &str = "an-app-secret-that-is-never-logged";
const ONE_TIME_TOKEN: &str = "a-one-time-token-that-is-never-logged";

#[rocket::async_test]
async fn no_secret_of_a_whole_session_is_in_a_log_line_or_a_span() {
    let log = Log::alone().await;
    let clock = Clock::frozen();
    let builder = Idp::builder().clock(clock.clone()).app("an_app", APP_SECRET).rotating(true);
    let idp = builder.start().await.unwrap();
    let forwarder = Forwarder::to(idp.endpoint()).await;
    let port = free_port();
    let origin = format!("http://127.0.0.1:{port}");
    let session = SessionConfig::new().keep_id_token(true);
    let config = config_for(&idp).base_url(&origin).internal_endpoint(&forwarder.origin);
    let fairing = Logto::fairing().config(config.session(session)).clock(clock.clone());
    let site = rocket(fairing).mount("/", routes![user_info, account_token, debug]);
    let server = Server::launch(site, port).await;

    let mut browser = WebBrowser::new(&origin);
    let start = format!("/auth/sign-in?one_time_token={ONE_TIME_TOKEN}&login_hint=a@example.test");
    let authorization = browser.get(&start).await.location.expect("a way to Logto");
    let callback = idp.authorize(&authorization, "alice").await.unwrap();
    browser.get(&callback).await;
    let first = browser.get("/user-info").await;
    assert_eq!(first.status, 200, "{}", first.body);
    clock.advance(Duration::from_secs(3550));
    assert_eq!(browser.get("/user-info").await.status, 200);
    assert_eq!(browser.get("/account-token").await.status, 200);
    let user = browser.get("/debug").await;
    assert_eq!(user.status, 200, "{}", user.body);
    // Errors are logged as well, and need the same care.
    browser.get(&callback).await;
    let garbled = browser.cookies.values_mut().next().expect("a session");
    garbled.insert(10, 'x');
    browser.get("/user-info").await;
    let mut browser = WebBrowser { cookies: BTreeMap::new(), ..browser };
    assert_eq!(browser.get(&callback).await.status, 400);
    let authorization_2 = browser.get("/auth/sign-in").await.location.expect("a way to Logto");
    browser.get(&idp.authorize(&authorization_2, "alice").await.unwrap()).await;
    idp.pause().await;
    browser.get("/auth/sign-out").await;
    idp.resume().await.unwrap();
    server.stop().await;

    let mut secrets = secrets(&forwarder.recorded());
    let kinds = ["access_token", "id_token", "refresh_token", "code", "code_verifier", "Basic"];
    for kind in kinds {
        assert!(secrets.iter().any(|(known, _)| known == kind), "no {kind} was sent");
    }
    for url in [&authorization, &authorization_2, &callback] {
        let url = Url::parse(url).unwrap();
        let hidden = url.query_pairs().filter(|(name, _)| {
            ["state", "nonce", "code", "one_time_token"].contains(&name.as_ref())
        });
        secrets.extend(hidden.map(|(name, value)| (name.into(), value.into())));
    }
    secrets.extend(browser.seen.iter().map(|value| ("cookie".into(), value.clone())));
    secrets.insert(("app secret".into(), APP_SECRET.into()));
    secrets.insert(("secret key".into(), SECRET_KEY.into()));
    secrets.insert(("one-time token".into(), ONE_TIME_TOKEN.into()));
    assert!(secrets.len() >= 20, "only {}", secrets.len());

    let lines = log.lines();
    let mut leaks: Vec<_> = lines.iter().filter(|line| !is_rockets(line)).collect();
    leaks.retain(|line| secrets.iter().any(|(_, secret)| line.text.contains(secret.as_str())));
    assert!(leaks.is_empty(), "{leaks:#?}");
    let spans = log.spans();
    for (span, (kind, secret)) in
        spans.iter().flat_map(|span| secrets.iter().map(move |it| (span, it)))
    {
        assert!(
            !span.fields.values().any(|it| it.contains(secret.as_str())),
            "{kind} in {span:#?}"
        );
    }
    for (kind, secret) in &secrets {
        assert!(!user.body.contains(secret.as_str()), "{kind} in {}", user.body);
    }
    // The search finds what is there, and the crates that it is about do log.
    assert!(lines.iter().any(|line| is_rockets(line) && line.text.contains("code=")));
    assert!(lines.iter().any(|line| line.is_ours() && line.text.contains("signed in")));
    assert!(
        lines.iter().any(|line| line.is_ours() && line.text.contains("has no sign-in in progress"))
    );
    assert!(lines.iter().any(|line| line.target.starts_with("reqwest")), "{lines:#?}");
    for name in ["logto.call", "logto.decision"] {
        assert!(spans.iter().any(|span| span.name == name), "no {name} in {spans:#?}");
    }
}

#[rocket::async_test]
async fn an_error_of_the_application_is_logged_with_its_remedy() {
    let log = Log::alone().await;
    let app = App::builder().routes(routes![nowhere]).start().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/nowhere").await.status, Status::InternalServerError);
    let logged = log.ours();
    assert!(logged.contains(Nowhere::URI) && logged.contains("`logto.resources`"), "{logged}");
}

#[test]
fn what_is_printed_for_debugging_has_no_secret() {
    let config = Config::new().app_secret(APP_SECRET).secret_keys([SECRET_KEY]).app_id("an_app");
    let options = SignInOptions::default().one_time_token(ONE_TIME_TOKEN).login_hint("a hint");
    let printed = format!("{config:?} {config:#?} {options:?}");
    assert!(printed.contains("an_app") && printed.contains("a hint"), "{printed}");
    for secret in [APP_SECRET, SECRET_KEY, ONE_TIME_TOKEN] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[authenticated]
#[get("/user-info")]
async fn user_info(user: &LogtoUser) -> Result<String, Error> {
    user.fetch_user_info().await.map(|claims| claims.sub.clone())
}

/// The account token goes back to the provider, as to an API.
#[get("/account-token")]
async fn account_token(user: LogtoUser, logto: &Logto) -> Result<String, Error> {
    let token = user.account_token().await?;
    let known = logto.introspect(token.as_str()).await?;
    assert_eq!(known.sub(), Some(user.id()));
    let refused = logto.exchange_token("nothing").actor_token(token.as_str()).send().await;
    Ok(format!("{token:?} {token:#?} {refused:?}"))
}

resource!(Orders = "https://api.example.test/orders");
resource!(Nowhere = "https://api.example.test/nowhere");

#[get("/nowhere")]
async fn nowhere(user: LogtoUser) -> Result<(), Error> {
    user.access_token(Nowhere).await.map(drop)
}

/// Everything of ours that a handler can print.
#[get("/debug")]
async fn debug(
    user: LogtoUser,
    token: AccessToken<Orders>,
    logto: &Logto,
) -> Result<String, Error> {
    let start = logto.sign_in().one_time_token(ONE_TIME_TOKEN).login_hint("a@example.test");
    let builder = format!("{start:?}");
    let started = start.start().await?;
    Ok(format!(
        "{user:?} {user:#?} {logto:#?} {builder} {started:?} {token:?} {:?}",
        user.session_id()
    ))
}

/// Rocket logs every request with its query, as its users know.
fn is_rockets(line: &Line) -> bool {
    line.target.starts_with("rocket")
}

/// A browser that goes over the network, and remembers every cookie that it ever got.
struct WebBrowser {
    client: reqwest::Client,
    origin: Url,
    cookies: BTreeMap<String, String>,
    seen: BTreeSet<String>,
}

struct Page {
    status: u16,
    location: Option<String>,
    body: String,
}

impl WebBrowser {
    fn new(origin: &str) -> Self {
        Self {
            client: http::client(),
            origin: Url::parse(origin).unwrap(),
            cookies: BTreeMap::new(),
            seen: BTreeSet::new(),
        }
    }

    async fn get(&mut self, url: &str) -> Page {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        let request = self
            .client
            .get(self.origin.join(url).unwrap())
            .header("Accept", "text/html")
            .header("Sec-Fetch-Site", "same-origin")
            .header("Sec-Fetch-Mode", "navigate")
            .header("Sec-Fetch-Dest", "document")
            .header(COOKIE, cookies.collect::<Vec<_>>().join("; "));
        let response = request.send().await.unwrap();
        for header in response.headers().get_all(SET_COOKIE) {
            let cookie = Cookie::parse(header.to_str().unwrap().to_owned()).unwrap();
            if cookie.max_age().is_some_and(rocket::time::Duration::is_zero) {
                self.cookies.remove(cookie.name());
            } else {
                self.seen.insert(cookie.value().to_owned());
                self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
        let location = response.headers().get(LOCATION);
        let location = location.map(|location| location.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        Page { status, location, body: response.text().await.unwrap() }
    }
}

/// What passed between application and provider and is secret, each with its name.
fn secrets(text: &str) -> BTreeSet<(String, String)> {
    let mut secrets = BTreeSet::new();
    for name in ["access_token", "id_token", "refresh_token"] {
        for (begin, end) in [(format!("\"{name}\":\""), '"'), (format!("{name}="), '&')] {
            secrets.extend(between(text, &begin, end).map(|it| (name.to_owned(), it)));
        }
    }
    for name in ["code", "code_verifier", "token"] {
        for begin in ["&", "\n"].map(|before| format!("{before}{name}=")) {
            secrets.extend(between(text, &begin, '&').map(|it| (name.to_owned(), it)));
        }
    }
    for scheme in ["Basic", "Bearer"] {
        let begin = format!("{scheme} ");
        secrets.extend(between(text, &begin, '\r').map(|it| (scheme.to_owned(), it)));
    }
    secrets
}

fn between<'t>(text: &'t str, begin: &'t str, end: char) -> impl Iterator<Item = String> + 't {
    text.match_indices(begin).map(move |(at, _)| {
        let rest = &text[at + begin.len()..];
        let end = rest.find([end, '\r', '\n', '"', ' ', '}']).unwrap_or(rest.len());
        rest[..end].to_owned()
    })
}
