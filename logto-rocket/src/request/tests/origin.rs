//! Which page made a request, and what it may do.

use rocket::http::Method::{self, Delete, Get, Head, Options, Post, Trace};
use rocket::local::blocking::Client;

use super::{config, request, site};
use crate::client;
use crate::request::Initiator::{
    self, AddressBar, OtherSite, OwnPage, OwnReferrer, TrustedPage, Unstated,
};

const OWN: &str = "Origin: https://app.example";
const TRUSTED: &str = "Origin: https://admin.example";
const OTHER: &str = "Origin: https://evil.example";

fn client() -> Client {
    let trusted = ["https://admin.example", "https://ops.example"];
    site(config().base_url("https://app.example").trusted_origins(trusted))
}

#[test]
fn the_initiator_is_what_headers_say_that_no_page_can_set() {
    let client = client();
    let attached = client::Client::of(client.rocket()).expect("the fairing");
    for (headers, initiator) in [
        (&["Sec-Fetch-Site: same-origin"][..], OwnPage),
        (&["Sec-Fetch-Site: same-origin", OTHER], OwnPage),
        (&["Sec-Fetch-Site: none"], AddressBar),
        (&["Sec-Fetch-Site: none", OTHER], AddressBar),
        (&["Sec-Fetch-Site: same-site", OWN], TrustedPage),
        (&["Sec-Fetch-Site: cross-site", TRUSTED], TrustedPage),
        (&["Sec-Fetch-Site: cross-site", "Origin: https://ops.example"], TrustedPage),
        (&["Sec-Fetch-Site: cross-site", OTHER], OtherSite),
        (&["Sec-Fetch-Site: same-site"], OtherSite),
        (&["Sec-Fetch-Site: cross-site", "Referer: https://app.example/"], OtherSite),
        (&[OWN], OwnPage),
        (&[TRUSTED], TrustedPage),
        (&[OTHER], OtherSite),
        (&["Origin: null"], OtherSite),
        (&[OTHER, "Referer: https://app.example/"], OtherSite),
        (&["Referer: https://app.example/cart"], OwnReferrer),
        (&["Referer: https://app.example.evil.example/"], Unstated),
        (&["Referer: cart"], Unstated),
        (&[], Unstated),
        // Browsers send each once.
        (&[OWN, OTHER], OtherSite),
        (&[OWN, OWN], OtherSite),
        (&["Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site"], OtherSite),
    ] {
        let request = request(&client, Post, "/", headers);
        assert_eq!(Initiator::of(request.inner(), attached), initiator, "{headers:?}");
    }
}

#[test]
fn a_request_of_another_site_is_described_by_its_headers() {
    let client = client();
    let attached = client::Client::of(client.rocket()).expect("the fairing");
    let why = |headers: &[&str]| {
        Initiator::why_foreign(request(&client, Post, "/", headers).inner(), attached)
    };
    let found = why(&[OTHER, "Sec-Fetch-Site: cross-site"]);
    for part in ["`https://app.example`", OTHER, "cross-site", "`logto.base_url`"] {
        assert!(found.contains(part), "{found}");
    }
}

#[test]
fn a_request_of_another_site_is_told_only_a_cure_that_helps() {
    let client = client();
    let attached = client::Client::of(client.rocket()).expect("the fairing");
    for (headers, cure) in [
        (&[OTHER, "Sec-Fetch-Site: cross-site"][..], "add it to `logto.trusted_origins`"),
        (&["Origin: http://127.0.0.1:8000"], "correct `logto.base_url`"),
        (&["Origin: null", "Sec-Fetch-Site: cross-site"], "`Referrer-Policy: no-referrer`"),
        (&[OWN, OWN], "send each of these headers once"),
        (&["Upgrade: websocket"], "send that of this site"),
    ] {
        let why = Initiator::why_foreign(request(&client, Post, "/", headers).inner(), attached);
        assert!(why.contains(cure), "{why}");
        let helps = headers.iter().any(|it| it.starts_with("Origin: http") && *it != OWN);
        assert_eq!(why.contains("`logto.trusted_origins`"), helps, "{why}");
    }
}

#[test]
fn an_initiator_may_do_what_the_table_says() {
    for (initiator, something, upgrade, user, sign_out) in [
        (OwnPage, true, true, true, true),
        (TrustedPage, true, true, false, false),
        (AddressBar, true, true, false, false),
        (OwnReferrer, true, false, true, false),
        (Unstated, true, false, false, false),
        (OtherSite, false, false, false, false),
    ] {
        assert_eq!(initiator.may_change_something(false), something, "{initiator:?}");
        assert_eq!(initiator.may_change_something(true), upgrade, "{initiator:?}");
        assert_eq!(initiator.may_change_the_user(), user, "{initiator:?}");
        assert_eq!(initiator.may_sign_out(), sign_out, "{initiator:?}");
    }
}

#[test]
fn another_site_may_read_and_change_nothing() {
    let client = client();
    let attached = client::Client::of(client.rocket()).expect("the fairing");
    let may = |method: Method, headers: &[&str]| {
        Initiator::may_act(request(&client, method, "/", headers).inner(), attached)
    };
    for method in [Get, Head, Options, Trace] {
        assert!(may(method, &[OTHER]), "{method}");
        assert!(may(method, &[OTHER, "Upgrade-Insecure-Requests: 1"]), "{method}");
        assert!(!may(method, &[OTHER, "Upgrade: websocket"]), "{method}");
        assert!(!may(method, &["upgrade: websocket"]), "{method}: no browser is known to ask");
        assert!(may(method, &[OWN, "Upgrade: websocket"]), "{method}");
    }
    for method in [Post, Delete] {
        assert!(!may(method, &[OTHER]), "{method}");
        assert!(!may(method, &["Sec-Fetch-Site: cross-site"]), "{method}");
        assert!(may(method, &[OWN]), "{method}");
        assert!(may(method, &[TRUSTED]), "{method}");
        assert!(may(method, &[]), "{method}: a program sends no such header");
    }
}
