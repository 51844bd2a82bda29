//! What a handler has added to a sign-in is what the session was asked for, and nothing else is.

use logto_rocket::testing::{Builder, User};
use logto_rocket::{Error, Logto, LogtoUser, SignIn, resource};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::From;
use logto_rocket_tests::uri::path_of;
use rocket::http::Status;
use rocket::{get, routes};

resource!(pub More = "https://api.example.test/more");

#[get("/sign-in-for-more")]
async fn sign_in_for_more(logto: &Logto) -> Result<SignIn, Error> {
    let more = logto.sign_in().resource("https://api.example.test/more");
    more.scope("urn:logto:scope:organizations").start().await
}

#[get("/token")]
async fn token(user: LogtoUser) -> Result<String, Error> {
    user.access_token(More).await.map(|token| format!("{:?}", token.scopes()))
}

#[get("/organization")]
async fn organization(user: LogtoUser) -> Result<String, Error> {
    user.organization_token("org_1").await.map(|token| format!("{:?}", token.scopes()))
}

#[rocket::async_test]
async fn a_session_has_what_a_handler_added_to_its_sign_in() {
    let provider = |provider: Builder| {
        let alice = User::new("alice").organization("org_1", ["owner"]);
        provider.user(alice).resource("https://api.example.test/more", &["read"])
    };
    let app = App::builder()
        .provider(provider)
        .routes(routes![sign_in_for_more, token, organization])
        .start()
        .await;
    for (link, status) in [
        ("/sign-in-for-more", Status::Ok),
        // Only that sign-in has it.
        ("/auth/sign-in", Status::InternalServerError),
    ] {
        let mut alice = app.browser();
        let start = alice.open(link).await;
        let callback = app.idp.authorize(start.location(), "alice").await.unwrap();
        let done = alice.navigate(&path_of(&callback), From::OtherSite).await;
        assert_eq!(done.status, Status::SeeOther, "{done:?}");
        for path in ["/token", "/organization"] {
            let answer = alice.open(path).await;
            assert_eq!(answer.status, status, "{link} {path}: {answer:?}");
        }
    }
}
