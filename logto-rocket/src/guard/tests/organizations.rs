//! Requirements on an organization, and what they must ask Logto for.

#![expect(clippy::needless_pass_by_value, reason = "the parameters of a handler are its guards")]

use std::sync::{Arc, Mutex, PoisonError};

use rocket::http::Cookie;
use rocket::local::asynchronous::Client;
use rocket::{Request, get, routes};

use super::{App, Orders, said};
use crate::host::HostId;
use crate::oidc::RefreshToken;
use crate::request::tests::{config, quiet};
use crate::session::{Asked, Session};
use crate::testing::{self, User};
use crate::{Caller, Event, Logto, Organizations, authenticated, client};

#[authenticated(organization = "<org>")]
#[get("/orgs/<org>/home")]
fn home(org: &str) -> String {
    org.to_owned()
}

#[authenticated(not(organization = "<org>"))]
#[get("/orgs/<org>/join")]
fn join(org: &str) -> String {
    org.to_owned()
}

#[authenticated(organization = "o1")]
#[get("/first")]
fn first() -> &'static str {
    "first"
}

#[authenticated(organization = of_header)]
#[get("/found")]
fn found() -> &'static str {
    "found"
}

#[authenticated(organization = of_header, organization_role = "owner")]
#[get("/owned")]
fn owned() -> &'static str {
    "owned"
}

fn of_header(request: &Request<'_>) -> Option<String> {
    request.headers().get_one("X-Org").map(str::to_owned)
}

#[authenticated(organization = "<org>", scope = "invite:member")]
#[get("/orgs/<org>/invite")]
fn invite(org: &str) -> String {
    org.to_owned()
}

#[authenticated(resource = Orders, organization = "<org>", scopes("read:orders", "write:orders"))]
#[get("/orgs/<org>/orders")]
fn orders(org: &str) -> String {
    org.to_owned()
}

#[authenticated(session, bearer, organization = of_header)]
#[get("/caller")]
fn caller(caller: Caller<Organizations>) -> String {
    caller.organization_id().unwrap_or_default().to_owned()
}

async fn app() -> App {
    App::start(routes![home, join, first, found, owned, invite, orders, caller]).await
}

fn alice() -> User {
    User::new("alice").with_id("alice").organization("o1", ["owner"]).organization("o2", ["member"])
}

#[rocket::async_test]
async fn a_member_is_let_in_at_the_organization_of_the_path() {
    let app = app().await;
    let alice = app.session(alice()).await;
    let bob = app.session(User::new("bob").with_id("bob")).await;
    for (path, of_alice, of_bob) in [
        ("/orgs/o1/home", 200, 403),
        ("/orgs/o2/home", 200, 403),
        ("/orgs/o3/home", 403, 403),
        ("/orgs/%2e%2e/home", 404, 404),
        ("/orgs/o1/join", 403, 200),
        ("/orgs/o3/join", 200, 200),
        ("/first", 200, 403),
    ] {
        assert_eq!(app.get(path, &alice).await.0, of_alice, "{path} alice");
        assert_eq!(app.get(path, &bob).await.0, of_bob, "{path} bob");
    }
}

#[rocket::async_test]
async fn a_function_of_the_application_finds_the_organization_of_a_request() {
    let app = app().await;
    let alice = app.session(alice()).await;
    for (path, organization, status) in [
        ("/found", Some("o1"), 200),
        ("/found", Some("o3"), 403),
        ("/found", Some(".."), 403),
        ("/found", None, 403),
        ("/owned", Some("o1"), 200),
        ("/owned", Some("o2"), 403),
        ("/owned", None, 403),
        ("/caller", Some("o1"), 200),
        ("/caller", Some("o3"), 403),
    ] {
        let mut request = app.client.get(path).cookies(alice.clone());
        if let Some(organization) = organization {
            request.add_header(rocket::http::Header::new("X-Org", organization));
        }
        let (found, text) = super::answer(request.dispatch().await).await;
        assert_eq!(found, status, "{path} {organization:?}");
        if path == "/caller" && status == 200 {
            assert_eq!(text.as_deref(), organization);
        }
    }
    for (organization, status) in
        [(Some("o1"), 200), (Some("o2"), 401), (Some(".."), 404), (None, 404)]
    {
        let mut request = app.client.get("/caller").header(app.token().organization("o1"));
        if let Some(organization) = organization {
            request.add_header(rocket::http::Header::new("X-Org", organization));
        }
        assert_eq!(request.dispatch().await.status().code, status, "{organization:?}");
    }
}

