//! What Logto's token endpoint refuses while claims or tokens are due: nothing is asked over and over.

use std::time::Duration;

use logto_rocket::testing::{Builder, Endpoint, Fault};
use logto_rocket::{AccessToken, Config, Error, LogtoUser, Resource, resource};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::{Answer, Browser};
use logto_rocket_tests::fault;
use rocket::futures::future::join_all;
use rocket::http::Status;
use rocket::{get, routes};

resource!(Orders = "https://api.example.com/orders");

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);

/// Longer than any pause after a refusal.
const PAUSE: Duration = Duration::from_secs(31);

/// The codes with their status; `true`: of the whole process, not of one session.
const CODES: [(u16, &str, bool); 7] = [
    (401, "invalid_client", true),
    (400, "invalid_client", true),
    (400, "invalid_request", true),
    (400, "unauthorized_client", true),
    (400, "temporarily_unavailable", true),
    (400, "invalid_scope", false),
    (400, "a_code_of_the_future", false),
];

/// Those that are of the application, whatever was asked for.
const OF_THE_APPLICATION: [(u16, &str); 3] =
    [(401, "invalid_client"), (400, "invalid_request"), (400, "unauthorized_client")];

/// In how many browsers something falls due at the same moment.
const BROWSERS: usize = 20;

/// An application with the resource, and signed-in browsers.
async fn with_orders() -> App {
    let provider = |provider: Builder| provider.resource(Orders::URI, &["read:orders"]);
    let config = |config: Config| config.scopes(["urn:logto:scope:organizations"]);
    let app = App::builder().provider(provider).config(config);
    app.routes(routes![orders, orders_of]).start().await
}

async fn signed_in(app: &App) -> Vec<Browser<'_>> {
    let mut browsers = Vec::with_capacity(BROWSERS);
    for _ in 0..BROWSERS {
        browsers.push(app.signed_in("alice").await);
    }
    app.idp.forget_requests();
    browsers
}

