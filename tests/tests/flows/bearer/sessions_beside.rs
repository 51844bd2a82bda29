//! Access tokens beside sessions: one application, two ways in.

use logto_rocket::testing;
use logto_rocket::{Caller, LogtoUser, Refusal, authenticated};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::Browser;
use rocket::http::{Method, Status};
use rocket::{get, routes};
use serde_json::Value;

use super::{Orders, either, me};

#[authenticated(session, bearer, resource = Orders, role = "admin")]
#[get("/role")]
fn role() -> &'static str {
    "admin"
}

#[authenticated(session, bearer, resource = Orders, check = is_welcome)]
#[get("/checked")]
fn checked() -> &'static str {
    "welcome"
}

fn is_welcome(caller: &Caller<Orders>) -> bool {
    match caller {
        Caller::User { user, .. } => user.claims().username.as_deref() == Some("alice"),
        Caller::Program(program) => program.client_id() == "shop",
    }
}

#[authenticated(bearer, resource = Orders)]
#[get("/by-hand")]
fn by_hand(request: ByHand) -> String {
    request.0
}

/// A guard that asks for the signed-in user on a route for programs.
struct ByHand(String);

#[rocket::async_trait]
impl<'r> rocket::request::FromRequest<'r> for ByHand {
    type Error = ();

    async fn from_request(request: &'r rocket::Request<'_>) -> rocket::request::Outcome<Self, ()> {
        let user = request.guard::<LogtoUser>().await;
        let what = user.error_then_status();
        rocket::request::Outcome::Success(Self(what))
    }
}

/// The user's own record, which a guard of the application loads.
struct Account;

#[rocket::async_trait]
impl<'r> rocket::request::FromRequest<'r> for Account {
    type Error = Refusal;

    async fn from_request(
        request: &'r rocket::Request<'_>,
    ) -> rocket::request::Outcome<Self, Refusal> {
        request.guard::<&LogtoUser>().await.map(|_| Self)
    }
}

#[authenticated(session, bearer, resource = Orders, scope = "read:orders")]
#[get("/record")]
fn record(_account: Account) -> &'static str {
    "the user's own record"
}

#[authenticated(session, bearer, resource = Orders)]
#[get("/why-no-user")]
fn why_no_user(user: Result<LogtoUser, Refusal>) -> String {
    user.map_or_else(|why| format!("{why:?}"), |user| user.id().to_owned())
}

#[get("/unprotected")]
fn unprotected(caller: Caller<Orders>) -> &'static str {
    if caller.user().is_some() { "a user" } else { "a program" }
}

/// What an outcome of a guard is, in words.
trait ErrorThenStatus {
    fn error_then_status(self) -> String;
}

impl<T, E> ErrorThenStatus for rocket::request::Outcome<T, E> {
    fn error_then_status(self) -> String {
        match self {
            rocket::outcome::Outcome::Success(_) => "let in".into(),
            rocket::outcome::Outcome::Error((status, _)) => status.code.to_string(),
            rocket::outcome::Outcome::Forward(status) => format!("forward {status}"),
        }
    }
}

async fn app() -> App {
    let provider = |idp: testing::Builder| {
        idp.resource("https://api.example.com/orders", &["read:orders"]).role(
            "admin",
            "https://api.example.com/orders",
            &["read:orders"],
        )
    };
    App::builder()
        .provider(provider)
        .routes(routes![either, me, role, checked, by_hand, record, why_no_user, unprotected])
        .start()
        .await
}

async fn with_token(app: &App, path: &str, browser: Option<&Browser<'_>>) -> (Status, String) {
    let token = testing::bearer(&app.client).expect("a debug build").resource(Orders);
    let token = token.scopes(["read:orders"]).client_id("shop").text();
    let authorization = format!("Bearer {token}");
    let mut program = browser.map_or_else(|| app.browser(), |browser| browser.at(&app.client));
    let headers = [("Authorization", authorization.as_str()), ("Accept", "text/html")];
    let answer = program.request(Method::Get, path, &headers, "").await;
    (answer.status, answer.body)
}

#[rocket::async_test]
async fn a_route_for_both_lets_in_a_user_by_session_and_a_program_by_token() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let answer = alice.open("/either").await;
    assert_eq!(answer.status, Status::Ok, "{answer:?}");
    assert!(answer.body.starts_with("user "), "{answer:?}");
    assert_eq!(answer.header("Vary"), Some("Cookie"));
    assert_eq!(with_token(&app, "/either", None).await, (Status::Ok, "program shop".into()));
}

