//! Where a sign-in returns to.

use rocket::http::Method::{Get, Post};
use rocket::local::blocking::Client;

use super::{config, request, site};
use crate::client;
use crate::request::{Kind, own_path, return_to};
use crate::session::MAX_RETURN_TO;

/// Where a sign-in for this request returns to.
fn returns(site: &Client, uri: &str, kind: Kind, headers: &[&str]) -> Option<String> {
    let attached = client::Client::of(site.rocket()).expect("the fairing");
    let method = if kind == Kind::Form { Post } else { Get };
    let request = request(site, method, uri, headers);
    return_to(request.inner(), attached, kind).map(String::from)
}

#[test]
fn a_sign_in_returns_to_the_page_that_the_user_was_going_to() {
    let site = site(config().base_url("https://app.example/shop"));
    for kind in [Kind::Navigation, Kind::Frame] {
        let at = |uri| returns(&site, uri, kind, &["Referer: https://app.example/shop/from"]);
        assert_eq!(at("/shop/cart?a=b").as_deref(), Some("/shop/cart?a=b"));
        assert_eq!(at("/other"), None, "it is another application's");
    }
    let boosted = ["HX-Request: true", "HX-Boosted: true"];
    let to = returns(&site, "/shop/cart", Kind::Script, &boosted);
    assert_eq!(to.as_deref(), Some("/shop/cart"));
}

#[test]
fn a_sign_in_for_a_request_of_a_page_returns_to_that_page() {
    let site = site(config().base_url("https://app.example/shop"));
    let page = "Referer: https://app.example/shop/cart?a=b#c";
    for (headers, to) in [
        (&[page][..], Some("/shop/cart?a=b")),
        (&["Referer: https://evil.example/shop/cart"], None),
        (&["Referer: http://app.example/shop/cart"], None),
        (&["Referer: https://app.example/other"], None),
        (&["Referer: cart"], None),
        (&[], None),
        (
            &["HX-Request: true", "HX-Current-URL: https://app.example/shop/list#x", page],
            Some("/shop/list"),
        ),
        (&["HX-Request: true", "HX-Current-URL: https://evil.example/shop/list", page], None),
        (&["HX-Request: true", page], Some("/shop/cart?a=b")),
        (&["HX-Current-URL: https://app.example/shop/list", page], Some("/shop/cart?a=b")),
    ] {
        for kind in [Kind::Script, Kind::Form, Kind::Embedded, Kind::Prefetch] {
            let found = returns(&site, "/shop/action", kind, headers);
            assert_eq!(found.as_deref(), to, "{kind:?} {headers:?}");
        }
    }
}

#[test]
fn a_sign_in_returns_to_no_page_with_a_longer_path_than_it_can_keep() {
    let site = site(config().base_url("https://app.example"));
    let longest = format!("/{}", "a".repeat(MAX_RETURN_TO - 1));
    let found = returns(&site, &longest, Kind::Navigation, &[]);
    assert_eq!(found, Some(longest.clone()));
    assert_eq!(returns(&site, &format!("{longest}a"), Kind::Navigation, &[]), None);
}

#[test]
fn a_path_is_the_browsers_also_if_a_proxy_has_taken_the_prefix_off() {
    for (proxy, path) in [("strip", "/shop/cart"), ("keep", "/cart")] {
        let site = site(config().base_url("https://app.example/shop").proxy_prefix(proxy));
        let attached = client::Client::of(site.rocket()).expect("the fairing");
        let request = request(&site, Get, "/cart", &[]);
        assert_eq!(own_path(request.inner(), attached).map(String::from).as_deref(), Some(path));
    }
}

#[test]
fn a_path_with_several_slashes_in_front_is_that_with_one() {
    let site = site(config().base_url("https://app.example"));
    let attached = client::Client::of(site.rocket()).expect("the fairing");
    let request = request(&site, Get, "//evil.example/x", &[]);
    let path = own_path(request.inner(), attached).map(String::from);
    assert_eq!(path.as_deref(), Some("/evil.example/x"));
    assert_eq!(returns(&site, "//evil.example/x", Kind::Navigation, &[]), None);
}
