//! What tests of applications use: sign-ins over the test provider and without it, with what sessions
//! have, and the clock of an application.
#![expect(clippy::needless_pass_by_value, reason = "Rocket gives guards by value")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use logto_rocket::testing::{self, Idp, IdpError, TestSession, User};
use logto_rocket::{
    AccessToken, Bearer, Config, Error, Event, Logto, LogtoUser, MemoryStore, SessionConfig,
    authenticated, resource,
};
use logto_rocket_tests::app::{App, SECRET_KEY, config_without_address, rocket};
use logto_rocket_tests::builder::Builder;
use rocket::http::{Cookie, SameSite, Status};
use rocket::local::asynchronous::{Client, LocalResponse};
use rocket::{Route, get, routes};

resource!(Orders = "https://api.example.test/orders");

#[get("/orders")]
fn orders(token: AccessToken<Orders>) -> String {
    format!("{} {}", token.scopes().join(" "), token.as_str())
}

#[get("/orgs/<org>")]
async fn organization(user: &LogtoUser, org: &str) -> Result<String, Error> {
    let [here, orders] =
        [user.organization_token(org).await?, user.access_token_for(Orders, org).await?];
    Ok(format!("{} {}", here.scopes().join(" "), orders.scopes().join(" ")))
}

#[authenticated(bearer, resource = Orders, scope = "read:orders")]
#[get("/api")]
fn api(caller: Bearer<Orders>) -> String {
    format!("{} by {}", caller.subject(), caller.client_id())
}

#[authenticated(max_age = "15m")]
#[get("/recent")]
fn recent() {}

#[get("/claims")]
fn claims(user: &LogtoUser) -> String {
    user.claims().as_json().to_owned()
}

fn all_routes() -> Vec<Route> {
    routes![orders, organization, api, recent, claims]
}

fn builder<'a>() -> Builder<'a> {
    let scopes = ["roles", "urn:logto:scope:organizations", "read:orders"];
    App::builder().config(move |config| config.scopes(scopes)).routes(all_routes())
}

