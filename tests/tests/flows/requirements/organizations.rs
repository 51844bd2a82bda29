//! Organizations, from the path and by a function: which requests are admitted, and what Logto is asked.

use std::time::Duration;

use logto_rocket::testing::User;
use logto_rocket::{SessionConfig, authenticated};
use logto_rocket_tests::app::{App, config_for, launch};
use logto_rocket_tests::browser::Browser;
use rocket::http::Status;
use rocket::{Request, Route, get, routes};

#[authenticated(organization = "<org>")]
#[get("/orgs/<org>")]
fn home(org: &str) -> String {
    org.into()
}

#[authenticated(organization = "<org>", organization_role = "org-admin")]
#[get("/orgs/<org>/admin")]
fn admin(org: &str) -> String {
    org.into()
}

#[authenticated(organization = "<org>", scope = "invite:member")]
#[get("/orgs/<org>/invite")]
fn invite(org: &str) -> String {
    org.into()
}

#[authenticated(organization = "<org>", scope = "fly")]
#[get("/orgs/<org>/fly")]
fn fly(org: &str) -> String {
    org.into()
}

#[authenticated(organization = "<org>", not(scope = "fly"))]
#[get("/orgs/<org>/walk")]
fn walk(org: &str) -> String {
    org.into()
}

#[authenticated(organization = tenant_of, scope = "manage:billing")]
#[get("/billing")]
fn billing() {}

#[authenticated(organization = tenant_of, scope = "fly")]
#[get("/flights")]
fn flights() {}

async fn tenant_of(request: &Request<'_>) -> Option<String> {
    rocket::tokio::task::yield_now().await;
    request.headers().get_one("X-Tenant").map(ToOwned::to_owned)
}

fn all() -> Vec<Route> {
    routes![home, admin, invite, fly, walk, billing, flights]
}

async fn app() -> App {
    let provider = |provider: logto_rocket::testing::Builder| {
        provider
            .user(User::new("alice").organization("org_1", ["org-admin"]))
            .user(User::new("bob").organization("org_2", ["member"]))
            .organization_role("org-admin", &["invite:member", "manage:billing"])
            .organization_role("pilot", &["fly"])
    };
    App::builder().provider(provider).routes(all()).start().await
}

async fn at_tenant(browser: &mut Browser<'_>, tenant: &str, path: &str) -> Status {
    browser.headers = vec![("X-Tenant".into(), tenant.into())];
    let status = browser.open(path).await.status;
    browser.headers.clear();
    status
}

#[rocket::async_test]
async fn members_are_admitted_by_the_path_and_others_are_not() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let mut bob = app.signed_in("bob").await;
    for (path, alices, bobs) in [
        ("/orgs/org_1", Status::Ok, Status::Forbidden),
        ("/orgs/org_2", Status::Forbidden, Status::Ok),
        ("/orgs/org_3", Status::Forbidden, Status::Forbidden),
        ("/orgs/org_1/admin", Status::Ok, Status::Forbidden),
        ("/orgs/org_2/admin", Status::Forbidden, Status::Forbidden),
        ("/orgs/org_1/invite", Status::Ok, Status::Forbidden),
        ("/orgs/org_2/invite", Status::Forbidden, Status::Forbidden),
        ("/orgs/org_1/fly", Status::Forbidden, Status::Forbidden),
        ("/orgs/org_1/walk", Status::Ok, Status::Forbidden),
    ] {
        assert_eq!(alice.open(path).await.status, alices, "alice at {path}");
        assert_eq!(bob.open(path).await.status, bobs, "bob at {path}");
    }
}

#[rocket::async_test]
async fn members_are_admitted_by_a_function_and_others_are_not() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let mut bob = app.signed_in("bob").await;
    assert_eq!(at_tenant(&mut alice, "org_1", "/billing").await, Status::Ok);
    assert_eq!(at_tenant(&mut bob, "org_1", "/billing").await, Status::Forbidden);
    assert_eq!(at_tenant(&mut alice, "org_3", "/billing").await, Status::Forbidden);
    assert_eq!(at_tenant(&mut alice, "org_1", "/flights").await, Status::Forbidden);
    assert_eq!(alice.open("/billing").await.status, Status::Forbidden, "no tenant at all");
}

#[rocket::async_test]
async fn while_logto_is_away_what_depends_on_it_is_unavailable_and_the_rest_is_not() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.pause().await;
    assert_eq!(alice.open("/orgs/org_1").await.status, Status::Ok);
    assert_eq!(alice.open("/orgs/org_2/invite").await.status, Status::Forbidden);
    for path in ["/orgs/org_1/invite", "/orgs/org_1/fly", "/orgs/org_1/walk"] {
        let refused = alice.open(path).await;
        assert_eq!(refused.status, Status::ServiceUnavailable, "{path}");
        assert!(refused.header("Retry-After").is_some(), "{refused:?}");
    }
    assert_eq!(at_tenant(&mut alice, "org_1", "/billing").await, Status::ServiceUnavailable);
}

