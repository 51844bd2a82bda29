//! The routes `sign-in` and `sign-up`: what a link may say, and what starts a sign-in.

use std::collections::{BTreeMap, BTreeSet};

use logto_rocket::testing::Endpoint;
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::{From, navigation};
use logto_rocket_tests::uri::{path_of, query};
use rocket::http::{Method, Status};

/// The parameters that are new at each sign-in.
const FRESH: [&str; 3] = ["state", "nonce", "code_challenge"];

/// What the route sends to Logto for this query, and the fresh ones apart.
async fn request(app: &App, link: &str) -> (BTreeMap<String, String>, Vec<String>) {
    let answer = app.browser().open(&format!("/auth/sign-in{link}")).await;
    assert_eq!(answer.status, Status::SeeOther, "{link}: {answer:?}");
    let mut sent = query(answer.location());
    let pairs = url::Url::parse(answer.location()).unwrap().query_pairs().count();
    assert_eq!(pairs, sent.len(), "no parameter comes twice: {}", answer.location());
    let fresh = FRESH.map(|name| sent.remove(name).unwrap_or_else(|| panic!("no `{name}`")));
    (sent, fresh.to_vec())
}

/// Guards against this mistake: text in `return_to` became parameters of the authorization request.
/// And: a link passed parameters on unread.
#[rocket::async_test]
async fn a_link_never_changes_what_is_not_on_the_list() {
    let app = App::start().await;
    let (usual, _) = request(&app, "").await;
    for link in [
        "?return_to=/x%26scope=admin",
        "?return_to=/x%26scope%3Dadmin%26prompt%3Dnone",
        "?return_to=%2Fx%3Fa%3D1%26client_id%3Devil",
        "?scope=admin",
        "?scopes=admin",
        "?client_id=evil",
        "?prompt=none",
        "?prompt=login",
        "?redirect_uri=https://evil.example/",
        "?response_type=token",
        "?response_mode=fragment",
        "?resource=https://api.example.test/orders",
        "?audience=evil",
        "?request_uri=https://evil.example/",
        "?request=eyJ",
        "?claims=%7B%7D",
        "?acr_values=0",
        "?id_token_hint=eyJ",
        "?state=fixed&nonce=fixed&code_challenge=fixed",
        "?code_challenge_method=plain",
        "?auth_request_params=scope%3Dadmin",
        "?extra=1",
        // On the list, but not valid: one wrong value would make Logto drop all of them.
        "?first_screen=evil",
        "?identifier=evil",
        "?direct_sign_in=evil",
        "?max_age=-1",
        "?max_age=soon",
        "?ui_locales=%3Cscript%3E",
        "?organization_id=a%20b",
    ] {
        let (sent, fresh) = request(&app, link).await;
        assert_eq!(sent, usual, "{link}");
        assert!(!fresh.contains(&"fixed".to_owned()), "{link}");
    }
}

#[rocket::async_test]
async fn a_link_may_say_what_is_on_the_list() {
    let app = App::start().await;
    let (usual, _) = request(&app, "").await;
    for (link, name, value) in [
        ("?login_hint=a%40b.test%26scope%3Dadmin", "login_hint", "a@b.test&scope=admin"),
        ("?first_screen=register", "first_screen", "register"),
        ("?first_screen=identifier:sign_in&identifier=email", "identifier", "email"),
        ("?direct_sign_in=social:google", "direct_sign_in", "social:google"),
        ("?ui_locales=fr-CA%20fr", "ui_locales", "fr-CA fr"),
        ("?organization_id=org_1", "organization_id", "org_1"),
        ("?login_hint=a%40b.test&one_time_token=abc", "one_time_token", "abc"),
    ] {
        let (sent, _) = request(&app, link).await;
        assert_eq!(sent.get(name).map(String::as_str), Some(value), "{link}");
        assert_eq!(sent["scope"], usual["scope"], "{link}");
    }
    let up = app.browser().open("/auth/sign-up").await;
    assert_eq!(query(up.location())["first_screen"], "register");
}

/// Guards against this mistake: one state for all users, made at the start.
#[rocket::async_test]
async fn each_sign_in_has_a_state_a_nonce_and_a_pkce_challenge_of_its_own() {
    let app = App::start().await;
    let mut seen = BTreeSet::new();
    for _ in 0..20 {
        let (sent, fresh) = request(&app, "").await;
        assert_eq!(sent["code_challenge_method"], "S256");
        assert_eq!(sent["response_type"], "code");
        for value in fresh {
            // 22 characters of base64url are 128 bits.
            assert!(value.len() >= 22, "{value}");
            assert!(seen.insert(value), "twice the same");
        }
    }
    let mut browser = app.browser();
    app.sign_in(&mut browser, "alice", "/").await;
    let requests = app.idp.requests();
    let exchange = requests.last(Endpoint::Token).unwrap();
    assert!(exchange.param("code_verifier").is_some_and(|verifier| verifier.len() >= 43));
}

#[rocket::async_test]
async fn consent_is_asked_for_and_a_fresh_sign_in_besides_where_the_link_wants_one() {
    let app = App::start().await;
    let (usual, _) = request(&app, "").await;
    assert_eq!(usual["prompt"], "consent");
    assert!(!usual.contains_key("max_age"));
    let (fresh, _) = request(&app, "?max_age=300").await;
    assert_eq!((&*fresh["prompt"], &*fresh["max_age"]), ("login consent", "300"));

    let app = App::builder().config(|config| config.prompt("login consent")).start().await;
    assert_eq!(request(&app, "").await.0["prompt"], "login consent");
}

