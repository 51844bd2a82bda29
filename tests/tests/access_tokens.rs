//! Access tokens for handlers: for API resources, organizations and both, by method and by guard.

#![expect(clippy::needless_pass_by_value, reason = "the parameters of a handler are its guards")]

use std::time::{Duration, UNIX_EPOCH};

use logto_rocket::testing::{Builder, Endpoint, Fault, Tamper, User};
use logto_rocket::{
    AccessToken, Config, Error, LogtoUser, Refusal, Resource, Token, authenticated, resource,
};
use logto_rocket_tests::app::{App, config_for, launch};
use logto_rocket_tests::browser::{Answer, Browser, From};
use rocket::futures::future::join_all;
use rocket::http::{Method, Status};
use rocket::outcome::try_outcome;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::serde::json::{Json, Value, json};
use rocket::{Route, get, routes};

const ORGANIZATIONS: &str = "urn:logto:scope:organizations";

resource!(Orders = "https://api.example.test/orders");
resource!(Stock = "https://api.example.test/stock");
resource!(Nowhere = "https://api.example.test/nowhere");

/// What a handler was given, as a test looks at it.
fn shown(token: &Token) -> Json<Value> {
    let claims = token.claims().expect("a JWT");
    let expires_at = token.expires_at().duration_since(UNIX_EPOCH).expect("a time").as_secs();
    assert_eq!(claims.scopes, token.scopes());
    // One is reckoned from the arrival of Logto's answer, the other from its making.
    let later = claims.exp.and_then(|exp| expires_at.checked_sub(exp)).expect("not before `exp`");
    assert!(later < 60, "{later} seconds after `exp`");
    assert!(claims.jti.is_some());
    Json(json!({
        "sub": claims.sub,
        "client_id": claims.client_id,
        "aud": claims.audience,
        "organization_id": claims.organization_id,
        "scopes": token.scopes(),
        "iat": claims.iat,
        "expires_at": expires_at,
        "plan": claims.get::<String>("plan").expect("a text"),
        "text": token.as_str(),
    }))
}

#[get("/token/orders")]
async fn orders(user: LogtoUser) -> Result<Json<Value>, Error> {
    Ok(shown(&user.access_token(Orders).await?))
}

#[get("/token/stock")]
async fn stock(user: LogtoUser) -> Result<Json<Value>, Error> {
    Ok(shown(&user.access_token(Stock).await?))
}

#[get("/token/nowhere")]
async fn nowhere(user: LogtoUser) -> Result<Json<Value>, Error> {
    Ok(shown(&user.access_token(Nowhere).await?))
}

#[get("/token/orders/of?<org>")]
async fn orders_of(user: LogtoUser, org: &str) -> Result<Json<Value>, Error> {
    Ok(shown(&user.access_token_for(Orders, org).await?))
}

#[get("/token/organization?<org>")]
async fn organization(user: LogtoUser, org: &str) -> Result<Json<Value>, Error> {
    Ok(shown(&user.organization_token(org).await?))
}

#[get("/token/organizations")]
async fn organizations(user: LogtoUser) -> Json<Vec<(String, Option<Value>)>> {
    let tokens = user.organization_tokens().await.into_iter();
    let shown = tokens.map(|(id, token)| (id.to_owned(), token.ok().map(|token| shown(&token).0)));
    Json(shown.collect())
}

#[get("/why/nowhere")]
async fn why_nowhere(user: LogtoUser) -> String {
    why(user.access_token(Nowhere).await)
}

#[get("/why/orders/of?<org>")]
async fn why_orders_of(user: LogtoUser, org: &str) -> String {
    why(user.access_token_for(Orders, org).await)
}

#[get("/why/organization?<org>")]
async fn why_organization(user: LogtoUser, org: &str) -> String {
    why(user.organization_token(org).await)
}

fn why(token: Result<Token, Error>) -> String {
    token.map_or_else(|error| error.to_string(), |_| "a token".into())
}

#[get("/guard/orders")]
fn guarded(token: AccessToken<Orders>) -> Json<Value> {
    shown(&token)
}

