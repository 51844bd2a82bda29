//! What the log says of a requirement that cannot be decided.

use logto_rocket::{Config, LogtoUser, SessionConfig, authenticated};
use logto_rocket_tests::app::App;
use logto_rocket_tests::log::Log;
use rocket::http::Status;
use rocket::{get, routes};

#[rocket::async_test]
async fn a_requirement_that_cannot_be_decided_refuses_also_under_not_and_the_log_has_the_remedy() {
    let log = Log::alone().await;
    let kept = SessionConfig::new().claims(["username"]);
    for (what, change, remedy) in [
        (
            "a scope that was not asked for",
            Box::new(|config: Config| {
                let scopes = ["openid", "offline_access", "profile", "email"];
                config.include_reserved_scopes(false).scopes(scopes)
            }) as Box<dyn Fn(Config) -> Config>,
            "`logto.scopes`",
        ),
        (
            "a claim that is not kept",
            Box::new(move |config: Config| config.session(kept.clone())),
            "`logto.session.claims`",
        ),
    ] {
        let app = App::builder().config(change).routes(routes![role, not, check, any_known]);
        let app = app.start().await;
        for (name, path) in [("alice", "/role"), ("alice", "/not"), ("bob", "/not")] {
            let mut browser = app.signed_in(name).await;
            let before = log.ours().len();
            let answer = browser.open(path).await;
            assert_eq!(answer.status, Status::Forbidden, "{what}: {name} at {path}");
            let logged = log.ours().split_off(before);
            assert!(logged.contains(remedy) && logged.contains("role = "), "{what}: {logged}");
        }
        // What does not depend on it is decided.
        let mut alice = app.signed_in("alice").await;
        assert_eq!(alice.open("/check").await.status, Status::Ok, "{what}");
        assert_eq!(alice.open("/any-known").await.status, Status::Ok, "{what}");
    }
}

#[authenticated(role = "admin")]
#[get("/role")]
fn role() {}

#[authenticated(not(role = "trial"))]
#[get("/not")]
fn not() {}

#[authenticated(check = is_alice)]
#[get("/check")]
fn check() {}

#[authenticated(any(role = "unknown", check = is_alice))]
#[get("/any-known")]
fn any_known() {}

fn is_alice(user: &LogtoUser) -> bool {
    user.claims().username.as_deref() == Some("alice")
}
