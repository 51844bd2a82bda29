//! What is not known refuses, also under `not`: a claim that is not where it could be, or not of the type that it is
//! compared with.

use std::time::Duration;

use logto_rocket::testing::{Builder, Endpoint, Fault, Idp, Tamper, User};
use logto_rocket::{Config, Logto, SessionConfig, authenticated};
use logto_rocket_tests::app::rocket;
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket::{get, routes};
use serde_json::{Value, json};

#[authenticated(not(claim("banned" = true)))]
#[get("/not/banned")]
fn not_banned() {}

#[authenticated(claim("level" = 3))]
#[get("/level")]
fn level() {}

#[authenticated(not(claim("level" = 3)))]
#[get("/not/level")]
fn not_level() {}

#[authenticated(not(claim("employer.country" = "FI")))]
#[get("/not/employer")]
fn not_employer() {}

#[authenticated(claim("urn:acme.example:clearance" = 3))]
#[get("/urn")]
fn urn() {}

#[authenticated(not(claim("urn:acme.example:clearance" = 3)))]
#[get("/not/urn")]
fn not_urn() {}

#[authenticated(role = "trial")]
#[get("/role")]
fn role() {}

#[authenticated(not(role = "trial"))]
#[get("/not/role")]
fn not_role() {}

#[authenticated(not(organization = "org_1"))]
#[get("/not/organization")]
fn not_organization() {}

#[authenticated(organization = "org_1", not(organization_role = "guest"))]
#[get("/not/guest")]
fn not_guest() {}

#[authenticated(not(claim("email" = "carol@example.com")))]
#[get("/not/email")]
fn not_email() {}

/// An application at this provider that stores these claims; none means all.
async fn site(idp: &Idp, stored: &[&str]) -> Client {
    let session = SessionConfig::new();
    let session = if stored.is_empty() { session } else { session.claims(stored.iter().copied()) };
    let config = Config::new().scopes(["email"]).session(session);
    let routes = routes![
        not_banned,
        level,
        not_level,
        not_employer,
        urn,
        not_urn,
        role,
        not_role,
        not_organization,
        not_guest,
        not_email
    ];
    let fairing = Logto::fairing().config(config).provider(idp);
    let site = rocket(fairing).mount("/", routes);
    Client::untracked(site).await.expect("a launch")
}

fn with(user: User) -> Builder {
    Idp::builder().user(user)
}

/// The status of a request in the session of `carol`, who signs in for it.
async fn status(idp: &Idp, client: &Client, path: &str) -> u16 {
    let signed_in = idp.sign_in(client, "carol").await.expect("a sign-in");
    client.get(path).cookies(signed_in.cookies()).dispatch().await.status().code
}

#[rocket::async_test]
async fn a_claim_of_another_type_is_neither_the_value_nor_known_to_be_another() {
    for (name, value, path, expected) in [
        ("level", json!(3), "/level", 200),
        ("level", json!(3.0), "/level", 200),
        ("level", json!([2, 3.0]), "/level", 200),
        ("level", json!("3"), "/level", 403),
        ("level", json!(3), "/not/level", 403),
        ("level", json!(3.0), "/not/level", 403),
        ("level", json!([3.0]), "/not/level", 403),
        ("level", json!("3"), "/not/level", 403),
        ("level", json!([4, "3"]), "/not/level", 403),
        ("level", json!({}), "/not/level", 403),
        ("level", json!(4), "/not/level", 200),
        ("level", json!(3.5), "/not/level", 200),
        ("level", json!([]), "/not/level", 200),
        ("level", Value::Null, "/not/level", 200),
        ("banned", json!(true), "/not/banned", 403),
        ("banned", json!("true"), "/not/banned", 403),
        ("banned", json!(1), "/not/banned", 403),
        ("banned", json!(false), "/not/banned", 200),
        ("other", json!(1), "/not/banned", 200),
    ] {
        let idp = with(User::new("carol").claim(name, value.clone())).start().await.unwrap();
        let client = site(&idp, &[]).await;
        assert_eq!(status(&idp, &client, path).await, expected, "{name} = {value} at {path}");
    }
}