#[get("/guard/orders/maybe")]
fn guarded_maybe(token: Option<AccessToken<Orders>>) -> String {
    token.map_or("none".into(), |token| format!("{token:?}"))
}

#[get("/guard/orders/why")]
fn guarded_why(token: Result<AccessToken<Orders>, Refusal>) -> String {
    token.map_or_else(|refusal| format!("{refusal:?}"), |_| "some".into())
}

#[get("/guard/stock")]
fn guarded_stock(token: AccessToken<Stock>) -> Json<Value> {
    shown(&token)
}

#[get("/clear")]
fn clear(user: LogtoUser) {
    user.clear_access_tokens();
}

#[get("/scopes")]
fn scopes(user: LogtoUser) -> String {
    user.scopes().join(" ")
}

/// A guard of an application that has the user confirmed.
struct Confirmed {
    before: Vec<String>,
    confirmed: Vec<String>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Confirmed {
    type Error = String;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, String> {
        let user = request.guard::<&LogtoUser>().await;
        let user = try_outcome!(user.map_error(|(status, refusal)| (status, refusal.to_string())));
        match user.refresh().await {
            Ok(confirmed) => Outcome::Success(Self {
                before: user.roles().to_vec(),
                confirmed: confirmed.roles().to_vec(),
            }),
            Err(error) => Outcome::Error((Status::BadGateway, error.to_string())),
        }
    }
}

#[get("/confirmed")]
fn confirmed(
    before: &LogtoUser,
    confirmed: Confirmed,
    after: &LogtoUser,
    own: LogtoUser,
) -> String {
    let all = [before.roles(), &confirmed.before, &confirmed.confirmed, after.roles(), own.roles()];
    all.map(|roles| roles.join(" ")).join(",")
}

#[get("/confirmed/then")]
fn confirmed_then(confirmed: Option<Confirmed>, user: Option<LogtoUser>) -> String {
    let _ = confirmed;
    user.map_or("nobody", |_| "somebody").into()
}

#[get("/refresh")]
async fn refresh(user: LogtoUser) -> Result<String, Error> {
    Ok(user.refresh().await?.roles().join(" "))
}

#[authenticated(role = "admin")]
#[get("/roles")]
fn roles(user: LogtoUser) -> String {
    user.roles().join(" ")
}

fn methods() -> Vec<Route> {
    let tokens = routes![orders, stock, nowhere, orders_of, organization, organizations];
    let whys = routes![why_nowhere, why_orders_of, why_organization];
    [tokens, whys, routes![clear, scopes, refresh, confirmed, confirmed_then, roles]].concat()
}

fn with_guards() -> Vec<Route> {
    [methods(), routes![guarded, guarded_maybe, guarded_why, guarded_stock]].concat()
}

/// Alice has a role on orders, and is in two organizations; Bob has and is nothing.
fn idp(idp: Builder) -> Builder {
    let alice = User::new("alice").role("admin").role("auditor");
    let alice = alice.organization("org_1", ["org-admin"]).organization("org_2", ["clerk"]);
    idp.user(alice)
        .user(User::new("bob"))
        .resource(Orders::URI, &["read:orders", "write:orders"])
        .resource(Stock::URI, &["count"])
        .role("admin", Orders::URI, &["read:orders"])
        .organization_role("org-admin", &["invite:member"])
        .organization_role_on("org-admin", Orders::URI, &["write:orders"])
        .organization_role_on("clerk", Stock::URI, &["count"])
}

fn config(config: Config) -> Config {
    let scopes = ["roles", "read:orders", "write:orders", "invite:member", ORGANIZATIONS];
    config.scopes(scopes).resources([Orders::URI]).timeout(Duration::from_secs(1))
}

async fn app() -> App {
    App::mounted(methods(), idp, config, |fairing| fairing).await
}

async fn app_with_guards() -> App {
    App::mounted(with_guards(), idp, config, |fairing| fairing).await
}

/// An application that asks Logto for orders, but not for organizations.
async fn app_without_organizations() -> App {
    let config = |config: Config| config.scopes(["roles"]).resources([Orders::URI]);
    App::mounted(methods(), idp, config, |fairing| fairing).await
}

fn json_of(answer: &Answer) -> Value {
    assert_eq!(answer.status, Status::Ok, "{answer:?}");
    rocket::serde::json::from_str(&answer.body).expect("JSON")
}

async fn token(browser: &mut Browser<'_>, path: &str) -> Value {
    json_of(&browser.open(path).await)
}

fn refreshes(app: &App) -> usize {
    app.idp.requests().token_by_grant("refresh_token")
}

#[rocket::async_test]
async fn a_token_for_a_resource_is_for_this_resource_and_says_what_the_user_may_do() {
    let app = app_with_guards().await;
    app.idp.tamper_access_tokens(Tamper::claim("plan", "gold"));
    let mut alice = app.signed_in("alice").await;
    for path in ["/token/orders", "/guard/orders"] {
        let before = app.clock.now();
        alice.open("/clear").await;
        let token = token(&mut alice, path).await;
        let time = before..=app.clock.now();
        assert_eq!(token["sub"], app.idp.user_id("alice").unwrap(), "{path}");
        assert_eq!(token["client_id"], app.idp.app_id());
        assert_eq!(token["aud"], json!([Orders::URI]));
        assert_eq!(token["scopes"], json!(["read:orders"]));
        assert_eq!(token["organization_id"], Value::Null);
        assert!(time.contains(&token["iat"].as_u64().unwrap()), "{time:?} {token}");
        assert!(time.contains(&(token["expires_at"].as_u64().unwrap() - 3600)), "{time:?} {token}");
        assert_eq!(token["plan"], "gold", "what a customizer adds can be read");
    }
    let other = token(&mut alice, "/guard/stock").await;
    assert_eq!((&other["aud"], &other["scopes"]), (&json!([Stock::URI]), &json!([])));
    assert_eq!(refreshes(&app), 3);

    let mut bob = app.signed_in("bob").await;
    assert_eq!(token(&mut bob, "/guard/orders").await["scopes"], json!([]), "a token of no use");
}

#[rocket::async_test]
async fn a_token_for_an_organization_is_for_this_organization() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let one = token(&mut alice, "/token/organization?org=org_1").await;
    assert_eq!(one["aud"], json!(["urn:logto:organization:org_1"]));
    assert_eq!(one["scopes"], json!(["invite:member"]));
    let two = token(&mut alice, "/token/organization?org=org_2").await;
    assert_eq!(two["aud"], json!(["urn:logto:organization:org_2"]));
    assert_eq!(two["scopes"], json!([]));
    assert_eq!(token(&mut alice, "/token/organization?org=org_1").await["text"], one["text"]);
    assert_eq!(refreshes(&app), 2);
}

