//! Facts that only Logto knows about a user. The test provider takes the place of Logto.

use rocket::get;
use rocket::local::asynchronous::Client;
use rocket::routes;

use super::Orders;
use super::organizations::changed;
use crate::request::tests::quiet;
use crate::session::Asked;
use crate::testing::{Endpoint, Fault, Idp, User};
use crate::{Logto, LogtoUser, authenticated};

#[authenticated(resource = Orders, not(scope = "guest"))]
#[get("/no-guests")]
fn no_guests() -> &'static str {
    "no-guests"
}

#[get("/renamed")]
fn renamed(user: &LogtoUser) -> String {
    user.display_name().to_owned()
}

async fn site() -> (Idp, Client) {
    let idp = Idp::builder()
        .user(User::new("alice"))
        .resource("https://api.example.com/orders", &["read:orders", "guest"]);
    let idp = idp.start().await.expect("a provider");
    let rocket = quiet().attach(Logto::fairing().provider(&idp));
    let client = Client::untracked(rocket.mount("/", routes![no_guests, renamed])).await;
    (idp, client.expect("a site"))
}

/// Logto may deny a token for want of a second factor, and does not know each resource and scope.
#[rocket::async_test]
async fn a_token_that_logto_refuses_decides_nothing() {
    let (idp, client) = site().await;
    let cookies = idp.sign_in(&client, "alice").await.expect("a sign-in").cookies();
    let answer = client.get("/no-guests").cookies(cookies).dispatch().await;
    assert_eq!(answer.status().code, 200, "with a token");
    for code in ["access_denied", "invalid_target", "insufficient_scope"] {
        let cookies = idp.sign_in(&client, "alice").await.expect("a sign-in").cookies();
        let body = format!(r#"{{"error":"{code}"}}"#);
        let content_type = "application/json".to_owned();
        idp.fault(Endpoint::Token, Fault::Body { status: 400, content_type, body });
        let answer = client.get("/no-guests").cookies(cookies).dispatch().await;
        assert_eq!(answer.status().code, 403, "{code}");
    }
}

#[rocket::async_test]
async fn logto_is_not_asked_for_what_the_sign_in_did_not_ask_for() {
    let (idp, client) = site().await;
    let cookies = idp.sign_in(&client, "alice").await.expect("a sign-in").cookies();
    let asked_less = changed(&client, &cookies, |session| {
        session.asked = Asked::new(&["openid".to_owned(), "offline_access".to_owned()], &[]);
    });
    idp.forget_requests();
    let answer = client.get("/no-guests").cookies(asked_less.await).dispatch().await;
    assert_eq!(answer.status().code, 401, "another sign-in asks for it");
    assert_eq!(idp.requests().token(), 0);
}

#[rocket::async_test]
async fn a_request_goes_on_with_the_claims_that_it_has_fetched() {
    let (idp, client) = site().await;
    let cookies = idp.sign_in(&client, "alice").await.expect("a sign-in").cookies();
    let request = client.get("/renamed").cookies(cookies);
    let name = async || {
        let user = request.inner().guard::<&LogtoUser>().await.succeeded().expect("a user");
        (user, user.display_name().to_owned())
    };
    let (user, before) = name().await;
    idp.set_claim("alice", "name", "Al");
    assert_eq!(name().await.1, before, "nobody has asked");
    user.refresh().await.expect("newer claims");
    assert_eq!(name().await.1, "Al");
}