#[rocket::async_test]
async fn permissions_are_those_of_the_token_for_that_organization() {
    let app = app().await;
    let session = alice()
        .organization_token("o1", ["invite:member"])
        .organization_token("o2", ["see:members"])
        .access_token_for(Orders, "o1", ["read:orders", "write:orders"])
        .access_token_for(Orders, "o2", ["read:orders"]);
    let alice = app.session(session).await;
    for (path, status) in [
        ("/orgs/o1/invite", 200),
        ("/orgs/o2/invite", 403),
        ("/orgs/o3/invite", 403),
        ("/orgs/o1/orders", 200),
        ("/orgs/o2/orders", 403),
        ("/orgs/o3/orders", 403),
    ] {
        assert_eq!(app.get(path, &alice).await.0, status, "{path}");
    }
    assert_eq!(app.get("/orgs/o1/invite", &alice).await, said("o1"));
}

#[rocket::async_test]
async fn what_the_sign_in_did_not_ask_for_another_one_does() {
    // Two versions of one application: the routes of the second one need more.
    let before = App::with(config().secret_keys([KEY]), routes![]).await;
    let routes = routes![first, super::requirements::admin, super::requirements::orders];
    let after = App::with(config().secret_keys([KEY]), routes).await;
    let cookies = before.session(alice().role("admin")).await;
    for path in ["/first", "/admin", "/orders"] {
        assert_eq!(after.get(path, &cookies).await, (401, None), "{path}");
    }
    assert_eq!(after.denied(), [""; 0], "who is sent to sign in again is not denied anything");
    let newer = after.session(alice()).await;
    assert_eq!(after.get("/admin", &newer).await, (403, None));
}

#[rocket::async_test]
async fn a_resource_that_the_sign_in_did_not_ask_for_another_one_asks_for() {
    let asked = || config().scopes(["read:orders"]).secret_keys([KEY]);
    let before = App::with(asked(), routes![]).await;
    let after = App::with(asked(), routes![super::requirements::orders]).await;
    let cookies = before.session(alice()).await;
    assert_eq!(after.get("/orders", &cookies).await, (401, None));
}

#[authenticated(resource = Orders, not(scope = "guest"))]
#[get("/no-guests")]
fn no_guests() -> &'static str {
    "no-guests"
}

/// The user may have a permission for which the sign-in did not ask.
#[rocket::async_test]
async fn a_permission_is_lacking_only_if_the_sign_in_asked_for_it() {
    let app = App::with(config(), routes![super::requirements::orders, no_guests]).await;
    let cookies = app.session(alice().access_token(Orders, ["read:orders"])).await;
    assert_eq!(app.get("/no-guests", &cookies).await, said("no-guests"));
    let asked_less = changed(&app.client, &cookies, |session| {
        let scopes = session.asked.scopes().replace("guest", "");
        let scopes: Vec<_> = scopes.split_whitespace().map(str::to_owned).collect();
        session.asked = Asked::new(&scopes, &session.asked.resources);
    });
    let asked_less = asked_less.await;
    assert_eq!(app.get("/orders", &asked_less).await.0, 200);
    assert_eq!(app.get("/no-guests", &asked_less).await, (401, None));
}

/// The cookies of a session after another process has changed it.
pub(super) async fn changed(
    client: &Client,
    cookies: &[Cookie<'static>],
    change: impl FnOnce(&mut Session),
) -> Vec<Cookie<'static>> {
    let request = client.get("/").cookies(cookies.to_vec());
    let user = request.inner().guard::<crate::LogtoUser>().await.succeeded().expect("a user");
    let mut session = Session::clone(user.session());
    session.generation += 1;
    change(&mut session);
    let attached = client::Client::of(client.rocket()).expect("the fairing");
    let of_host = attached.sessions().cookies(HostId::FIRST);
    let writes = of_host.of(&session).expect("cookies");
    writes.into_iter().map(|write| of_host.build(write)).collect()
}

const KEY: &str = "hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk=";

#[rocket::async_test]
async fn what_only_logto_knows_is_undecided_while_it_does_not_answer() {
    let undecided = Arc::new(Mutex::new(0));
    let count = Arc::clone(&undecided);
    let fairing = Logto::fairing().config(config()).on_event(move |event| {
        if let Event::Undecided { .. } = event {
            *count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        }
    });
    let site = Client::untracked(quiet().attach(fairing).mount("/", routes![invite])).await;
    let site = site.expect("a site");
    let cookies = testing::sign_in(&site, alice()).await.expect("a session");
    let answer = site.get("/orgs/o1/invite").cookies(cookies.clone()).dispatch().await;
    assert_eq!(answer.status().code, 403, "without a refresh token it stays unknown");
    // Another process has got the token, and this one does not know of it yet.
    let cookies = changed(&site, &cookies, |session| {
        session.refresh_token = Some(RefreshToken::from("r"));
    })
    .await;
    let answer = site.get("/orgs/o1/invite").cookies(cookies).dispatch().await;
    assert_eq!(answer.status().code, 503);
    assert_eq!(*undecided.lock().expect("a count"), 1);
}