#[rocket::async_test]
async fn a_token_for_a_resource_in_an_organization_names_both() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let inside = token(&mut alice, "/token/orders/of?org=org_1").await;
    assert_eq!(inside["aud"], json!([Orders::URI]));
    assert_eq!(inside["organization_id"], "org_1");
    assert_eq!(inside["scopes"], json!(["read:orders", "write:orders"]));
    let outside = token(&mut alice, "/token/orders").await;
    assert_eq!(outside["organization_id"], Value::Null, "it is not mixed up with the other");
    assert_eq!(outside["scopes"], json!(["read:orders"]));
}

#[rocket::async_test]
async fn the_tokens_of_all_organizations_come_in_order_and_one_that_fails_spoils_no_other() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let all = token(&mut alice, "/token/organizations").await;
    let audience = |index: usize| all[index][1]["aud"][0].as_str().map(ToOwned::to_owned);
    assert_eq!((&all[0][0], &all[1][0]), (&json!("org_1"), &json!("org_2")));
    assert_eq!(audience(0).as_deref(), Some("urn:logto:organization:org_1"));
    assert_eq!(audience(1).as_deref(), Some("urn:logto:organization:org_2"));
    assert_eq!(refreshes(&app), 2);

    app.idp.leave_organization("alice", "org_1");
    alice.open("/clear").await;
    let left = token(&mut alice, "/token/organizations").await;
    assert_eq!((&left[0][0], &left[0][1]), (&json!("org_1"), &Value::Null));
    assert_eq!(left[1][1]["aud"], json!(["urn:logto:organization:org_2"]));

    let mut bob = app.signed_in("bob").await;
    assert_eq!(token(&mut bob, "/token/organizations").await, json!([]));
}

