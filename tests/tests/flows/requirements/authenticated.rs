//! Which requests `#[authenticated(…)]` admits.

use std::sync::atomic::{AtomicUsize, Ordering};

use logto_rocket::testing::{Idp, User};
use logto_rocket::{Clock, Logto, LogtoUser, authenticated};
use logto_rocket_tests::app::{App, ORIGIN, config_for, figment};
use logto_rocket_tests::browser::Browser;
use rocket::data::{self, FromData};
use rocket::http::{Method, Status};
use rocket::local::asynchronous::Client;
use rocket::request::{FromRequest, Outcome};
use rocket::{Data, Request, get, post, routes};
use serde_json::json;

/// Each page, and whether it admits: alice (admin, auditor), bob (trial), carol (nothing).
const PAGES: [(&str, [bool; 3]); 17] = [
    ("/signed-in", [true, true, true]),
    ("/role", [true, false, false]),
    ("/roles", [true, false, false]),
    ("/all-roles", [false, false, false]),
    ("/text", [true, false, false]),
    ("/nested", [true, false, false]),
    ("/number", [true, false, false]),
    ("/truth", [false, true, false]),
    ("/listed", [true, false, false]),
    ("/check", [true, false, false]),
    ("/slow-check", [true, false, false]),
    ("/comma", [true, false, false]),
    ("/all", [false, false, false]),
    ("/any", [true, true, false]),
    ("/not", [true, false, true]),
    ("/not-claim", [false, true, true]),
    ("/deep", [true, false, true]),
];

#[rocket::async_test]
async fn each_requirement_admits_exactly_the_users_that_meet_it() {
    let app = app().await;
    for (user, name) in ["alice", "bob", "carol"].into_iter().enumerate() {
        let mut browser = app.signed_in(name).await;
        for (path, admits) in PAGES {
            let expected = if admits[user] { Status::Ok } else { Status::Forbidden };
            let answer = browser.open(path).await;
            assert_eq!(answer.status, expected, "{name} at {path}: {answer:?}");
        }
    }
    let mut stranger = app.browser();
    for (path, _) in PAGES {
        assert_eq!(stranger.open(path).await.status, Status::SeeOther, "{path}");
        assert_eq!(stranger.fetch(path).await.status, Status::Unauthorized, "{path}");
    }
}

#[rocket::async_test]
async fn with_a_refused_requirement_no_later_guard_runs_and_no_byte_is_read() {
    let app = app().await;
    let counts = app.client.rocket().state::<Counts>().unwrap();
    let own = [("Origin", ORIGIN), ("Content-Type", "text/plain")];
    let mut stranger = app.browser();
    let mut bob = app.signed_in("bob").await;
    for (browser, expected) in
        [(&mut stranger, Status::Unauthorized), (&mut bob, Status::Forbidden)]
    {
        let answer = browser.request(Method::Post, "/upload", &own, "a long text").await;
        assert_eq!(answer.status, expected);
        assert_eq!(counts.take(), (0, 0), "{expected}");
    }
    let foreign = [("Origin", "https://evil.example"), ("Content-Type", "text/plain")];
    let mut alice = app.signed_in("alice").await;
    let answer = alice.request(Method::Post, "/upload", &foreign, "a long text").await;
    assert_eq!((answer.status, counts.take()), (Status::Forbidden, (0, 0)));

    let answer = alice.request(Method::Post, "/upload", &own, "a long text").await;
    assert_eq!((answer.status, counts.take()), (Status::Ok, (1, 11)), "{answer:?}");
}

#[authenticated]
#[get("/signed-in")]
fn signed_in_only() {}

#[authenticated(role = "admin")]
#[get("/role")]
fn role() {}

#[authenticated(roles("admin", "auditor"))]
#[get("/roles")]
fn roles() {}

#[authenticated(roles("admin", "auditor", "owner"))]
#[get("/all-roles")]
fn all_roles() {}

#[authenticated(claim("department" = "ops"))]
#[get("/text")]
fn text() {}

#[authenticated(claim("desk.floor" = 3))]
#[get("/nested")]
fn nested() {}

#[authenticated(claim("level" = 7))]
#[get("/number")]
fn number() {}

#[authenticated(claim("probation" = true))]
#[get("/truth")]
fn truth() {}

#[authenticated(claim("teams" = "blue"))]
#[get("/listed")]
fn listed() {}

