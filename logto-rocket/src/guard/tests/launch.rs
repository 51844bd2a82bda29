//! What the guards register and require at the launch of the application.

use rocket::{Build, Ignite, Rocket, Sentinel, get, routes};

use super::{Orders, Stock};
use crate::client::Client;
use crate::guard::{AccessToken, Authenticated, ClaimsAs, Place, Registry};
use crate::request::tests::{config, quiet};
use crate::resource_server::ResourceServer;
use crate::{Bearer, Caller, Config, Logto, LogtoUser, Readiness, authenticated, resource};

resource!(Scoped = "https://api.example.com/scoped", scopes = ["read:scoped", "write:scoped"]);

#[authenticated(role = "admin")]
#[get("/admin")]
fn admin() {}

#[authenticated(bearer, resource = Stock, scope = "read:stock")]
#[get("/stock")]
fn stock() {}

#[authenticated(session, bearer, resource = Orders, scope = "read:orders")]
#[get("/orders")]
fn orders() {}

async fn ignited(rocket: Rocket<Build>) -> Rocket<Ignite> {
    // The routes are not mounted, because Rocket would then run the checks that these tests call.
    let _ = routes![admin, stock, orders];
    rocket.ignite().await.expect("an ignited Rocket")
}

async fn site() -> Rocket<Ignite> {
    ignited(quiet().attach(Logto::fairing().config(config()))).await
}

async fn api() -> Rocket<Ignite> {
    let config = Config::new().endpoint("http://127.0.0.1:9");
    ignited(quiet().attach(Logto::resource_server().config(config))).await
}

/// For each guard, whether it aborts the launch of this Rocket.
fn aborts(rocket: &Rocket<Ignite>) -> [(&'static str, bool); 11] {
    [
        ("LogtoUser", LogtoUser::abort(rocket)),
        ("&LogtoUser", <&LogtoUser>::abort(rocket)),
        ("ClaimsAs", ClaimsAs::<String>::abort(rocket)),
        ("AccessToken", AccessToken::<Orders>::abort(rocket)),
        ("&Logto", <&Logto>::abort(rocket)),
        ("admin", Authenticated::<admin>::abort(rocket)),
        ("orders", Authenticated::<orders>::abort(rocket)),
        ("Caller", Caller::<Orders>::abort(rocket)),
        ("stock", Authenticated::<stock>::abort(rocket)),
        ("Bearer", Bearer::<Orders>::abort(rocket)),
        ("Readiness", Readiness::abort(rocket)),
    ]
}

#[rocket::async_test]
async fn an_application_launches_only_with_the_fairing_that_its_guards_need() {
    let all = |rocket: &Rocket<Ignite>| aborts(rocket).into_iter().filter(|it| it.1).count();
    assert_eq!(all(&ignited(quiet()).await), 11, "without any fairing none of them works");
    assert_eq!(all(&site().await), 0);
    let missing: Vec<_> = aborts(&api().await).into_iter().filter(|it| it.1).collect();
    let needing_sessions = [
        "LogtoUser",
        "&LogtoUser",
        "ClaimsAs",
        "AccessToken",
        "&Logto",
        "admin",
        "orders",
        "Caller",
    ];
    assert_eq!(missing, needing_sessions.map(|guard| (guard, true)), "an API has no sessions");
}

#[rocket::async_test]
async fn the_launch_knows_every_requirement_and_parameter() {
    let rocket = site().await;
    aborts(&rocket);
    aborts(&rocket);
    let registry = rocket.state::<Registry>().expect("a registry");
    let noted: Vec<_> = registry
        .requirements()
        .iter()
        .map(|(Place { name, method, uri, .. }, tree)| format!("{method} {uri} {name}: {tree}"))
        .collect();
    assert_eq!(
        noted,
        [
            r#"GET /admin admin: role = "admin""#,
            r#"GET /orders orders: session, bearer, resource = Orders, scope = "read:orders""#,
            r#"GET /stock stock: bearer, resource = Stock, scope = "read:stock""#,
        ],
        "each once"
    );
    assert_eq!(
        registry.parameters(),
        ["`AccessToken` for https://api.example.com/orders", "`ClaimsAs`", "`LogtoUser`"]
    );
}

#[rocket::async_test]
async fn what_guards_need_is_asked_of_logto_and_told_to_programs() {
    let rocket = site().await;
    AccessToken::<Scoped>::abort(&rocket);
    Authenticated::<admin>::abort(&rocket);
    Authenticated::<orders>::abort(&rocket);
    let client = Client::of(&rocket).expect("the fairing");
    let scopes = client.scopes();
    for scope in ["read:scoped", "write:scoped", "roles", "read:orders"] {
        assert!(scopes.iter().any(|asked| asked == scope), "{scope}: {scopes:?}");
    }
    let resources = ["https://api.example.com/orders", "https://api.example.com/scoped"];
    assert_eq!(client.resources(), resources);
    let server = ResourceServer::of(&rocket).expect("the fairing");
    assert_eq!(server.resources(), ["https://api.example.com/orders"], "a program calls no other");

    let rocket = api().await;
    Authenticated::<stock>::abort(&rocket);
    let server = ResourceServer::of(&rocket).expect("the fairing");
    let metadata = server.metadata_at("/.well-known/oauth-protected-resource");
    let metadata = metadata.expect("the metadata of the only resource");
    assert!(metadata.contains(r#"["read:stock"]"#), "{metadata}");
    Bearer::<Orders>::abort(&rocket);
    assert_eq!(
        server.resources(),
        ["https://api.example.com/orders", "https://api.example.com/stock"]
    );
}
