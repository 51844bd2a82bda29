//! What the log says when Logto refuses the application.

use std::time::Duration;

use logto_rocket::testing::{Builder, Endpoint};
use logto_rocket::{AccessToken, Resource, resource};
use logto_rocket_tests::app::App;
use logto_rocket_tests::fault;
use logto_rocket_tests::log::Log;
use rocket::futures::future::join_all;
use rocket::http::Status;
use rocket::{get, routes};

resource!(Orders = "https://api.example.com/orders");

const HOUR: Duration = Duration::from_secs(3600);
const PAUSE: Duration = Duration::from_secs(31);

#[rocket::async_test]
async fn a_refusal_of_the_application_is_logged_once_with_its_remedy() {
    let log = Log::alone().await;
    for (status, code) in [(401, "invalid_client"), (400, "invalid_request")] {
        let app = App::start().await;
        let mut alice = app.signed_in("alice").await;
        let mut bob = app.signed_in("bob").await;
        let before = log.ours().len();
        let body = format!(r#"{{"error":"{code}"}}"#);
        app.idp.fault(Endpoint::Token, fault::json(status, body)).for_ever();
        app.clock.advance(HOUR);
        for _ in 0..3 {
            for browser in [&mut alice, &mut bob] {
                assert_eq!(browser.open("/account").await.status, Status::Ok);
                assert_eq!(browser.open("/account").await.status, Status::Ok);
            }
            app.clock.advance(PAUSE);
        }
        let logged = log.ours().split_off(before);
        assert_eq!(logged.matches(code).count(), 1, "{logged}");
        assert_eq!(logged.matches("`logto.app_secret`").count(), 1, "{logged}");
        app.idp.heal();
        assert_eq!(alice.open("/account").await.status, Status::Ok);
    }
}

#[rocket::async_test]
async fn a_refusal_that_many_sessions_get_at_the_same_moment_is_logged_once() {
    let log = Log::alone().await;
    let codes = [(401, "invalid_client"), (400, "invalid_request"), (400, "unauthorized_client")];
    for (path, (status, code)) in
        ["/account", "/orders"].into_iter().flat_map(|path| codes.map(|code| (path, code)))
    {
        let provider = |provider: Builder| provider.resource(Orders::URI, &["read:orders"]);
        let app = App::builder().provider(provider).routes(routes![orders]).start().await;
        let mut browsers = Vec::new();
        for _ in 0..10 {
            browsers.push(app.signed_in("alice").await);
        }
        let before = log.ours().len();
        let body = format!(r#"{{"error":"{code}"}}"#);
        app.idp.fault(Endpoint::Token, fault::json(status, body)).for_ever();
        app.clock.advance(HOUR);
        join_all(browsers.iter_mut().map(|browser| browser.open(path))).await;
        let logged = log.ours().split_off(before);
        assert_eq!(logged.matches("Until this is corrected").count(), 1, "{path} {code}: {logged}");
    }
}

#[get("/orders")]
fn orders(_token: AccessToken<Orders>) {}