#[rocket::async_test]
async fn a_segment_that_is_no_id_is_not_found() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    for path in ["/orgs/%20", "/orgs/%C3%A9", "/orgs/a%0Ab", "/orgs/%20/admin"] {
        assert_eq!(alice.open(path).await.status, Status::NotFound, "{path}");
    }
    assert_eq!(alice.open("/orgs/org%5F1").await.status, Status::Ok, "it is decoded");
    let stranger = app.browser().open("/orgs/%20").await;
    assert_eq!(stranger.status, Status::SeeOther, "strangers learn nothing");
}

#[rocket::async_test]
async fn scopes_and_resources_of_the_routes_are_asked_of_logto() {
    let app = app().await;
    let mut browser = app.browser();
    let start = browser.open("/auth/sign-in").await;
    let url = url::Url::parse(start.location()).unwrap();
    let query: Vec<_> = url.query_pairs().into_owned().collect();
    let all = |name: &str| -> Vec<String> {
        query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    };
    assert_eq!(
        all("scope"),
        ["openid offline_access profile roles email fly invite:member manage:billing \
          urn:logto:scope:organization_roles urn:logto:scope:organizations"]
    );
    assert_eq!(all("resource"), ["urn:logto:resource:organizations"]);
}

#[rocket::async_test]
async fn a_session_from_before_the_requirement_is_sent_through_the_sign_in_once() {
    let old = App::builder()
        .provider(|idp| {
            idp.user(User::new("alice").organization("org_1", ["org-admin"]))
                .organization_role("org-admin", &["invite:member"])
        })
        .start()
        .await;
    let alice = old.signed_in("alice").await;
    let new = launch(&old.clock, config_for(&old.idp), all()).await;
    let mut browser = Browser::new(&new);
    browser.cookies = alice.cookies;
    old.clock.advance(Duration::from_secs(60));

    for path in ["/orgs/org_1", "/orgs/org_1/invite"] {
        let refused = browser.open(path).await;
        assert_eq!(refused.status, Status::SeeOther, "{refused:?}");
        assert!(refused.location().starts_with("/auth/sign-in?return_to="), "{refused:?}");
        assert_eq!(browser.fetch(path).await.status, Status::Unauthorized);
    }
    let cookies = browser.cookies;
    let app = App { client: new, ..old };
    let mut again = app.browser();
    again.cookies = cookies;
    assert_eq!(
        app.sign_in(&mut again, "alice", "/orgs/org_1/invite").await.status,
        Status::SeeOther
    );
    assert_eq!(again.open("/orgs/org_1/invite").await.status, Status::Ok);
    assert_eq!(again.open("/orgs/org_1/fly").await.status, Status::Forbidden, "not sent again");
}

/// Where the claims do not say it, Logto is asked whether a user is a member.
#[rocket::async_test]
async fn made_up_organizations_are_asked_for_a_few_times_a_minute() {
    let provider = |provider: logto_rocket::testing::Builder| {
        let alice = User::new("alice").organization("org_1", ["org-admin"]);
        provider.user(alice).organization("org_1", "One", "").organization_role("org-admin", &[])
    };
    let without = SessionConfig::new().claims(["name"]);
    let app = App::builder().provider(provider).config(|config| config.session(without));
    let app = app.routes(all()).start().await;
    let mut alice = app.signed_in("alice").await;
    app.idp.forget_requests();
    for number in 0..10 {
        assert_eq!(alice.open(&format!("/orgs/made-up-{number}")).await.status, Status::Forbidden);
    }
    for number in 10..100 {
        let answer = alice.open(&format!("/orgs/made-up-{number}")).await;
        assert_eq!(answer.status, Status::ServiceUnavailable);
        assert!(answer.header("Retry-After").is_some());
    }
    assert_eq!(app.idp.requests().token(), 10);
    app.clock.advance(Duration::from_secs(61));
    assert_eq!(alice.open("/orgs/org_1").await.status, Status::Ok);
}

/// Links of another site can have a browser ask about organizations that are made up.
#[rocket::async_test]
async fn made_up_organizations_take_nothing_from_those_that_the_claims_name() {
    let app = App::builder().provider(many_organizations).routes(all()).start().await;
    let mut alice = app.signed_in("alice").await;
    for number in 0..30 {
        alice.open(&format!("/orgs/made-up-{number}/invite")).await;
    }
    assert_eq!(alice.open("/orgs/org_1/invite").await.status, Status::Ok);
}

fn many_organizations(provider: logto_rocket::testing::Builder) -> logto_rocket::testing::Builder {
    let alice = User::new("alice").organization("org_1", ["org-admin"]);
    let provider = provider.user(alice).organization("org_1", "One", "");
    provider.organization_role("org-admin", &["invite:member"])
}
