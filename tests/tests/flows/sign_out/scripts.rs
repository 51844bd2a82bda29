//! Signing out, and in, by scripts: none can follow a redirect to Logto, so each is told where the browser
//! must go.

use logto_rocket::{Error, Instead, Logto, LogtoUser, SignIn, SignOut, authenticated};
use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::{Answer, Browser, From, navigation};
use logto_rocket_tests::uri::{path_of, query};
use rocket::http::{Method, Status};
use rocket::serde::json::{Json, Value, json};
use rocket::{get, post, routes};

type Headers = Vec<(&'static str, &'static str)>;

fn sent(accept: &'static str, own: &[(&'static str, &'static str)]) -> Headers {
    let by_script = [
        ("Accept", accept),
        ("Origin", ORIGIN),
        ("Sec-Fetch-Site", "same-origin"),
        ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Dest", "empty"),
    ];
    [&by_script[..], own].concat()
}

const STREAM: &str = "text/vnd.turbo-stream.html, text/html, application/xhtml+xml";

fn scripts() -> Vec<(&'static str, Headers)> {
    vec![
        ("fetch", sent("*/*", &[])),
        ("fetch for HTML", sent("text/html", &[])),
        (
            "XHR",
            vec![
                ("Origin", ORIGIN),
                ("Accept", "text/html"),
                ("X-Requested-With", "XMLHttpRequest"),
            ],
        ),
        ("an old browser's fetch", vec![("Origin", ORIGIN), ("Accept", "*/*")]),
        ("HTMX", sent("*/*", &[("HX-Request", "true")])),
        ("Inertia", sent("text/html, application/xhtml+xml", &[("X-Inertia", "true")])),
        ("Turbo", sent(STREAM, &[("X-Turbo-Request-Id", "1")])),
        ("Turbo in a frame", sent(STREAM, &[("Turbo-Frame", "menu")])),
        ("Unpoly", sent("*/*", &[("X-Up-Version", "3.12.0")])),
    ]
}

/// Where an answer makes a script send the browser.
fn told(what: &str, answer: &Answer) -> String {
    assert!(answer.location().is_empty(), "{what}: a redirect that it cannot follow: {answer:?}");
    answer.assert_not_stored();
    let kind = answer.header("Content-Type").unwrap_or_default();
    let refresh = || {
        let (_, from) = answer.body.split_once("<meta http-equiv=\"refresh\" content=\"0; url=")?;
        Some(from.split_once('"')?.0.replace("&amp;", "&"))
    };
    let told = match what {
        "HTMX" => answer.header("HX-Redirect").map(str::to_owned),
        "Inertia" => answer.header("X-Inertia-Location").map(str::to_owned),
        "Turbo" | "Turbo in a frame" => {
            assert_eq!(kind, "text/vnd.turbo-stream.html", "{what}");
            assert!(answer.body.starts_with("<turbo-stream action=\"update\" targets=\"body\">"));
            refresh()
        }
        "Unpoly" => {
            assert_eq!(answer.header("X-Up-Target"), Some("body"), "{what}");
            refresh()
        }
        _ => {
            assert_eq!(kind, "application/json", "{what}: {answer:?}");
            let json: Value = rocket::serde::json::from_str(&answer.body).expect("JSON");
            assert_eq!(json.as_object().map(serde_json::Map::len), Some(1), "{json}");
            json["location"].as_str().map(str::to_owned)
        }
    };
    let status = if what == "Inertia" { Status::Conflict } else { Status::Ok };
    assert_eq!(answer.status, status, "{what}: {answer:?}");
    told.unwrap_or_else(|| panic!("{what} is told nothing: {answer:?}"))
}