#[rocket::async_test]
async fn who_presents_a_token_is_a_program_whatever_cookies_it_sends() {
    let app = app().await;
    let alice = app.signed_in("alice").await;
    assert_eq!(
        with_token(&app, "/either", Some(&alice)).await,
        (Status::Ok, "program shop".into())
    );
    let mut both = alice.at(&app.client);
    let headers = [("Authorization", "Bearer nonsense"), ("Accept", "text/html")];
    let answer = both.request(Method::Get, "/either", &headers, "").await;
    assert_eq!(answer.status, Status::Unauthorized);
    assert_eq!(answer.header("Location"), None);
    // A proxy's password is no token.
    let headers = [("Authorization", "Basic dTpw"), ("Accept", "text/html")];
    let answer = both.request(Method::Get, "/either", &headers, "").await;
    assert_eq!(answer.status, Status::Ok, "{answer:?}");
}

#[rocket::async_test]
async fn without_either_a_browser_goes_to_sign_in_and_a_program_is_told_both_ways() {
    let app = app().await;
    assert_eq!(app.browser().open("/either").await.status, Status::SeeOther);
    let answer = app.browser().fetch("/either").await;
    assert_eq!(answer.status, Status::Unauthorized);
    let challenges = answer.headers.iter().filter(|(name, _)| name == "WWW-Authenticate");
    let schemes: Vec<_> = challenges.filter_map(|(_, value)| value.split(' ').next()).collect();
    assert_eq!(schemes, ["Bearer", "Logto"]);
}

#[rocket::async_test]
async fn a_session_is_no_token_and_a_token_has_no_roles() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/me").await.status, Status::Unauthorized);
    assert_eq!(with_token(&app, "/me", None).await.0, Status::Ok);
    assert_eq!(alice.open("/role").await.status, Status::Ok);
    assert_eq!(with_token(&app, "/role", None).await.0, Status::Forbidden);
}

#[rocket::async_test]
async fn a_check_is_given_whoever_calls() {
    let app = app().await;
    let (mut alice, mut bob) = (app.signed_in("alice").await, app.signed_in("bob").await);
    assert_eq!(with_token(&app, "/checked", None).await.0, Status::Ok);
    assert_eq!(alice.open("/checked").await.status, Status::Ok);
    assert_eq!(bob.open("/checked").await.status, Status::Forbidden);
}

#[rocket::async_test]
async fn a_guard_for_sessions_by_hand_is_an_error_of_the_application_on_a_route_for_programs() {
    let app = app().await;
    let alice = app.signed_in("alice").await;
    assert_eq!(with_token(&app, "/by-hand", Some(&alice)).await, (Status::Ok, "500".into()));
}

#[rocket::async_test]
async fn to_a_guard_for_sessions_a_program_is_no_signed_in_user_where_both_are_accepted() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/record").await.body, "the user's own record");
    let token = testing::bearer(&app.client).expect("a debug build").resource(Orders);
    let authorization = format!("Bearer {}", token.scopes(["read:orders"]).text());
    for kind in [("Accept", "text/html"), ("HX-Request", "true"), ("Accept", "application/json")] {
        let headers = [("Authorization", authorization.as_str()), kind];
        let answer = app.browser().request(Method::Get, "/record", &headers, "").await;
        assert_eq!(answer.status, Status::Unauthorized, "{answer:?}");
        let problem: Value = serde_json::from_str(&answer.body).expect("a problem document");
        assert_eq!(problem["type"], "urn:logto-rocket:not_signed_in");
        assert_eq!(problem.get("sign_in"), None);
        for absent in ["Location", "HX-Redirect"] {
            assert_eq!(answer.header(absent), None, "{answer:?}");
        }
        let challenges = answer.headers.iter().filter(|(name, _)| name == "WWW-Authenticate");
        let challenges: Vec<_> = challenges.map(|(_, value)| value.as_str()).collect();
        let metadata = "https://api.example.com/.well-known/oauth-protected-resource/orders";
        assert_eq!(challenges, [format!("Bearer resource_metadata=\"{metadata}\"")]);
    }
    let why = with_token(&app, "/why-no-user", None).await;
    assert_eq!(why, (Status::Ok, "NotSignedIn".into()));
}

#[rocket::async_test]
async fn an_answer_to_who_is_a_user_or_a_program_depends_on_both_headers() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    for path in ["/either", "/unprotected"] {
        for answer in [alice.open(path).await, app.browser().fetch(path).await] {
            let vary = answer.headers.iter().filter(|(name, _)| name == "Vary");
            let vary: Vec<_> = vary.map(|(_, value)| value.as_str()).collect();
            for header in ["Authorization", "Cookie"] {
                assert!(vary.contains(&header), "{path}: {header} is not in {vary:?}");
            }
        }
        assert_eq!(app.browser().open(path).await.status, Status::SeeOther, "{path}");
    }
}
