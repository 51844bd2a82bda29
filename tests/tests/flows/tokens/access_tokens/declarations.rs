//! Resources and scopes that must be declared before a sign-in asks for them.

use std::time::Duration;

use logto_rocket::{AccessToken, Config, Resource, resource};
use logto_rocket_tests::app::{App, config_for, launch};
use logto_rocket_tests::browser::From;
use rocket::http::Status;
use rocket::{get, routes};

use super::{
    Nowhere, ORGANIZATIONS, Orders, Stock, app, app_without_organizations, config, guarded,
    guarded_maybe, guarded_stock, methods, provider, scopes, with_guards,
};

#[rocket::async_test]
async fn what_is_not_declared_is_an_error_of_the_application_that_names_the_remedies() {
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
    assert_eq!(app.refreshes(), 0, "Logto is not asked");
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
    old.clock.advance(Duration::from_secs(60));
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
        let app = App::builder().provider(provider).config(config).routes(routes).start().await;
        let start = app.browser().open("/auth/sign-in").await;
        let url = url::Url::parse(start.location()).unwrap();
        let resources = url.query_pairs().filter(|(name, _)| name == "resource");
        let resources: Vec<_> = resources.map(|(_, value)| value.into_owned()).collect();
        assert_eq!(resources, expected);
    }
}

#[rocket::async_test]
async fn the_scopes_are_those_of_the_sign_in() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let all = "openid offline_access profile roles read:orders write:orders invite:member";
    assert_eq!(alice.open("/scopes").await.body, format!("{all} {ORGANIZATIONS}"));

    let usual = ["openid", "offline_access", "profile"];
    let only = |config: Config| config.scopes(usual).include_reserved_scopes(false);
    let app = App::builder().config(only).routes(routes![scopes]).start().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/scopes").await.body, usual.join(" "));
}

#[rocket::async_test]
async fn without_a_refresh_token_no_user_is_sent_through_the_sign_in_in_vain() {
    let config = |it: Config| config(it).prompt("login");
    let app = App::builder().provider(provider).config(config).routes(with_guards()).start().await;
    for path in ["/token/orders", "/guard/orders"] {
        let mut alice = app.browser();
        let callback = app.callback(&mut alice, "alice", path).await;
        assert_eq!(alice.navigate(&callback, From::OtherSite).await.location(), path);
        assert_eq!(alice.open(path).await.status, Status::InternalServerError, "{path}");
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{path}");
    }
}

resource!(
    /// The orders, for who reads them.
    ReadOrders = Orders::URI,
    scopes = ["read:orders"]
);

#[get("/scopes")]
fn scopes_of_the_token(token: AccessToken<ReadOrders>) -> String {
    token.scopes().join(" ")
}

#[rocket::async_test]
async fn the_scopes_of_a_resource_join_every_sign_in_and_the_tokens_of_its_guard_have_them() {
    let routes = routes![scopes_of_the_token];
    let app = App::builder().provider(provider).routes(routes).start().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/scopes").await.body, "read:orders");
}
