//! The kind of a request.

use rocket::http::Method::{self, Get, Head, Post, Put};
use rocket::local::blocking::Client;

use super::{quiet, request};
use crate::request::Kind::{self, Embedded, Form, Frame, Navigation, Prefetch, Script};

/// The kinds of a request at a page of the application and at a route of this crate.
fn judged(client: &Client, method: Method, headers: &[&str]) -> [Kind; 2] {
    let request = request(client, method, "/", headers);
    [Kind::of(request.inner()), Kind::at_route(request.inner())]
}

#[test]
fn a_request_is_for_what_its_headers_say() {
    let client = Client::untracked(quiet()).expect("a Rocket");
    for (headers, kinds) in [
        // Without Fetch Metadata, `Accept` decides. At routes of this crate, a request without it is a navigation.
        (&[][..], [Script, Navigation]),
        (&["Accept: */*"], [Script, Navigation]),
        (&["Accept: text/html"], [Navigation; 2]),
        (&["Accept: application/xhtml+xml"], [Navigation; 2]),
        (&["Accept: text/html;q=0.5, application/json"], [Script; 2]),
        (&["Accept: application/json"], [Script; 2]),
        (&["Accept: application/xml"], [Script; 2]),
        (&["Accept: text/html", "X-Requested-With: XMLHttpRequest"], [Script; 2]),
        (&["Accept: text/html", "X-Requested-With: xmlhttprequest"], [Script; 2]),
        (&["Accept: text/html", "X-Requested-With: com.example.app"], [Navigation; 2]),
        (&["Accept: text/html", "HX-Request: true"], [Script; 2]),
        // With Fetch Metadata, that decides.
        (&["Sec-Fetch-Mode: navigate"], [Navigation; 2]),
        (&["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"], [Navigation; 2]),
        (&["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: empty"], [Navigation; 2]),
        (&["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: image"], [Embedded; 2]),
        (&["Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"], [Embedded; 2]),
        (&["Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty", "Accept: text/html"], [Script; 2]),
        (&["Sec-Fetch-Mode: cors", "Accept: text/html"], [Script; 2]),
    ] {
        assert_eq!(judged(&client, Get, headers), kinds, "GET {headers:?}");
        assert_eq!(judged(&client, Head, headers), kinds, "HEAD {headers:?}");
    }
    for dest in ["iframe", "frame", "fencedframe", "embed", "object"] {
        let dest = format!("Sec-Fetch-Dest: {dest}");
        let headers = ["Sec-Fetch-Mode: navigate", &dest];
        assert_eq!(judged(&client, Get, &headers), [Frame; 2], "{dest}");
    }
}

#[test]
fn a_form_is_what_a_browser_sends_that_goes_to_a_page() {
    let client = Client::untracked(quiet()).expect("a Rocket");
    for (headers, kinds) in [
        (&[][..], [Script, Form]),
        (&["Accept: text/html"], [Form; 2]),
        (&["Accept: */*"], [Script; 2]),
        (&["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"], [Form; 2]),
        (&["Sec-Fetch-Mode: navigate", "Accept: text/html"], [Form; 2]),
        (&["Sec-Fetch-Mode: navigate", "Accept: */*"], [Script; 2]),
        (&["Sec-Fetch-Mode: cors", "Accept: text/html"], [Script; 2]),
        (&["Sec-Fetch-Mode: cors"], [Script; 2]),
    ] {
        for method in [Post, Put] {
            assert_eq!(judged(&client, method, headers), kinds, "{method} {headers:?}");
        }
    }
}

#[test]
fn a_page_that_is_loaded_before_the_user_goes_there_is_no_navigation() {
    let client = Client::untracked(quiet()).expect("a Rocket");
    for header in [
        "Sec-Purpose: prefetch",
        "Sec-Purpose: prefetch;prerender",
        "X-Sec-Purpose: prerender",
        "Purpose: Prefetch",
        "X-Purpose: preview",
        "X-Moz: prefetch",
        "HX-Preloaded: true",
    ] {
        let headers = [header, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"];
        assert_eq!(judged(&client, Get, &headers), [Prefetch; 2], "{header}");
    }
    let headers = ["Purpose: payment", "Sec-Fetch-Mode: navigate"];
    assert_eq!(judged(&client, Get, &headers), [Navigation; 2]);
}
