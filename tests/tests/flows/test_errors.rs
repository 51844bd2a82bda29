//! What the tools for tests of applications say to a test that did something wrong, and that they do not fail
//! a test that did nothing wrong.

use std::collections::BTreeMap;
use std::time::Duration;

use logto_rocket::testing::{self, Idp, IdpError, TestSession, User};
use logto_rocket::{AccessToken, Config, Logto, SessionConfig, SignInRefusal, resource};
use logto_rocket_tests::app::{App, figment, rocket};
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket::{get, routes};

resource!(Orders = "https://api.example.test/orders");

#[get("/orders")]
fn orders(_token: AccessToken<Orders>) {}

/// The usual application with a client that behaves like one browser.
async fn site(idp: &Idp, config: Config) -> Client {
    let fairing = Logto::fairing().config(config).provider(idp);
    Client::tracked(rocket(fairing)).await.expect("a launch")
}

#[track_caller]
fn assert_says(error: &IdpError, words: &[&str]) {
    let text = error.to_string();
    assert!(!text.contains('<') && !text.contains("description:"), "{text}");
    for words in words {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[rocket::async_test]
async fn a_test_signs_any_number_of_users_in_with_one_client() {
    let idp = Idp::start().await.unwrap();
    let minute = Duration::from_secs(60);
    let session = SessionConfig::new().max_lifetime(minute).revalidate_after(None);
    let client = site(&idp, Config::new().session(session)).await;
    for user in ["alice", "bob", "alice", "bob", "alice"] {
        idp.sign_in(&client, user).await.unwrap_or_else(|why| panic!("{user}: {why}"));
    }
    let account = client.get("/account").dispatch().await.into_string().await.unwrap();
    assert!(account.starts_with(&idp.user_id("alice").unwrap()), "{account}");

    // A page, too, when the sessions of all sign-ins so far are over.
    for user in ["bob", "alice"] {
        idp.sign_in(&client, user).await.unwrap();
    }
    idp.clock().advance(2 * minute);
    let bob = idp.sign_in_to(&client, "/account?tab=keys", "bob").await.unwrap();
    assert_eq!(bob.location(), "/account?tab=keys");
    assert_eq!(client.get("/account").dispatch().await.status(), Status::Ok);
}

#[rocket::async_test]
async fn a_sign_in_that_ends_at_a_page_says_what_the_page_says_and_shows_no_markup() {
    let refuse = |fairing: logto_rocket::LogtoFairing| {
        fairing.on_sign_in(|_request, _user| {
            Box::pin(async { Err::<(), _>(SignInRefusal::new("Ask <Kim> first.").into()) })
        })
    };
    let app = App::builder().fairing(refuse).start().await;
    let refused = app.idp.sign_in(&app.client, "alice").await.unwrap_err();
    let text = refused.to_string();
    for words in [
        "`GET /auth/sign-in-callback`, which answered with status 403",
        "`sign_in_refused`",
        "Ask <Kim> first.",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("<p") && !text.contains("style") && text.len() < 700, "{text}");

    let idp = Idp::start().await.unwrap();
    let client = site(&idp, Config::new().resources(["https://unknown.example.test"])).await;
    let failed = idp.sign_in(&client, "alice").await.unwrap_err();
    assert_says(
        &failed,
        &["status 502", "`refused_by_logto`", "invalid_target", "logto.resources"],
    );
}

#[rocket::async_test]
async fn a_page_that_is_no_path_is_an_error_that_shows_how_to_write_it() {
    let app = App::start().await;
    for (page, words) in [
        ("https://evil.example/account", ["is a URL", "write `/account`"]),
        ("/account#keys", ["fragment", "write `/account`"]),
        ("/\u{e4}", ["percent-encodes", "write `/%C3%A4`"]),
    ] {
        let error = app.idp.sign_in_to(&app.client, page, "alice").await.unwrap_err();
        assert_eq!(error, IdpError::NotAPath(page.into()));
        assert_says(&error, &words);
    }
}

#[rocket::async_test]
async fn a_client_that_is_signed_in_already_is_told_so_and_not_to_guard_the_page() {
    let idp = Idp::start().await.unwrap();
    let client = site(&idp, Config::new()).await;
    idp.sign_in(&client, "bob").await.unwrap();
    for (path, status) in [("/account", 200), ("/admin", 403)] {
        let error = idp.sign_in_to(&client, path, "bob").await.unwrap_err();
        assert_eq!(error, IdpError::HasSession { path: path.into(), status });
        assert_says(&error, &["signed in already", "untracked"]);
    }
}

#[rocket::async_test]
async fn a_user_who_is_suspended_or_at_another_provider_is_not_called_unknown() {
    let app = App::start().await;
    app.idp.suspend("alice");
    let error = app.idp.sign_in(&app.client, "alice").await.unwrap_err();
    assert_eq!(error, IdpError::Suspended("alice".into()));
    assert_says(&error, &["`alice`", "suspended", "reinstate"]);
    let other = Idp::start().await.unwrap();
    let error = other.sign_in(&app.client, "alice").await.unwrap_err();
    let of_the_application = format!("`{}/auth`", app.idp.issuer());
    assert_says(&error, &[&of_the_application, "Logto::fairing().provider(&idp)"]);
}

#[rocket::async_test]
async fn a_session_that_cannot_be_is_an_error_that_names_the_claim_and_the_call() {
    let app = App::start().await;
    let error = async |session: TestSession| {
        testing::sign_in(&app.client, session).await.map(drop).unwrap_err()
    };
    let wrong = User::new("carol").claim("created_at", "yesterday");
    let words = ["`created_at` of the user is a string", "`User::claim(\"created_at\", …)`"];
    assert_says(&error(wrong.into()).await, &words);
    let wrong = User::new("carol").profile("name", 5);
    assert_says(&error(wrong.into()).await, &["`name` of", "`User::profile(\"name\", …)`"]);
    let no_texts = BTreeMap::from([(vec![1], 2)]);
    assert_says(&error(User::new("carol").values(&no_texts)).await, &["TestSession::values"]);
    let too_many = User::new("carol").values(&"x".repeat(9000));
    assert_says(&error(too_many).await, &["9002 bytes", "8192", "TestSession::values"]);
}

#[rocket::async_test]
async fn a_session_without_the_token_that_a_handler_needs_is_told_how_to_get_it() {
    let app = App::builder().routes(routes![orders]).start().await;
    let carol = testing::sign_in(&app.client, User::new("carol")).await.unwrap();
    let mut request = app.client.get("/orders").cookies(carol);
    request.add_header(rocket::http::Accept::HTML);
    let body = request.dispatch().await.into_string().await.unwrap();
    for words in ["offline_access", "testing::sign_in", "User::access_token"] {
        assert!(body.contains(words), "{words}: {body}");
    }
}

#[rocket::async_test]
async fn unwrap_in_a_test_shows_what_to_change() {
    let idp = Idp::start().await.unwrap();
    let client = site(&idp, Config::new()).await;
    let unknown = idp.sign_in(&client, "nobody").await.unwrap_err();
    assert_eq!(format!("{unknown:?}"), unknown.to_string());
    assert!(unknown.to_string().contains("Builder::user"), "{unknown}");
    let api = Logto::resource_server().config(Config::new().endpoint(idp.endpoint()));
    let api = Client::untracked(rocket::custom(figment()).attach(api)).await.expect("a launch");
    let error = testing::sign_in(&api, User::new("alice")).await.map(drop).unwrap_err();
    assert_says(&error, &["`Logto::fairing()`", "`testing::bearer`"]);
}

#[rocket::async_test]
async fn a_clock_that_a_test_moves_by_any_time_panics_nowhere() {
    let idp = Idp::start().await.unwrap();
    let client = site(&idp, Config::new()).await;
    idp.sign_in(&client, "alice").await.unwrap();
    idp.clock().advance(Duration::MAX);
    idp.clock().advance(Duration::from_secs(11));
    assert_eq!(client.get("/account").dispatch().await.status(), Status::Unauthorized);
    // It may fail, with an error.
    idp.sign_in(&client, "alice").await.ok();
}
