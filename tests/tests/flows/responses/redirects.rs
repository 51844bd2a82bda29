//! No redirect leads off this site: the corpus in `tests/data/redirects.jsonl`, through every route that
//! takes a path to return to. Lines with `kept` are harmless and must arrive as they are.
//!
//! The reference is the `url` crate, which reads a `Location` as a browser does: whatever a payload
//! became, once resolved (and resolved again) it must lie on the application's origin.

use std::cell::Cell;

use logto_rocket::{LocalPath, authenticated};
use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::{Answer, From};
use logto_rocket_tests::uri::{encoded, path_of};
use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rocket::http::Method;
use rocket::http::Status;
use serde_json::Value;
use url::{Position, Url};

const CORPUS: &str = include_str!("../../../data/redirects.jsonl");

/// A longer page to return to is left out as a whole.
const LONGEST: usize = 1_024;

struct Payload {
    text: String,
    kept: bool,
}

#[test]
fn the_corpus_is_large_and_has_both_kinds() {
    let payloads = corpus();
    let kept = payloads.iter().filter(|payload| payload.kept).count();
    assert!(payloads.len() - kept >= 150 && kept >= 50, "{} with {kept}", payloads.len());
}

#[test]
fn the_reference_knows_a_foreign_location() {
    for foreign in ["//e", "/\\e", "/\t/e", "https:e", "https:\\e", "javascript:alert(1)", "/.//e"]
    {
        assert!(!stays(foreign), "{foreign:?}");
    }
    assert!(stays("/account?tab=keys") && stays("account"));
}

#[test]
fn a_local_path_stays_here() {
    let mut wrong = Vec::new();
    for Payload { text, kept } in corpus() {
        let path = text.parse::<LocalPath>();
        assert!(path.as_ref().is_ok_and(|path| stays(path.as_str())) || path.is_err(), "{text:?}");
        if path.is_ok() != kept {
            wrong.push(text);
        }
    }
    assert!(wrong.is_empty(), "accepted but not harmless, or refused although: {wrong:#?}");
}

#[test]
fn no_combination_of_what_urls_are_made_of_leaves_this_site() {
    const PARTS: &[&str] = &[
        "/",
        "//",
        "\\",
        ".",
        "..",
        "%2e",
        "%2E%2e",
        "%2f",
        "%5c",
        "%",
        "@",
        ":",
        "?",
        "#",
        "&",
        ";",
        "a",
        "e.test",
        "https:",
        "javascript:",
        "[::1]",
        ":8000",
        "\t",
        "\n",
        "\r",
        "\0",
        " ",
        "\u{ff0f}",
        "\u{3002}",
        "\u{202e}",
        "|",
        "\"",
        "<",
    ];
    let texts = prop::collection::vec(prop::sample::select(PARTS), 0..10)
        .prop_map(|parts| format!("/{}", parts.concat()));
    let texts = prop_oneof![8 => texts.clone(), 2 => texts.prop_map(|text| text[1..].to_owned()), 1 => any::<String>()];
    let accepted = Cell::new(0_u32);
    let mut runner = TestRunner::new(Config { cases: 20_000, ..Config::default() });
    let all_stay = runner.run(&texts, |text| {
        if let Ok(path) = text.parse::<LocalPath>() {
            accepted.set(accepted.get() + 1);
            prop_assert_eq!(path.as_str(), &text);
            prop_assert!(stays(&text));
        }
        Ok(())
    });
    all_stay.unwrap();
    assert!(accepted.get() > 500, "only {} were paths at all", accepted.get());
}

#[rocket::async_test]
async fn a_sign_in_ends_on_this_site() {
    let app = App::start().await;
    for Payload { text, kept } in corpus() {
        let mut browser = app.browser();
        let callback = app.callback(&mut browser, "bob", &text).await;
        let back = browser.navigate(&callback, From::OtherSite).await;
        arrives(&back, &text, kept && text.len() <= LONGEST);
    }
}

#[rocket::async_test]
async fn a_payload_that_was_not_encoded_adds_nothing_to_the_request_to_logto() {
    let app = App::start().await;
    let mut sent = 0;
    for Payload { text, .. } in corpus() {
        let link = format!("/auth/sign-in?return_to={text}&first_screen=register");
        if rocket::http::uri::Origin::parse(&link).is_err() {
            continue;
        }
        let mut browser = app.browser();
        let start = browser.open(&link).await;
        assert_eq!(start.status, Status::SeeOther, "{text:?}");
        let url = Url::parse(start.location()).unwrap();
        let all = |name: &str| -> Vec<String> {
            let named = url.query_pairs().filter(|(known, _)| known == name);
            named.map(|(_, value)| value.into_owned()).collect()
        };
        assert_eq!(all("redirect_uri"), [format!("{ORIGIN}/auth/sign-in-callback")], "{text:?}");
        assert_eq!(all("scope").len(), 1, "{text:?}");
        assert!(!all("scope")[0].contains("admin"), "{text:?}: {url}");
        assert_eq!(all("prompt"), ["consent"], "{text:?}");
        let callback = app.idp.authorize(start.location(), "bob").await.unwrap();
        let back = browser.navigate(&path_of(&callback), From::OtherSite).await;
        assert_eq!(back.status, Status::SeeOther, "{text:?}");
        assert!(stays(back.location()), "{text:?} leads to {:?}", back.location());
        sent += 1;
    }
    assert!(sent > 100, "only {sent} are sent by a browser like that");
}