#[rocket::async_test]
async fn a_pushed_request_shows_the_browser_nothing_of_it() {
    let app = App::builder().config(|config| config.pushed_authorization(true)).start().await;
    let mut browser = app.browser();
    let answer = browser.open("/auth/sign-in?login_hint=alice").await;
    let shown: Vec<_> = query(answer.location()).into_keys().collect();
    assert_eq!(shown, ["client_id", "request_uri"]);
    let requests = app.idp.requests();
    let pushed = requests.last(Endpoint::PushedAuthorization).unwrap();
    assert_eq!(pushed.param("login_hint"), Some("alice"));
    assert_eq!(pushed.param("code_challenge_method"), Some("S256"));
    let callback = path_of(&app.idp.authorize(answer.location(), "alice").await.unwrap());
    assert_eq!(browser.navigate(&callback, From::OtherSite).await.location(), "/");
    assert_eq!(browser.open("/account").await.status, Status::Ok);
}

/// Guards against this mistake: an image or a frame on another site started a sign-in.
#[rocket::async_test]
async fn nothing_but_a_navigation_starts_a_sign_in() {
    let app = App::start().await;
    let fetched = |site, mode, dest| {
        vec![("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest)]
    };
    let with = |name, value| {
        let mut headers = navigation(From::OwnPage);
        headers.push((name, value));
        headers
    };
    for headers in [
        with("Sec-Purpose", "prefetch"),
        with("Sec-Purpose", "prefetch;prerender"),
        with("Purpose", "prefetch"),
        with("X-Moz", "prefetch"),
        vec![("Accept", "text/html"), ("X-Requested-With", "XMLHttpRequest")],
        fetched("cross-site", "no-cors", "image"),
        fetched("cross-site", "no-cors", "script"),
        fetched("cross-site", "navigate", "iframe"),
        fetched("cross-site", "navigate", "object"),
        fetched("same-origin", "cors", "empty"),
        fetched("same-origin", "no-cors", "empty"),
        vec![("Accept", "image/avif,image/webp")],
        vec![("Accept", "application/json")],
    ] {
        for route in ["/auth/sign-in", "/auth/sign-up"] {
            let mut browser = app.browser();
            let answer = browser.request(Method::Get, route, &headers, "").await;
            assert_eq!(answer.status, Status::BadRequest, "{headers:?}");
            assert!(!answer.sets_cookies() && answer.location().is_empty(), "{headers:?}");
        }
        let guarded = app.browser().request(Method::Get, "/account", &headers, "").await;
        assert_eq!(guarded.status, Status::Unauthorized, "{headers:?}");
        assert!(!guarded.sets_cookies() && guarded.location().is_empty(), "{headers:?}");
    }
    for method in [Method::Head, Method::Post, Method::Put, Method::Options] {
        let headers = navigation(From::OwnPage);
        let answer = app.browser().request(method, "/auth/sign-in", &headers, "").await;
        assert!(!answer.sets_cookies() && answer.location().is_empty(), "{method}: {answer:?}");
    }
    assert_eq!(app.idp.requests().authorizations(), 0);
}

#[rocket::async_test]
async fn a_navigation_from_anywhere_starts_a_sign_in() {
    let app = App::start().await;
    for from in [From::AddressBar, From::OwnPage, From::OtherSite] {
        let answer = app.browser().navigate("/auth/sign-in", from).await;
        assert_eq!(answer.status, Status::SeeOther, "{from:?}");
    }
    // Browsers and programs that send no Fetch Metadata.
    for headers in [vec![], vec![("Accept", "*/*")], vec![("Accept", "text/html")]] {
        let answer = app.browser().request(Method::Get, "/auth/sign-in", &headers, "").await;
        assert_eq!(answer.status, Status::SeeOther, "{headers:?}");
    }
}

#[rocket::async_test]
async fn a_link_elsewhere_that_would_switch_the_user_asks_first() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    for link in ["direct_sign_in=social:evil", "organization_id=org_2", "one_time_token=abc"] {
        let path = format!("/auth/sign-in?login_hint=bob&{link}");
        let asked = alice.navigate(&path, From::OtherSite).await;
        assert_eq!(asked.status, Status::Ok, "{link}");
        assert!(asked.body.contains("Alice Liddell"), "{}", asked.body);
        assert!(!asked.sets_cookies());
        assert_eq!(alice.navigate(&path, From::OwnPage).await.status, Status::SeeOther, "{link}");
        let stranger = app.browser().navigate(&path, From::OtherSite).await;
        assert_eq!(stranger.status, Status::SeeOther, "who is not signed in loses nothing");
    }
}

/// Guards against this mistake: sign-ins that were started and left filled the server's memory.
#[rocket::async_test]
async fn ten_thousand_starts_leave_nothing_in_the_process() {
    let app = App::start().await;
    let mut first = app.browser();
    let callback = app.callback(&mut first, "alice", "/").await;
    let mut collector = app.browser();
    for number in 0..10_000 {
        if number % 2 == 0 {
            collector.open("/auth/sign-in").await;
            assert!(collector.cookies.len() <= 5);
        } else {
            let answer = app.browser().open("/auth/sign-in").await;
            assert_eq!(answer.all("Set-Cookie").len(), 1);
        }
    }
    assert!(collector.cookies.values().all(|sealed| sealed.len() <= 1024));
    assert_eq!(app.idp.requests().discovery(), 1);
    // All that there is of a sign-in is in its browser: another process completes it.
    let elsewhere = app.second_process(app.clock.clone()).await;
    let mut moved = first.at(&elsewhere);
    let answer = moved.navigate(&callback, From::OtherSite).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, "/"));
    assert_eq!(moved.open("/account").await.status, Status::Ok);
}