#[rocket::async_test]
async fn a_claim_with_dots_in_its_name_is_not_known_to_be_absent() {
    for (name, value, path, expected) in [
        ("urn:acme.example:clearance", json!(3), "/urn", 200),
        ("urn:acme.example:clearance", json!(3), "/not/urn", 403),
        ("urn:acme.example:clearance", json!(2), "/not/urn", 200),
        ("employer", json!({ "country": "FI" }), "/not/employer", 403),
        ("employer.country", json!("FI"), "/not/employer", 403),
        ("employer.country", json!("SE"), "/not/employer", 403),
        ("employer", json!({ "country": "SE" }), "/not/employer", 200),
        ("employer", json!({}), "/not/employer", 200),
    ] {
        let idp = with(User::new("carol").claim(name, value.clone())).start().await.unwrap();
        let client = site(&idp, &[]).await;
        assert_eq!(status(&idp, &client, path).await, expected, "{name} = {value} at {path}");
    }
}

#[rocket::async_test]
async fn a_claim_that_logto_always_sends_and_that_is_missing_is_unknown() {
    let carol = User::new("carol").role("trial").organization("org_1", ["guest"]);
    let idp = with(carol.profile("email", "carol@example.com")).start().await.unwrap();
    let client = site(&idp, &[]).await;
    for (claim, path) in
        [("roles", "/not/role"), ("organization_roles", "/not/guest"), ("email", "/not/email")]
    {
        assert_eq!(status(&idp, &client, path).await, 403, "{path}, with the claim");
        idp.tamper(Tamper::remove_claim(claim));
        assert_eq!(status(&idp, &client, path).await, 403, "{path} without `{claim}`");
        idp.heal();
    }
    // Without the claim, Logto is asked for a token for the organization.
    idp.tamper(Tamper::remove_claim("organizations"));
    assert_eq!(status(&idp, &client, "/not/organization").await, 403);
    let other = with(User::new("carol")).start().await.unwrap();
    let client = site(&other, &[]).await;
    for path in ["/not/role", "/not/organization", "/not/email"] {
        assert_eq!(status(&other, &client, path).await, 200, "{path}");
    }
}

#[rocket::async_test]
async fn a_denied_token_says_nothing_about_the_membership() {
    let idp = with(User::new("carol").organization("org_1", ["guest"])).start().await.unwrap();
    let client = site(&idp, &["name"]).await;
    assert_eq!(status(&idp, &client, "/not/organization").await, 403);
    let signed_in = idp.sign_in(&client, "carol").await.unwrap();
    // As where the organization demands a second factor that the user has not.
    let denied = json!({ "code": "oidc.access_denied", "error": "access_denied" }).to_string();
    let content_type = "application/json".into();
    idp.fault(Endpoint::Token, Fault::Body { status: 403, content_type, body: denied }).for_ever();
    let request = client.get("/not/organization").cookies(signed_in.cookies());
    assert_eq!(request.dispatch().await.status(), Status::Forbidden);
}

#[rocket::async_test]
async fn a_session_from_before_a_change_of_the_stored_claims_signs_in_once_more() {
    let carol = User::new("carol").claim("banned", true).role("trial");
    let idp = with(carol.organization("org_1", ["guest"])).start().await.unwrap();
    let before = site(&idp, &["name"]).await;
    let mut old = idp.sign_in(&before, "carol").await.unwrap().cookies();
    // A page has used the session for a minute.
    old.retain(|cookie| !cookie.name().contains("-flow-"));
    idp.clock().advance(Duration::from_secs(60));
    for stored in [&["name", "banned", "roles", "organizations"][..], &[]] {
        let after = site(&idp, stored).await;
        for path in ["/not/banned", "/not/role", "/role"] {
            let response = after.get(path).cookies(old.clone()).header(rocket::http::Accept::HTML);
            let response = response.dispatch().await;
            assert_eq!(response.status(), Status::SeeOther, "{path}, stored: {stored:?}");
        }
        assert_eq!(status(&idp, &after, "/role").await, 200);
        assert_eq!(status(&idp, &after, "/not/banned").await, 403);
        assert_eq!(status(&idp, &after, "/not/organization").await, 403);
    }
    // A session that stores every claim of ID tokens decides as well as before.
    let all = site(&idp, &[]).await;
    let old = idp.sign_in(&all, "carol").await.unwrap().cookies();
    let fewer = site(&idp, &["roles"]).await;
    let response = fewer.get("/role").cookies(old).dispatch().await;
    assert_eq!(response.status(), Status::Ok);
}
