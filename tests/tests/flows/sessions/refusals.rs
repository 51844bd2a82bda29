//! What Logto's token endpoint refuses while claims or tokens are due: nothing is asked over and over.

use std::time::Duration;

use logto_rocket::testing::{Builder, Endpoint, Fault};
use logto_rocket::{AccessToken, Resource, resource};
use logto_rocket_tests::app::App;
use logto_rocket_tests::fault;
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
    let provider = |provider: Builder| provider.resource(Orders::URI, &["read:orders"]);
    let app = App::builder().provider(provider).routes(routes![orders]).start().await;
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

#[expect(clippy::needless_pass_by_value, reason = "a guard is one's own")]
#[get("/orders")]
fn orders(token: AccessToken<Orders>) -> String {
    token.as_str().to_owned()
}