/// Guards against this mistake: the session here had ended, but the script could not follow to Logto,
/// whose own session signed the user in again at the next click.
#[rocket::async_test]
async fn a_script_that_signs_out_is_told_where_the_browser_must_go() {
    let app = App::start().await;
    for (what, headers) in scripts() {
        let mut alice = app.signed_in("alice").await;
        let route = "/auth/sign-out?return_to=%2Fbye%3Fx%3D1";
        let answer = alice.request(Method::Post, route, &headers, "").await;
        let url = told(what, &answer);
        assert!(url.starts_with(&app.idp.issuer()), "{what}: {url}");
        assert_eq!(query(&url)["client_id"], app.idp.app_id(), "{what}");
        assert_eq!(alice.open("/account").await.status, Status::SeeOther, "{what}");
        let back = alice.navigate("/auth/sign-out-callback", From::OtherSite).await;
        assert_eq!(back.location(), "/bye?x=1", "{what}");

        let again = alice.request(Method::Post, route, &headers, "").await;
        assert_eq!(told(what, &again), "/bye?x=1", "{what}: who is not signed in");
    }
}

/// A test client or another program, which no browser is, follows a redirect as a form does.
#[rocket::async_test]
async fn a_program_that_says_nothing_of_what_it_accepts_is_redirected() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    let out = alice.request(Method::Post, "/auth/sign-out", &[("Origin", ORIGIN)], "").await;
    assert!(out.location().starts_with(&app.idp.issuer()), "{out:?}");
}

/// A link is followed by script as well, and prefetched: only the browser's own navigation counts.
#[rocket::async_test]
async fn a_library_that_follows_the_link_to_sign_out_leaves_it_to_the_browser() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    let route = "/auth/sign-out?return_to=%2Fbye";
    // Without Fetch Metadata a script that fetches the link cannot be told from a browser.
    for (what, headers) in scripts().into_iter().filter(|(what, _)| !what.contains("old browser")) {
        let answer = alice.request(Method::Get, route, &headers, "").await;
        assert!(answer.location().is_empty() && !answer.sets_cookies(), "{what}: {answer:?}");
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{what}");
        match what {
            "HTMX" => assert_eq!(answer.header("HX-Redirect"), Some(route)),
            "Inertia" => assert_eq!(answer.header("X-Inertia-Location"), Some(route)),
            "Turbo" | "Turbo in a frame" => assert!(answer.body.contains("turbo-visit-control")),
            "Unpoly" => assert!(answer.body.contains(&format!("content=\"0; url={route}\""))),
            _ => assert!(answer.body.contains("Sign out?"), "{what}: {answer:?}"),
        }
    }
    let out = alice.navigate(route, From::OwnPage).await;
    assert!(out.location().starts_with(&app.idp.issuer()), "{out:?}");
}

#[rocket::async_test]
async fn a_script_of_another_site_signs_no_user_out() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    for (what, mut headers) in scripts() {
        headers.retain(|(name, _)| !matches!(*name, "Origin" | "Sec-Fetch-Site"));
        headers.extend([("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")]);
        let answer = alice.request(Method::Post, "/auth/sign-out", &headers, "").await;
        assert!(!answer.sets_cookies() && answer.location().is_empty(), "{what}: {answer:?}");
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{what}");
    }
}

#[authenticated]
#[post("/leave")]
async fn leave(logto: &Logto, user: &LogtoUser) -> SignOut {
    logto.sign_out(user).return_to("/bye").start().await
}

#[post("/join")]
async fn join(logto: &Logto) -> Result<SignIn, Error> {
    logto.sign_up().return_to("/welcome").start().await
}

#[get("/enter")]
async fn enter(logto: &Logto) -> Result<SignIn, Error> {
    logto.sign_in().return_to("/welcome").start().await
}

