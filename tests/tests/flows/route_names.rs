//! The names of routes (`routes`): everything that leads to a route follows its name.

use logto_rocket::testing::Idp;
use logto_rocket::{Config, Logto, LogtoUser, RoutesConfig, authenticated};
use logto_rocket_tests::app::{App, ORIGIN, config_for, figment};
use logto_rocket_tests::browser::{From, navigation};
use logto_rocket_tests::uri::{encoded, path_of, query};
use rocket::error::ErrorKind;
use rocket::http::{Method, Status};
use rocket::local::asynchronous::Client;
use rocket::{get, routes};

fn renamed(config: Config) -> Config {
    let names = RoutesConfig::new()
        .sign_in("login")
        .sign_up("join")
        .sign_in_callback("logto/callback")
        .sign_out("logout")
        .sign_out_callback("logto/left")
        .backchannel_logout("logto/ended")
        .user("me.json")
        .webhook("logto/hook");
    config.routes(names)
}

#[get("/links")]
fn links(logto: &Logto) -> String {
    format!("{} {}", logto.sign_in_uri(Some("/x")), logto.sign_out_uri())
}

#[authenticated(role = "emperor")]
#[get("/throne")]
fn throne(user: &LogtoUser) -> String {
    user.id().to_owned()
}

async fn app() -> App {
    App::builder().webhooks().config(renamed).routes(routes![links, throne]).start().await
}

#[rocket::async_test]
async fn a_sign_in_and_a_sign_out_go_by_the_names() {
    let app = app().await;
    let mut browser = app.browser();
    let refused = browser.open("/account").await;
    assert_eq!(refused.location(), "/auth/login?return_to=%2Faccount");
    let start = browser.open(refused.location()).await;
    let redirect_uri = format!("{ORIGIN}/auth/logto/callback");
    assert_eq!(query(start.location())["redirect_uri"], redirect_uri);
    let callback = app.idp.authorize(start.location(), "alice").await.unwrap();
    assert!(callback.starts_with(&redirect_uri), "{callback}");
    let end = browser.navigate(&path_of(&callback), From::OtherSite).await;
    assert_eq!((end.status, end.location()), (Status::SeeOther, "/account"));
    assert_eq!(browser.open("/account").await.status, Status::Ok);
    assert_eq!(browser.fetch("/auth/me.json").await.status, Status::Ok);

    let out = browser.post("/auth/logout?return_to=/bye", From::OwnPage, ORIGIN).await;
    let back = query(out.location())["post_logout_redirect_uri"].clone();
    assert_eq!(back, format!("{ORIGIN}/auth/logto/left"));
    assert_eq!(browser.navigate(&path_of(&back), From::OtherSite).await.location(), "/bye");
    assert!(!browser.is_signed_in().await);
    let up = browser.open("/auth/join").await;
    assert_eq!(query(up.location())["first_screen"], "register");
}

#[rocket::async_test]
async fn links_pages_and_problem_documents_have_the_names() {
    let app = app().await;
    let mut alice = app.browser();
    let links = alice.open("/links").await.body;
    assert_eq!(links, "/auth/login?return_to=%2Fx /auth/logout");
    let refused = alice.fetch("/account").await.problem();
    assert!(refused["sign_in"].as_str().unwrap().starts_with("/auth/login"), "{refused}");

    let start = alice.open("/auth/login").await;
    let callback = app.idp.authorize(start.location(), "alice").await.unwrap();
    alice.navigate(&path_of(&callback), From::OtherSite).await;
    let question = alice.navigate("/auth/logout", From::OtherSite).await;
    assert!(question.body.contains(r#"action="/auth/logout""#), "{question:?}");
    let denied = alice.open("/throne").await;
    assert_eq!(denied.status, Status::Forbidden);
    for link in ["/auth/login?", "/auth/logout"] {
        assert!(denied.body.contains(link), "{link}: {denied:?}");
    }
    for page in [&question, &denied] {
        assert!(!page.body.contains("/sign-in") && !page.body.contains("/sign-out"), "{page:?}");
    }
}

#[rocket::async_test]
async fn calls_of_logto_and_other_sites_go_by_the_names() {
    let app = app().await;
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let mut headers = navigation(From::OtherSite);
    headers.push(form);
    let body = format!("iss={}&ui_locales=de", encoded(&app.idp.issuer()));
    let mut browser = app.browser();
    let initiated = browser.request(Method::Post, "/auth/login", &headers, &body).await;
    assert!(initiated.location().starts_with("/auth/login?iss="), "{initiated:?}");

    let logout = "logout_token=x";
    let refused = browser.request(Method::Post, "/auth/logto/ended", &[form], logout).await;
    assert_eq!(refused.status, Status::BadRequest, "the route of back-channel logouts");
    let refused = browser.request(Method::Post, "/auth/logto/hook", &[], "{}").await;
    assert_eq!(refused.status, Status::Unauthorized, "the route of webhooks");
}

#[rocket::async_test]
async fn the_usual_names_are_free_where_a_route_has_another_one() {
    let app = app().await;
    for name in ["sign-in", "sign-up", "sign-in-callback", "sign-out", "sign-out-callback", "user"]
    {
        let answer = app.browser().open(&format!("/auth/{name}")).await;
        assert_eq!(answer.status, Status::NotFound, "{name}");
    }
}

#[rocket::async_test]
async fn a_route_that_is_left_out_is_not_there() {
    let without = RoutesConfig::new().without_sign_up().without_backchannel_logout().without_user();
    let app = App::builder().config(|config| config.routes(without)).start().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/auth/sign-up").await.status, Status::NotFound);
    assert_eq!(alice.fetch("/auth/user").await.status, Status::NotFound);
    let answer = app.post_logout_token(&app.idp.logout_token("alice").unwrap()).await;
    assert_eq!(answer.status, Status::NotFound);
    assert!(alice.is_signed_in().await);
}

/// Guards against this mistake: a callback that could be left out.
#[rocket::async_test]
async fn a_route_that_logto_needs_cannot_be_left_out() {
    let idp = Idp::start().await.unwrap();
    let config = config_for(&idp);
    let figment = figment().merge(("logto.routes.sign_in_callback", false));
    let site = rocket::custom(figment).attach(Logto::fairing().config(config));
    let error = Client::untracked(site).await.expect_err("no launch");
    assert!(matches!(error.kind(), ErrorKind::FailedFairings(_)), "{error}");
}