#[rocket::async_test]
async fn a_sign_out_ends_on_this_site() {
    let app = App::start().await;
    let mut browser = app.browser();
    for Payload { text, kept } in corpus() {
        let route = format!("/auth/sign-out?return_to={}", encoded(&text));
        let signed_out = browser.navigate(&route, From::OwnPage).await;
        arrives(&signed_out, &text, kept && text.len() <= LONGEST);

        assert_eq!(app.sign_in(&mut browser, "bob", "/").await.status, Status::SeeOther);
        let asked = browser.navigate(&route, From::OtherSite).await;
        assert_eq!(asked.status, Status::Ok, "a link on another site changes nothing: {text:?}");
        let forms = asked.body.matches("action=\"/auth/sign-out").count();
        assert_eq!(forms, 1, "{text:?}: {}", asked.body);
        let out = browser.navigate(&route, From::OwnPage).await;
        assert!(out.location().starts_with(&app.idp.issuer()), "{text:?}: {out:?}");
        let back = browser.navigate("/auth/sign-out-callback", From::OtherSite).await;
        arrives(&back, &text, kept && text.len() <= LONGEST);
    }
}

/// Not only the sign-in route takes a path: here the payload is the address itself.
#[rocket::async_test]
async fn a_sign_in_that_a_guard_asks_for_ends_on_this_site() {
    let app = App::builder().routes(rocket::routes![anything]).start().await;
    let mut guarded = 0;
    for Payload { text, kept } in corpus() {
        let mut browser = app.browser();
        let refused = browser.open(&text).await;
        // Rocket refuses what is no path, and takes `//` for the page at `/`, which is open.
        if refused.status != Status::SeeOther || text.starts_with("/auth/") {
            continue;
        }
        assert!(stays(refused.location()), "{text:?}");
        guarded += 1;
        let start = browser.open(refused.location()).await;
        assert_eq!(start.status, Status::SeeOther, "{text:?}: {start:?}");
        let callback = app.idp.authorize(start.location(), "bob").await.unwrap();
        let back = browser.navigate(&path_of(&callback), From::OtherSite).await;
        arrives(&back, &text, kept && text.len() <= LONGEST);
    }
    assert!(guarded > 30, "only {guarded} payloads reached the guard");
}

#[rocket::async_test]
async fn a_referer_of_another_site_becomes_no_foreign_address() {
    let app = App::start().await;
    let mut browser = app.browser();
    for Payload { text, kept } in corpus() {
        for (header, value) in [
            ("Referer", text.clone()),
            ("HX-Current-URL", text.clone()),
            ("Referer", format!("https://evil.example{text}")),
            ("HX-Current-URL", format!("https://evil.example{text}")),
            ("HX-Current-URL", format!("{ORIGIN}{text}")),
        ] {
            let headers = [("HX-Request", "true"), (header, value.as_str())];
            let refused = browser.request(Method::Get, "/account", &headers, "").await;
            assert_eq!(refused.status, Status::Unauthorized, "{value:?}");
            let sign_in = refused.header("HX-Redirect").expect("a place to sign in");
            let return_to = return_to(sign_in);
            assert!(return_to.as_deref().is_none_or(stays), "{header}: {value:?}: {sign_in}");
            if !value.starts_with(ORIGIN) {
                assert_eq!(return_to, None, "{header}: {value:?} is no page of ours");
            } else if kept {
                let page = Url::parse(&value).unwrap()[Position::BeforePath..].to_owned();
                // What the standard makes of it may be longer than a page to return to may be.
                let fits =
                    |page: &String| page.parse::<LocalPath>().is_ok() && page.len() <= LONGEST;
                let page = Some(page).filter(fits);
                assert_eq!(return_to, page, "{value:?}");
            }
        }
    }
}

#[authenticated]
#[rocket::get("/<_..>", rank = 100)]
fn anything() -> &'static str {
    "found"
}

/// Asserts that the answer redirects to this site, and, if `kept`, to this very path.
fn arrives(answer: &Answer, text: &str, kept: bool) {
    assert_eq!(answer.status, Status::SeeOther, "{text:?}: {answer:?}");
    let location = answer.location();
    assert!(stays(location), "{text:?} leads to {location:?}");
    assert!(!location.contains(['\r', '\n']), "{text:?}");
    let planted = answer.headers.iter().any(|(name, value)| {
        name.contains("Planted") || (name == "Set-Cookie" && value.starts_with("planted"))
    });
    assert!(!planted, "{text:?}: {answer:?}");
    if kept {
        assert_eq!(location, text);
    } else if location != "/" {
        // Not in part, but as what it means on this site.
        let own = text.strip_prefix(ORIGIN).unwrap_or(text);
        let meant = own.split('#').next().unwrap_or_default();
        let decoded = percent_decode_str(location).decode_utf8_lossy();
        assert_eq!(decoded[1..], *meant.trim_start_matches('/'), "{text:?}");
    }
}

/// Whether a browser that follows `location` stays on the application's origin, also when what it
/// arrives at is taken for a `Location` once more.
pub fn stays(location: &str) -> bool {
    let here = Url::parse(ORIGIN).unwrap();
    let ours = |page: &Url| page.origin() == here.origin() && page.username().is_empty();
    ["/", "/auth/sign-in-callback?code=c", "/a/b/"].iter().all(|page| {
        let page = here.join(page).unwrap();
        let Ok(first) = page.join(location) else { return false };
        let Ok(second) = page.join(&first[Position::BeforePath..]) else { return false };
        ours(&first) && ours(&second)
    })
}

fn return_to(link: &str) -> Option<String> {
    let link = Url::parse(ORIGIN).unwrap().join(link).unwrap();
    assert_eq!(link.path(), "/auth/sign-in");
    link.query_pairs().find(|(name, _)| name == "return_to").map(|(_, value)| value.into_owned())
}

fn corpus() -> Vec<Payload> {
    CORPUS
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).expect("a line of JSON");
            let text = line["payload"].as_str().expect("a payload").to_owned();
            Payload { text, kept: line["kept"] == true }
        })
        .collect()
}