#[authenticated(check = is_alice)]
#[get("/check")]
fn check() {}

#[authenticated(check = is_alice_after_a_while)]
#[get("/slow-check")]
fn slow_check() {}

#[authenticated(role = "admin", claim("department" = "ops"))]
#[get("/comma")]
fn comma() {}

#[authenticated(all(role = "admin", claim("level" = 8)))]
#[get("/all")]
fn all() {}

#[authenticated(any(role = "admin", role = "trial"))]
#[get("/any")]
fn any() {}

#[authenticated(not(role = "trial"))]
#[get("/not")]
fn not() {}

#[authenticated(not(claim("department" = "ops")))]
#[get("/not-claim")]
fn not_claim() {}

#[authenticated(any(
    all(role = "admin", not(role = "trial")),
    not(any(role = "admin", role = "trial"))
))]
#[get("/deep")]
fn deep() {}

#[authenticated(role = "admin")]
#[post("/upload", data = "<_text>")]
fn upload(_guard: Counted, _text: Text) {}

fn is_alice(user: &LogtoUser) -> bool {
    user.claims().username.as_deref() == Some("alice")
}

async fn is_alice_after_a_while(user: &LogtoUser) -> bool {
    rocket::tokio::task::yield_now().await;
    is_alice(user)
}

/// How often a guard ran, and how many bytes were read.
#[derive(Default)]
struct Counts {
    guards: AtomicUsize,
    bytes: AtomicUsize,
}

impl Counts {
    fn take(&self) -> (usize, usize) {
        (self.guards.swap(0, Ordering::AcqRel), self.bytes.swap(0, Ordering::AcqRel))
    }

    fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.rocket().state().expect("the counts")
    }
}

struct Counted;

struct Text;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Counted {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        Counts::of(request).guards.fetch_add(1, Ordering::AcqRel);
        Outcome::Success(Self)
    }
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Text {
    type Error = std::io::Error;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self> {
        use rocket::data::ToByteUnit;

        match data.open(1.kibibytes()).into_string().await {
            Ok(text) => {
                Counts::of(request).bytes.fetch_add(text.len(), Ordering::AcqRel);
                data::Outcome::Success(Self)
            }
            Err(error) => data::Outcome::Error((Status::InternalServerError, error)),
        }
    }
}

async fn app() -> App {
    let alice = User::new("alice")
        .role("admin")
        .role("auditor")
        .claim("department", "ops")
        .claim("desk", json!({"floor": 3}))
        .claim("level", 7)
        .claim("teams", json!(["red", "blue"]));
    let bob = User::new("bob").role("trial").claim("probation", true).claim("level", "7");
    let carol = User::new("carol");
    App::builder()
        .provider(|provider| provider.user(alice).user(bob).user(carol))
        .routes(routes![signed_in_only, role, roles, all_roles, text, nested, number, truth])
        .routes(routes![listed, check, slow_check, comma, all, any, not, not_claim, deep, upload])
        .rocket(|rocket| rocket.manage(Counts::default()))
        .start()
        .await
}

#[rocket::async_test]
async fn the_unmet_requirement_is_shown_in_the_debug_profile_only() {
    let clock = Clock::frozen();
    let idp = Idp::builder().clock(clock.clone()).start().await.unwrap();
    for (profile, shows) in [("debug", true), ("release", false)] {
        let figment = figment().select(profile).merge(("profile", profile));
        let fairing = Logto::fairing().config(config_for(&idp)).clock(clock.clone());
        let rocket = rocket::custom(figment).attach(fairing).mount("/", routes![admins]);
        let client = Client::untracked(rocket).await.unwrap();
        let mut bob = Browser::new(&client);
        bob.sign_in(&idp, "bob", "/").await;

        let page = bob.open("/admins").await;
        assert_eq!(page.status, Status::Forbidden, "{profile}: {page:?}");
        assert_eq!(page.body.contains("required: "), shows, "{profile}: {}", page.body);
        assert!(
            !page.body.contains("username"),
            "a requirement that is met is no reason: {}",
            page.body
        );
        let problem = bob.fetch("/admins").await;
        assert_eq!(problem.status, Status::Forbidden, "{profile}: {problem:?}");
        assert_eq!(problem.body.contains("role = "), shows, "{profile}: {}", problem.body);
    }
}

#[authenticated(claim("username" = "bob"), any(role = "admin", role = "auditor"))]
#[get("/admins")]
fn admins() {}