#[rocket::async_test]
async fn who_is_no_member_is_forbidden_and_stays_signed_in() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    for path in
        ["/token/organization?org=org_3", "/token/orders/of?org=org_3", "/token/organization?org="]
    {
        let refused = alice.open(path).await;
        assert_eq!(refused.status, Status::Forbidden, "{path}: {refused:?}");
        assert_eq!(alice.fetch(path).await.status, Status::Forbidden, "{path}");
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{path}");
        assert_eq!(alice.open("/token/organization?org=org_1").await.status, Status::Ok, "{path}");
    }
}

/// An empty id reads like none, and Logto would give the token of the resource itself.
#[rocket::async_test]
async fn what_cannot_be_an_organization_is_not_asked_of_logto() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    for org in ["", "%20", "a%0Ab", "%C3%A9", &"x".repeat(129)] {
        for path in ["/token/organization", "/token/orders/of"] {
            let refused = alice.fetch(&format!("{path}?org={org}")).await;
            assert_eq!(refused.status, Status::Forbidden, "{path} {org:?}");
        }
    }
    assert_eq!(refreshes(&app), 0);
}

#[rocket::async_test]
async fn what_logto_denies_is_forbidden_whatever_status_it_has_there() {
    let app = app_with_guards().await;
    let mut alice = app.signed_in("alice").await;
    for status in [400, 403] {
        for path in ["/token/orders", "/guard/orders"] {
            let content_type = "application/json".into();
            let body = r#"{"error":"access_denied"}"#.into();
            app.idp.fault(Endpoint::Token, Fault::Body { status, content_type, body });
            let refused = alice.open(path).await;
            assert_eq!(refused.status, Status::Forbidden, "{status} {path}: {refused:?}");
            assert_eq!(alice.open("/account").await.status, Status::Ok);
            // For a minute it is not asked again.
            app.clock.advance(Duration::from_secs(61));
        }
    }
    assert_eq!(alice.open("/guard/orders").await.status, Status::Ok);
}

#[rocket::async_test]
async fn what_nobody_declared_is_a_mistake_of_the_application_that_names_the_remedies() {
    let app = app_without_organizations().await;
    let mut alice = app.signed_in("alice").await;
    for (path, remedies) in [
        ("/token/nowhere", &[Nowhere::URI, "`logto.resources`", "`AccessToken<R>`"][..]),
        ("/token/organization?org=org_1", &[ORGANIZATIONS, "`logto.scopes`"][..]),
        ("/token/orders/of?org=org_1", &[ORGANIZATIONS, "`logto.scopes`"][..]),
    ] {
        assert_eq!(alice.open(path).await.status, Status::InternalServerError, "{path}");
        let said = alice.open(&path.replace("/token", "/why")).await.body;
        assert!(remedies.iter().all(|remedy| said.contains(remedy)), "{path}: {said}");
    }
    assert_eq!(refreshes(&app), 0, "Logto is not asked");
    assert_eq!(alice.open("/token/orders").await.status, Status::Ok);
}

