//! Back-channel logout: Logto ends sessions by its own logout tokens, and by nothing else.

mod keys;
mod requests;
mod sessions;
mod tokens;
mod typ;

use logto_rocket::Config;
use logto_rocket::testing::Tamper;
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::Answer;
use rocket::http::Status;

const ROUTE: &str = "/auth/backchannel-logout";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// An application whose sessions Logto knows by `sid`.
async fn app() -> App {
    app_with(|config| config).await
}

async fn app_with(config: impl FnOnce(Config) -> Config) -> App {
    App::builder().provider(|provider| provider.session_required(true)).config(config).start().await
}

/// A logout token for alice's latest session, with something wrong.
fn forged(app: &App, tampers: &[Tamper]) -> String {
    for tamper in tampers {
        app.idp.tamper(tamper.clone());
    }
    let token = app.idp.logout_token("alice").unwrap();
    app.idp.heal();
    token
}

/// A logout token for all of alice's sessions.
fn without_sid(app: &App) -> String {
    forged(app, &[Tamper::remove_claim("sid")])
}

fn assert_refused(answer: &Answer, what: &str) {
    assert_eq!(answer.status, Status::BadRequest, "{what}: {answer:?}");
    assert_eq!(answer.body, r#"{"error":"invalid_request"}"#, "{what}: it says nothing more");
    assert_eq!(answer.header("Content-Type"), Some("application/json"), "{what}");
    assert_eq!(answer.header("Cache-Control"), Some("no-store"), "{what}");
    assert!(!answer.sets_cookies(), "{what}");
}