#[rocket::async_test]
async fn a_handler_that_starts_a_sign_in_or_a_sign_out_tells_a_script_as_well() {
    let app = App::builder().routes(routes![leave, join, enter]).start().await;
    for (what, headers) in scripts() {
        let mut alice = app.signed_in("alice").await;
        let out = alice.request(Method::Post, "/leave", &headers, "").await;
        assert!(told(what, &out).starts_with(&app.idp.issuer()), "{what}");
        assert_eq!(alice.open("/account").await.status, Status::SeeOther, "{what}");

        let mut bob = app.browser();
        let start = bob.request(Method::Post, "/join", &headers, "").await;
        arrives(&app, &mut bob, &told(what, &start)).await;
    }
    for (method, path) in [(Method::Post, "/join"), (Method::Get, "/enter")] {
        let mut headers = navigation(From::OwnPage);
        headers.push(("Origin", ORIGIN));
        let mut bob = app.browser();
        let start = bob.request(method, path, &headers, "").await;
        assert_eq!(start.status, Status::SeeOther, "a form and a link are redirected");
        arrives(&app, &mut bob, start.location()).await;
    }
}

#[rocket::async_test]
async fn a_handler_in_a_frame_opens_the_sign_in_in_a_new_tab() {
    let app = App::builder().routes(routes![join, enter]).start().await;
    for (method, path, link) in [
        (Method::Get, "/enter?x=1", "/enter?x=1"),
        (Method::Post, "/join", "/auth/sign-in?return_to=%2Fwelcome"),
    ] {
        let mut headers = navigation(From::OwnPage);
        headers.retain(|(name, _)| *name != "Sec-Fetch-Dest");
        headers.extend([("Sec-Fetch-Dest", "iframe"), ("Origin", ORIGIN)]);
        let page = app.browser().request(method, path, &headers, "").await;
        assert!(page.body.contains(&format!("href=\"{link}\" target=\"_blank\"")), "{page:?}");
        assert!(!page.sets_cookies() && page.location().is_empty(), "{page:?}");
    }
}

#[post("/join/json")]
async fn join_by_json(logto: &Logto) -> Result<Instead<SignIn, Json<Value>>, Error> {
    let start = logto.sign_up().return_to("/welcome").start().await?;
    let url = start.url().to_owned();
    Ok(start.instead(Json(json!({ "open": url }))))
}

#[authenticated]
#[post("/leave/json")]
async fn leave_by_json(logto: &Logto, user: &LogtoUser) -> Instead<SignOut, Json<Value>> {
    let out = logto.sign_out(user).return_to("/bye").start().await;
    let url = out.url().to_owned();
    out.instead(Json(json!({ "open": url })))
}

#[rocket::async_test]
async fn an_answer_of_ones_own_has_the_effects_of_ours() {
    let app = App::builder().routes(routes![join_by_json, leave_by_json]).start().await;
    let mut bob = app.browser();
    let opened = |answer: &Answer| -> String {
        let json: Value = rocket::serde::json::from_str(&answer.body).expect("JSON");
        json["open"].as_str().expect("an address").to_owned()
    };
    let start = bob.request(Method::Post, "/join/json", &sent("*/*", &[]), "").await;
    assert_eq!(start.header("Cache-Control"), Some("no-store"));
    arrives(&app, &mut bob, &opened(&start)).await;
    let out = bob.request(Method::Post, "/leave/json", &sent("*/*", &[]), "").await;
    assert!(opened(&out).starts_with(&app.idp.issuer()), "{out:?}");
    assert_eq!(bob.open("/account").await.status, Status::SeeOther);
    let back = bob.navigate("/auth/sign-out-callback", From::OtherSite).await;
    assert_eq!(back.location(), "/bye");
}

/// The browser goes to Logto, and comes back signed in.
async fn arrives(app: &App, browser: &mut Browser<'_>, url: &str) {
    let callback = app.idp.authorize(url, "bob").await.expect("a callback");
    let back = browser.navigate(&path_of(&callback), From::OtherSite).await;
    assert_eq!((back.status, back.location()), (Status::SeeOther, "/welcome"), "{back:?}");
    assert_eq!(browser.open("/account").await.status, Status::Ok);
}