#[rocket::async_test]
async fn a_session_from_before_the_resource_is_sent_through_the_sign_in_once() {
    let old = app_without_organizations().await;
    let paths = ["/guard/stock", "/token/stock", "/token/organization?org=org_1"];
    let mut sessions = Vec::new();
    for path in paths {
        sessions.push((path, old.signed_in("alice").await.cookies));
    }
    let new = launch(&old.clock, config(config_for(&old.idp)), with_guards()).await;
    let app = App { client: new, ..old };
    for (path, cookies) in sessions {
        let mut browser = app.browser();
        browser.cookies = cookies;
        assert_eq!(browser.open("/account").await.status, Status::Ok, "{path}: signed in");
        let refused = browser.open(path).await;
        assert_eq!(refused.status, Status::SeeOther, "{path}: {refused:?}");
        assert!(refused.location().starts_with("/auth/sign-in?return_to="), "{refused:?}");
        assert_eq!(browser.fetch(path).await.status, Status::Unauthorized, "{path}");
        app.sign_in(&mut browser, "alice", path).await;
        assert_eq!(browser.open(path).await.status, Status::Ok, "{path}");
    }
}

#[rocket::async_test]
async fn the_resource_of_a_mounted_guard_joins_every_authorization_request() {
    for (routes, expected) in [
        (methods(), vec![Orders::URI]),
        (routes![guarded_stock, guarded], vec![Orders::URI, Stock::URI]),
        (routes![guarded_maybe, guarded_stock], vec![Orders::URI, Stock::URI]),
    ] {
        let config = |config: Config| config.resources([Orders::URI]);
        let app = App::mounted(routes, idp, config, |fairing| fairing).await;
        let start = app.browser().open("/auth/sign-in").await;
        let url = url::Url::parse(start.location()).unwrap();
        let resources = url.query_pairs().filter(|(name, _)| name == "resource");
        let resources: Vec<_> = resources.map(|(_, value)| value.into_owned()).collect();
        assert_eq!(resources, expected);
    }
}

#[rocket::async_test]
async fn the_guard_refuses_with_a_reason_and_never_forwards() {
    let app = app_with_guards().await;
    let mut nobody = app.browser();
    let refused = nobody.open("/guard/orders").await;
    assert_eq!(refused.location(), "/auth/sign-in?return_to=%2Fguard%2Forders");
    assert_eq!(refused.header("Cache-Control"), Some("no-store"));
    assert_eq!(nobody.fetch("/guard/orders").await.status, Status::Unauthorized);
    assert_eq!(nobody.open("/guard/orders/maybe").await.body, "none");
    assert_eq!(nobody.open("/guard/orders/why").await.body, "NotSignedIn");

    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/guard/orders/why").await.body, "some");
    let text = token(&mut alice, "/guard/orders").await["text"].as_str().unwrap().to_owned();
    let printed = alice.open("/guard/orders/maybe").await.body;
    assert!(printed.contains("read:orders") && !printed.contains(&text), "{printed}");

    let foreign = [("Sec-Fetch-Site", "cross-site"), ("Upgrade", "websocket")];
    let foreign = alice.request(Method::Get, "/guard/orders", &foreign, "").await;
    assert_eq!(foreign.status, Status::Forbidden);
}

#[rocket::async_test]
async fn while_logto_is_away_a_token_that_must_come_from_it_is_unavailable() {
    let app = app_with_guards().await;
    let mut alice = app.signed_in("alice").await;
    alice.open("/token/orders").await;
    app.idp.pause().await;
    assert_eq!(alice.open("/token/orders").await.status, Status::Ok, "it is in memory");
    assert_eq!(alice.open("/guard/orders").await.status, Status::Ok);
    for path in ["/guard/stock", "/token/organization?org=org_1", "/refresh"] {
        let refused = alice.open(path).await;
        assert_eq!(refused.status, Status::ServiceUnavailable, "{path}: {refused:?}");
        assert!(refused.header("Retry-After").is_some(), "{path}: {refused:?}");
    }
    assert_eq!(alice.open("/account").await.status, Status::Ok);
    app.idp.resume().await.unwrap();
    app.clock.advance(Duration::from_secs(31));
    assert_eq!(alice.open("/guard/stock").await.status, Status::Ok);
}

