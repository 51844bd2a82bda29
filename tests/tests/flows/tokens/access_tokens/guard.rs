//! The guard `AccessToken<R>`.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Fault};
use rocket::futures::future::join_all;
use rocket::http::{Method, Status};

use super::{app_with_guards, json_of, token};

#[rocket::async_test]
async fn the_guard_refuses_with_a_reason_and_never_forwards() {
    let app = app_with_guards().await;
    let mut stranger = app.browser();
    let refused = stranger.open("/guard/orders").await;
    assert_eq!(refused.location(), "/auth/sign-in?return_to=%2Fguard%2Forders");
    assert_eq!(refused.header("Cache-Control"), Some("no-store"));
    assert_eq!(stranger.fetch("/guard/orders").await.status, Status::Unauthorized);
    assert_eq!(stranger.open("/guard/orders/maybe").await.body, "none");
    assert_eq!(stranger.open("/guard/orders/why").await.body, "NotSignedIn");

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
async fn fifty_guards_at_once_make_one_token_request() {
    let app = app_with_guards().await;
    let alice = app.signed_in("alice").await;
    app.idp.fault(Endpoint::Token, Fault::Delay(Duration::from_millis(40))).for_ever();
    let mut tabs = app.tabs(&alice, 50);
    let answers = join_all(tabs.iter_mut().map(|tab| tab.open("/guard/orders"))).await;
    let texts = answers.iter().map(|answer| json_of(answer)["text"].to_string());
    let mut texts: Vec<_> = texts.collect();
    texts.dedup();
    assert_eq!((texts.len(), app.refreshes()), (1, 1));
}