async fn all_open(browsers: &mut [Browser<'_>], path: &str) -> Vec<Answer> {
    join_all(browsers.iter_mut().map(|browser| browser.open(path))).await
}

fn refusal(status: u16, code: &str) -> Fault {
    let description = "client secret has expired";
    fault::json(status, format!(r#"{{"error":"{code}","error_description":"{description}"}}"#))
}

#[rocket::async_test]
async fn a_refusal_is_asked_for_twice_at_most_in_half_a_minute_and_old_claims_stand() {
    for (status, code, of_the_process) in CODES {
        let app = App::start().await;
        let mut alice = app.signed_in("alice").await;
        let mut bob = app.signed_in("bob").await;
        app.idp.remove_role("alice", "admin");
        app.clock.advance(HOUR);
        for round in 1..=2 {
            app.idp.forget_requests();
            app.idp.fault(Endpoint::Token, refusal(status, code)).for_ever();
            for _ in 0..20 {
                assert_eq!(alice.open("/admin").await.status, Status::Ok, "{code}");
            }
            let asked = app.idp.requests().token();
            assert!((1..=2).contains(&asked), "{status} {code}, round {round}: {asked} requests");
            for _ in 0..20 {
                assert_eq!(bob.open("/account").await.status, Status::Ok, "{code}");
            }
            let asked = app.idp.requests().token();
            let most = if of_the_process { 2 } else { 4 };
            assert!(asked <= most, "{status} {code}, round {round}: {asked} requests of two");
            app.clock.advance(PAUSE);
        }
        app.idp.heal();
        assert_eq!(alice.open("/admin").await.status, Status::Forbidden, "{code}: confirmed");
        assert_eq!(bob.open("/account").await.status, Status::Ok, "{code}");
        assert_eq!(alice.open("/profile").await.status, Status::Ok, "{code}");
    }
}

#[rocket::async_test]
async fn a_refused_application_believes_claims_until_max_stale_and_no_longer() {
    for code in ["invalid_client", "invalid_request"] {
        let app = App::start().await;
        let mut alice = app.signed_in("alice").await;
        app.idp.fault(Endpoint::Token, refusal(400, code)).for_ever();
        app.clock.advance(23 * HOUR + 59 * MINUTE);
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{code}");
        app.clock.advance(2 * MINUTE);
        assert_eq!(alice.open("/account").await.status, Status::ServiceUnavailable, "{code}");
        app.idp.heal();
        app.clock.advance(PAUSE);
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{code}");
    }
}

#[rocket::async_test]
async fn a_refused_application_is_not_asked_for_access_tokens_either() {
    let app = with_orders().await;
    let mut alice = app.signed_in("alice").await;
    let mut bob = app.signed_in("bob").await;
    assert_eq!(alice.open("/orders").await.status, Status::Ok, "while nothing is wrong");
    app.clock.advance(59 * MINUTE);
    app.idp.forget_requests();
    app.idp.fault(Endpoint::Token, refusal(401, "invalid_client")).for_ever();
    for _ in 0..10 {
        // Her token lives for a minute; he has none.
        assert_eq!(alice.open("/orders").await.status, Status::Ok);
        assert_eq!(bob.open("/orders").await.status, Status::ServiceUnavailable);
    }
    assert!(app.idp.requests().token() <= 2, "{}", app.idp.requests().token());
    app.idp.heal();
    app.clock.advance(PAUSE);
    assert_eq!(bob.open("/orders").await.status, Status::Ok);
}

#[rocket::async_test]
async fn sessions_that_fall_due_at_the_same_moment_ask_a_refused_application_s_logto_twice_at_most()
{
    for (status, code) in OF_THE_APPLICATION {
        let app = with_orders().await;
        let mut browsers = signed_in(&app).await;
        app.clock.advance(HOUR);
        app.idp.fault(Endpoint::Token, refusal(status, code)).for_ever();
        for answer in all_open(&mut browsers, "/account").await {
            assert_eq!(answer.status, Status::Ok, "{code}: old claims stay valid");
        }
        for answer in all_open(&mut browsers, "/orders").await {
            assert_eq!(answer.status, Status::ServiceUnavailable, "{code}");
        }
        let asked = app.idp.requests().token();
        assert!((1..=2).contains(&asked), "{code}: {asked} requests");
        app.clock.advance(PAUSE);
        all_open(&mut browsers, "/account").await;
        assert!(app.idp.requests().token() <= 3, "{code}: one tries half a minute later");
    }
}

#[rocket::async_test]
async fn sessions_that_fall_due_at_the_same_moment_have_few_of_them_ask_a_logto_that_is_silent() {
    let app = App::start().await;
    let mut browsers = signed_in(&app).await;
    app.clock.advance(HOUR);
    app.idp.fault(Endpoint::Token, Fault::Hang).for_ever();
    for answer in all_open(&mut browsers, "/account").await {
        assert_eq!(answer.status, Status::Ok, "old claims stay valid");
    }
    all_open(&mut browsers, "/account").await;
    // Two ask, and each is sent again once; on a busy machine another one may begin before they are over.
    let asked = app.idp.requests().token();
    assert!((1..=BROWSERS / 2).contains(&asked), "{asked} requests");
}

#[rocket::async_test]
async fn sessions_that_fall_due_at_the_same_moment_are_all_confirmed_where_nothing_is_refused() {
    let app = App::start().await;
    let mut browsers = signed_in(&app).await;
    app.idp.remove_role("alice", "admin");
    app.clock.advance(HOUR);
    for answer in all_open(&mut browsers, "/admin").await {
        assert_eq!(answer.status, Status::Forbidden);
    }
    assert_eq!(app.refreshes(), BROWSERS);
}

#[rocket::async_test]
async fn tokens_that_are_wanted_at_the_same_moment_ask_a_refused_application_s_logto_twice_at_most()
{
    for (status, code) in OF_THE_APPLICATION {
        let app = with_orders().await;
        let mut browsers = signed_in(&app).await;
        app.idp.fault(Endpoint::Token, refusal(status, code)).for_ever();
        for answer in all_open(&mut browsers, "/orders").await {
            assert_eq!(answer.status, Status::ServiceUnavailable, "{code}");
        }
        let asked = app.idp.requests().token();
        assert!((1..=2).contains(&asked), "{code}: {asked} requests");
        app.idp.heal();
        app.clock.advance(PAUSE);
        assert_eq!(browsers[0].open("/orders").await.status, Status::Ok, "{code}");
        for answer in all_open(&mut browsers, "/orders").await {
            assert_eq!(answer.status, Status::Ok, "{code}");
        }
    }
}

#[rocket::async_test]
async fn a_refusal_of_one_target_stops_no_other_session() {
    let of_orders = ["invalid_target", "access_denied", "invalid_scope"];
    let of_orders = of_orders.map(|code| (code, "/orders"));
    // The path names the organization, so a user can make up one that Logto finds invalid.
    for (code, path) in of_orders.into_iter().chain([("invalid_request", "/orders/made-up")]) {
        let app = with_orders().await;
        let mut alice = app.signed_in("alice").await;
        let mut bob = app.signed_in("bob").await;
        app.idp.fault(Endpoint::Token, refusal(400, code));
        let refused = alice.open(path).await.status;
        assert_ne!(refused, Status::Ok, "{code}");
        assert_eq!(bob.open("/orders").await.status, Status::Ok, "{code}");
    }
}

#[expect(clippy::needless_pass_by_value, reason = "a guard is one's own")]
#[get("/orders")]
fn orders(token: AccessToken<Orders>) -> String {
    token.as_str().to_owned()
}

#[get("/orders/<organization>")]
async fn orders_of(user: LogtoUser, organization: &str) -> Result<String, Error> {
    let token = user.access_token_for(Orders, organization).await?;
    Ok(token.as_str().to_owned())
}