async fn get<'c>(client: &'c Client, path: &str, user: &[Cookie<'static>]) -> LocalResponse<'c> {
    client.get(path.to_owned()).cookies(user.iter().cloned()).dispatch().await
}

async fn body(client: &Client, path: &str, user: &[Cookie<'static>]) -> String {
    let response = get(client, path, user).await;
    assert_eq!(response.status(), Status::Ok, "{path}");
    response.into_string().await.expect("a body")
}

/// A user with all kinds of access tokens.
fn with_tokens() -> TestSession {
    User::new("carol")
        .with_id("carol")
        .access_token(Orders, ["read:orders", "write:orders"])
        .organization_token("org_1", ["invite:member"])
        .access_token_for(Orders, "org_1", ["read:orders"])
}

#[rocket::async_test]
async fn a_session_has_the_access_tokens_that_a_test_gives_it_wherever_sessions_are() {
    for in_a_store in [false, true] {
        let builder = builder();
        let builder = if in_a_store {
            builder.fairing(|fairing| fairing.store(MemoryStore::new(1024)))
        } else {
            builder
        };
        let app = builder.start().await;
        app.idp.forget_requests();
        let carol = testing::sign_in(&app.client, with_tokens()).await.unwrap();

        let orders = body(&app.client, "/orders", &carol).await;
        let (scopes, token) = orders.rsplit_once(' ').unwrap();
        assert_eq!(scopes, "read:orders write:orders");
        let organization = body(&app.client, "/orgs/org_1", &carol).await;
        assert_eq!(organization, "invite:member read:orders");
        assert_eq!(app.idp.requests().token(), 0);

        // It is a token that the application's own API accepts.
        let bearer = rocket::http::Header::new("Authorization", format!("Bearer {token}"));
        let response = app.client.get("/api").header(bearer).dispatch().await;
        assert_eq!(response.into_string().await.unwrap(), "carol by test_app");

        // An hour later it has expired, and there is no refresh token.
        app.clock.advance(Duration::from_secs(3600));
        assert_eq!(get(&app.client, "/orders", &carol).await.status(), Status::Unauthorized);
    }
}

#[rocket::async_test]
async fn a_user_has_just_signed_in_unless_a_test_says_otherwise() {
    let app = builder().start().await;
    let carol = User::new("carol");
    let now = testing::sign_in(&app.client, &carol).await.unwrap();
    assert_eq!(get(&app.client, "/recent", &now).await.status(), Status::Ok);
    let ago = carol.clone().signed_in(Duration::from_secs(3600));
    let an_hour_ago = testing::sign_in(&app.client, ago).await.unwrap();
    assert_eq!(get(&app.client, "/recent", &an_hour_ago).await.status(), Status::Unauthorized);
}

#[rocket::async_test]
async fn a_session_has_the_claims_of_user_info_where_the_application_keeps_them() {
    for kept in [false, true] {
        let session = SessionConfig::new().user_info(kept).claims(["custom_data"]);
        let app = builder().config(|it| it.scopes(["custom_data"]).session(session)).start().await;
        let carol = User::new("carol").custom_data(serde_json::json!({ "plan": "gold" }));
        let carol = testing::sign_in(&app.client, carol).await.unwrap();
        let claims = body(&app.client, "/claims", &carol).await;
        assert_eq!(claims.contains("gold"), kept, "{claims}");
    }
}

#[rocket::async_test]
async fn the_hook_and_the_event_of_a_sign_in_come_as_in_a_browser() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (by_hook, by_event) = (Arc::clone(&heard), Arc::clone(&heard));
    let app = builder()
        .fairing(|fairing| {
            fairing
                .on_sign_in(move |request, user| {
                    let method = request.method();
                    by_hook.lock().unwrap().push(format!("{method} {}", user.id()));
                    let is_blocked = user.id() == "mallory";
                    Box::pin(async move {
                        if is_blocked { Err("mallory is blocked".into()) } else { Ok(()) }
                    })
                })
                .on_event(move |event: &Event| {
                    if let Event::SignedIn { sub, .. } = event {
                        by_event.lock().unwrap().push(format!("signed in: {sub}"));
                    }
                })
        })
        .start()
        .await;
    let heard = || std::mem::take(&mut *heard.lock().unwrap());
    let sign_in = |session: TestSession| testing::sign_in(&app.client, session);

    sign_in(User::new("c").with_id("carol").into()).await.unwrap();
    assert_eq!(heard(), ["GET carol", "signed in: carol"]);

    let mallory = User::new("m").with_id("mallory");
    let refused = sign_in(mallory.clone().into()).await;
    assert_eq!(refused.err(), Some(IdpError::Refused("mallory is blocked".into())));
    assert_eq!(heard(), ["GET mallory"]);

    let mallory = sign_in(mallory.without_hooks()).await.unwrap();
    assert_eq!(heard(), Vec::<String>::new());
    assert_eq!(get(&app.client, "/account", &mallory).await.status(), Status::Ok);
}

#[rocket::async_test]
async fn outside_the_debug_profile_no_test_signs_a_user_in_or_moves_the_clock() {
    let idp = Idp::start().await.unwrap();
    let config = config_without_address(&idp).base_url("https://app.example.test");
    let fairing = Logto::fairing().config(config);
    let figment = rocket::figment::Figment::from(rocket::Config::release_default())
        .merge(("log_level", "off"))
        .merge(("secret_key", SECRET_KEY))
        .select("release");
    let client = Client::untracked(rocket(fairing).configure(figment)).await.expect("a launch");
    let refused = IdpError::Profile("release".into());
    assert_eq!(testing::sign_in(&client, User::new("carol")).await.err(), Some(refused.clone()));
    assert_eq!(testing::clock(&client).err(), Some(refused));
}

mod over_the_provider {
    use super::*;

    /// Where a sign-in for a page ends, at a site that has this configuration.
    async fn ends(config: impl FnOnce(Config) -> Config, page: &str) -> String {
        let idp = Idp::start().await.unwrap();
        let fairing = Logto::fairing().config(config(Config::new())).provider(&idp);
        let client = Client::tracked(rocket(fairing)).await.expect("a launch");
        let alice = idp.sign_in_to(&client, page, "alice").await.unwrap();
        let account = client.get("/account").dispatch().await;
        assert_eq!(account.status(), Status::Ok, "{page}");
        alice.location().to_owned()
    }

    #[rocket::async_test]
    async fn a_sign_in_ends_at_the_page_that_asked_for_it_whatever_the_site_is_like() {
        let page = "/account?tab=keys";
        assert_eq!(ends(|it| it, page).await, page);
        assert_eq!(ends(|it| it.pushed_authorization(true), page).await, page);
        let strict = SessionConfig::new().same_site(SameSite::Strict);
        assert_eq!(ends(|it| it.session(strict), page).await, page);
        let hosts = ["http://localhost:8000", "http://127.0.0.1:8000"];
        assert_eq!(ends(|it| it.base_urls(hosts), page).await, page);
        let below = |it: Config| it.base_url("http://localhost:8000/app").proxy_prefix("strip");
        assert_eq!(ends(below, page).await, format!("/app{page}"));
    }

    #[rocket::async_test]
    async fn a_page_that_asks_nobody_to_sign_in_is_an_error() {
        let app = builder().start().await;
        let open = app.idp.sign_in_to(&app.client, "/", "alice").await;
        assert_eq!(open.err(), Some(IdpError::Open { path: "/".into(), status: 200 }));
        let unknown = app.idp.sign_in_to(&app.client, "/nowhere", "alice").await;
        assert_eq!(unknown.err(), Some(IdpError::Open { path: "/nowhere".into(), status: 404 }));
    }

    #[rocket::async_test]
    async fn a_sign_in_that_fails_is_an_error_with_the_page() {
        let refuse = |fairing: logto_rocket::LogtoFairing| {
            fairing.on_sign_in(|_request, _user| {
                Box::pin(async { Err::<(), _>("closed today".into()) })
            })
        };
        let app = builder().fairing(refuse).start().await;
        let refused = app.idp.sign_in(&app.client, "alice").await;
        let Err(IdpError::Answered { path, status: 403, body }) = refused else {
            panic!("{refused:?}");
        };
        assert!(path.starts_with("/auth/sign-in-callback?code="), "{path}");
        assert!(body.contains("<code>sign_in_refused</code>"), "{body}");
        let nobody = app.idp.sign_in(&app.client, "nobody").await;
        assert_eq!(nobody.err(), Some(IdpError::UnknownUser("nobody".into())));
    }

    #[rocket::async_test]
    async fn a_client_that_keeps_no_cookies_gets_them() {
        let app = builder().start().await;
        let alice = app.idp.sign_in(&app.client, "alice").await.unwrap();
        assert_eq!(alice.location(), "/");
        assert_eq!(body(&app.client, "/", &alice.cookies()).await, "Hello, Alice Liddell");
        assert_eq!(body(&app.client, "/", &[]).await, "Hello, stranger");
    }

    #[rocket::async_test]
    async fn an_application_that_was_given_no_clock_goes_by_that_of_its_provider() {
        let idp = Idp::start().await.unwrap();
        let client = Client::tracked(rocket(Logto::fairing().provider(&idp))).await.unwrap();
        idp.sign_in(&client, "alice").await.unwrap();
        let before = testing::clock(&client).unwrap().now();
        idp.clock().advance(Duration::from_secs(2 * 3600));
        assert!(testing::clock(&client).unwrap().now() >= before + 7200);
        // The claims are due, and what the provider answers then is no older than the application.
        assert_eq!(client.get("/account").dispatch().await.status(), Status::Ok);
        assert_eq!(idp.requests().token_by_grant("refresh_token"), 1);
    }
}
