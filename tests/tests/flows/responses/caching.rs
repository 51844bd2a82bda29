//! No cache stores what depends on the user.

use logto_rocket::testing::Idp;
use logto_rocket::{Logto, LogtoUser};
use logto_rocket_tests::app::{App, ORIGIN, config_for, rocket_without_fairing};
use logto_rocket_tests::browser::{Browser, From};
use logto_rocket_tests::uri::encoded;
use rocket::fairing::AdHoc;
use rocket::http::{Header, Method, Status};
use rocket::local::asynchronous::Client;
use rocket::response::{self, Responder};
use rocket::{Request, Response, Route, get, routes};

#[derive(Responder)]
struct Headed {
    body: String,
    cache_control: Header<'static>,
    vary: Header<'static>,
}

/// Handlers that say how they are to be cached.
fn headed() -> Vec<Route> {
    fn answer(policy: &str, vary: &str) -> Headed {
        Headed {
            body: "page".into(),
            cache_control: Header::new("Cache-Control", policy.to_owned()),
            vary: Header::new("Vary", vary.to_owned()),
        }
    }
    #[get("/headed/user?<policy>&<vary>")]
    fn user(user: &LogtoUser, policy: &str, vary: &str) -> Headed {
        let _ = user;
        answer(policy, vary)
    }
    #[get("/headed/optional?<policy>&<vary>")]
    fn optional(user: Option<&LogtoUser>, policy: &str, vary: &str) -> Headed {
        let _ = user;
        answer(policy, vary)
    }
    #[get("/headed/open?<policy>&<vary>")]
    fn open(policy: &str, vary: &str) -> Headed {
        answer(policy, vary)
    }
    #[get("/open")]
    fn plain() -> &'static str {
        "page"
    }
    routes![user, optional, open, plain]
}

async fn app() -> App {
    App::builder().routes(headed()).start().await
}

/// Guards against this mistake: a cache in between gave one user's session, or page, to the next.
#[rocket::async_test]
async fn no_response_about_a_user_is_stored() {
    let app = app().await;
    let mut browser = app.browser();
    browser.open("/").await.assert_not_stored();
    browser.open("/account").await.assert_not_stored();
    browser.fetch("/account").await.assert_not_stored();
    browser.fetch("/auth/user").await.assert_not_stored();
    browser.open("/auth/sign-in").await.assert_not_stored();
    let callback = app.callback(&mut browser, "alice", "/").await;
    browser.navigate("/auth/sign-in-callback", From::OtherSite).await.assert_not_stored();
    browser.navigate(&callback, From::OtherSite).await.assert_not_stored();
    for path in ["/", "/account", "/missing", "/broken", "/admin", "/profile"] {
        browser.open(path).await.assert_not_stored();
        let headers = [("Accept", "text/html")];
        browser.request(Method::Head, path, &headers, "").await.assert_not_stored();
    }
    browser.fetch("/auth/user").await.assert_not_stored();
    browser.post("/change", From::OwnPage, ORIGIN).await.assert_not_stored();
    let foreign = browser.post("/change", From::OtherSite, "https://evil.example").await;
    foreign.assert_not_stored();
    browser.open("/auth/sign-out").await.assert_not_stored();
    browser.navigate("/auth/sign-out", From::OwnPage).await.assert_not_stored();
    browser.open("/auth/sign-out-callback").await.assert_not_stored();
    let mut bob = app.signed_in("bob").await;
    let denied = bob.open("/admin").await;
    assert_eq!(denied.status, Status::Forbidden);
    denied.assert_not_stored();
}

#[rocket::async_test]
async fn a_handler_may_say_private_but_not_public() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    for path in ["/headed/user", "/headed/optional"] {
        for (policy, sent) in [
            ("private", "private"),
            ("private,%20max-age=60", "private, max-age=60"),
            ("Private", "Private"),
            ("public", "no-store"),
            ("public,%20max-age=60", "no-store"),
            ("PUBLIC", "no-store"),
            ("private,%20public", "no-store"),
            ("max-age=60", "no-store"),
            ("s-maxage=60", "no-store"),
            ("no-cache", "no-store"),
            ("must-revalidate", "no-store"),
            ("no-store", "no-store"),
        ] {
            let answer = alice.open(&format!("{path}?policy={policy}&vary=Accept")).await;
            assert_eq!(answer.body, "page", "{answer:?}");
            assert_eq!(answer.all("Cache-Control"), [sent], "{path} {policy}");
            assert_eq!(answer.all("Vary"), ["Accept", "Cookie"], "{path} {policy}");
        }
        for vary in ["cookie", "Accept,%20Cookie", "*"] {
            let answer = alice.open(&format!("{path}?policy=private&vary={vary}")).await;
            assert_eq!(answer.all("Vary").len(), 1, "{vary}: {answer:?}");
        }
    }
    let signed_out = app.browser().open("/headed/optional?policy=public&vary=Accept").await;
    assert_eq!(
        signed_out.all("Cache-Control"),
        ["no-store"],
        "it would be shown to a signed-in user"
    );
}