#[rocket::async_test]
async fn fifty_guards_at_once_make_one_token_request() {
    let app = app_with_guards().await;
    let alice = app.signed_in("alice").await;
    app.idp.fault(Endpoint::Token, Fault::Delay(Duration::from_millis(40))).for_ever();
    let mut tabs: Vec<_> = (0..50).map(|_| app.browser()).collect();
    for tab in &mut tabs {
        tab.cookies.clone_from(&alice.cookies);
    }
    let answers = join_all(tabs.iter_mut().map(|tab| tab.open("/guard/orders"))).await;
    let texts = answers.iter().map(|answer| json_of(answer)["text"].to_string());
    let mut texts: Vec<_> = texts.collect();
    texts.dedup();
    assert_eq!((texts.len(), refreshes(&app)), (1, 1));
}

#[rocket::async_test]
async fn a_token_is_renewed_before_it_expires() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let first = token(&mut alice, "/token/orders").await;
    app.clock.advance(Duration::from_secs(3480));
    assert_eq!(token(&mut alice, "/token/orders").await["text"], first["text"]);
    app.clock.advance(Duration::from_secs(80));
    let second = token(&mut alice, "/token/orders").await;
    assert_ne!(second["text"], first["text"]);
    let later = second["expires_at"].as_u64().unwrap() - first["expires_at"].as_u64().unwrap();
    assert!((3560..3620).contains(&later), "{later}");
}

#[rocket::async_test]
async fn tokens_that_were_cleared_come_from_logto_again() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let first = token(&mut alice, "/token/orders").await;
    assert_eq!(token(&mut alice, "/token/orders").await["text"], first["text"]);
    assert_eq!(refreshes(&app), 1);
    app.idp.remove_role("alice", "admin");
    assert_eq!(alice.open("/clear").await.status, Status::Ok);
    let second = token(&mut alice, "/token/orders").await;
    assert_eq!((&second["scopes"], refreshes(&app)), (&json!([]), 2));
}

#[rocket::async_test]
async fn a_refresh_sees_a_role_that_was_taken_and_so_do_later_guards_of_the_request() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/confirmed").await.body, ["admin auditor"; 5].join(","));
    app.idp.remove_role("alice", "admin");
    assert_eq!(alice.open("/roles").await.status, Status::Ok, "nobody has asked yet");
    let both = "admin auditor";
    let answer = alice.open("/confirmed").await;
    assert_eq!(answer.body, format!("{both},{both},auditor,auditor,auditor"));
    assert!(answer.sets_cookies(), "the browser gets the newest session");
    assert_eq!(alice.open("/roles").await.status, Status::Forbidden);
    assert_eq!(alice.open("/refresh").await.body, "auditor");
}

#[rocket::async_test]
async fn a_refresh_that_ends_the_session_ends_it_for_later_guards_of_the_request_too() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/confirmed/then").await.body, "somebody");
    app.idp.suspend("alice");
    assert_eq!(alice.open("/confirmed/then").await.body, "nobody");
    assert_eq!(alice.open("/refresh").await.status, Status::SeeOther);
}

#[rocket::async_test]
async fn the_scopes_are_those_of_the_sign_in() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let all = "openid offline_access profile roles read:orders write:orders invite:member";
    assert_eq!(alice.open("/scopes").await.body, format!("{all} {ORGANIZATIONS}"));

    let usual = ["openid", "offline_access", "profile"];
    let only = |config: Config| config.scopes(usual).include_reserved_scopes(false);
    let app = App::mounted(routes![scopes], |idp| idp, only, |fairing| fairing).await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/scopes").await.body, usual.join(" "));
}

#[rocket::async_test]
async fn without_a_refresh_token_nobody_is_sent_through_the_sign_in_in_vain() {
    let config = |it: Config| config(it).prompt("login");
    let app = App::mounted(with_guards(), idp, config, |fairing| fairing).await;
    for path in ["/token/orders", "/guard/orders"] {
        let mut alice = app.browser();
        let callback = app.callback(&mut alice, "alice", path).await;
        assert_eq!(alice.navigate(&callback, From::OtherSite).await.location(), path);
        assert_eq!(alice.open(path).await.status, Status::InternalServerError, "{path}");
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{path}");
    }
}