#[rocket::async_test]
async fn responses_that_ask_for_no_user_are_left_alone() {
    let app = app().await;
    let mut alice = app.signed_in("alice").await;
    let answer = alice.open("/headed/open?policy=public,%20max-age=60&vary=Accept").await;
    assert_eq!(answer.all("Cache-Control"), ["public, max-age=60"]);
    assert_eq!(answer.all("Vary"), ["Accept"]);
    let plain = alice.open("/open").await;
    assert_eq!(plain.status, Status::Ok);
    assert!(plain.header("Cache-Control").is_none() && plain.header("Vary").is_none());
}

/// A handler that says `private` still gets no cached session into the browser.
#[rocket::async_test]
async fn a_response_that_sets_a_session_cookie_is_not_public() {
    let session = logto_rocket::SessionConfig::new();
    let session = session.idle_timeout(std::time::Duration::from_secs(3000));
    let app =
        App::builder().config(|config| config.session(session)).routes(headed()).start().await;
    let mut alice = app.signed_in("alice").await;
    for (policy, sent) in [("public", "no-store"), ("private", "private")] {
        app.clock.advance(std::time::Duration::from_secs(61));
        let answer = alice.open(&format!("/headed/user?policy={policy}&vary=Accept")).await;
        assert!(answer.sets_cookies());
        assert_eq!(answer.all("Cache-Control"), [sent]);
    }
}

/// A fairing as most of those for CORS and caches: it sets its policy for every response.
fn policy(name: &'static str) -> AdHoc {
    AdHoc::on_response(name, |_, response| {
        Box::pin(async move {
            response.set_header(Header::new("Cache-Control", "public, max-age=600"));
            for name in FOR_SHARED_CACHES {
                response.set_header(Header::new(name, "max-age=600"));
            }
        })
    })
}

/// One that attaches the other while it ignites.
fn attaches_policy(name: &'static str) -> AdHoc {
    AdHoc::on_ignite(name, |rocket| async move { rocket.attach(policy("attached")) })
}

#[rocket::async_test]
async fn no_personal_response_leaves_as_public_in_whatever_order_fairings_are_attached() {
    let idp = Idp::start().await.unwrap();
    let ours = || Logto::fairing().config(config_for(&idp));
    let fairings: [fn(&'static str) -> AdHoc; 2] = [policy, attaches_policy];
    for theirs in fairings {
        for rocket in [
            rocket_without_fairing().attach(theirs("first")).attach(ours()),
            rocket_without_fairing().attach(ours()).attach(theirs("last")),
        ] {
            let client = Client::untracked(rocket.mount("/", headed())).await.unwrap();
            let mut browser = Browser::new(&client);
            assert_eq!(browser.open("/open").await.header("Cache-Control"), Some(PUBLIC));
            browser.sign_in(&idp, "alice", "/account").await;
            for path in ["/account", "/auth/user", "/headed/user?policy=private&vary=Cookie"] {
                let answer = browser.open(path).await;
                assert_eq!(answer.status, Status::Ok);
                answer.assert_not_stored();
                for name in FOR_SHARED_CACHES {
                    assert_eq!(answer.header(name), None, "{answer:?}");
                }
            }
            browser.open("/admin").await.assert_not_stored();
        }
    }
}

/// Headers that shared caches of one kind heed in place of `Cache-Control`.
const FOR_SHARED_CACHES: [&str; 6] = [
    "CDN-Cache-Control",
    "Cloudflare-CDN-Cache-Control",
    "Surrogate-Control",
    "X-Accel-Expires",
    "Edge-Control",
    "X-LiteSpeed-Cache-Control",
];

const PUBLIC: &str = "public, max-age=600";

#[rocket::async_test]
async fn headers_that_come_twice_are_one_list() {
    #[get("/twice?<first>&<second>")]
    fn twice(user: &LogtoUser, first: &str, second: &str) -> Adjoined {
        let _ = user;
        Adjoined([first, second].map(ToOwned::to_owned))
    }
    struct Adjoined([String; 2]);
    impl<'r> Responder<'r, 'static> for Adjoined {
        fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
            let mut response = Response::new();
            for policy in self.0 {
                response.adjoin_raw_header("Cache-Control", policy);
            }
            Ok(response)
        }
    }
    let app = App::builder().routes(routes![twice]).start().await;
    let mut alice = app.signed_in("alice").await;
    for (first, second, stays) in [
        ("private", "public, max-age=600", false),
        ("public, max-age=600", "private", false),
        ("max-age=600", "s-maxage=600", false),
        ("private", "max-age=60", true),
        ("no-store", "max-age=0", true),
    ] {
        let path = format!("/twice?first={}&second={}", encoded(first), encoded(second));
        let answer = alice.open(&path).await;
        if stays {
            assert_eq!(answer.all("Cache-Control"), [first, second]);
        } else {
            answer.assert_not_stored();
        }
    }
}
