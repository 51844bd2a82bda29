//! Which library on a page made a request.

use rocket::http::Method::{self, Get, Head, Post};
use rocket::local::blocking::Client;

use super::{quiet, request};
use crate::request::Loader::{self, Htmx, Inertia, Turbo, Unpoly};
use crate::request::{is_htmx, takes_turbo_streams, turbo_frame};

const STREAMS: &str = "Accept: text/html, text/vnd.turbo-stream.html";

#[test]
fn a_library_is_known_by_its_headers() {
    let client = Client::untracked(quiet()).expect("a Rocket");
    for (headers, loader) in [
        (&[][..], None),
        (&["Accept: text/html"], None),
        (&["HX-Request: true"], Some(Htmx)),
        (&["HX-Request: false"], None),
        (&["X-Inertia: true"], Some(Inertia)),
        (&["X-Up-Version: 3.8"], Some(Unpoly)),
        (&["X-Turbo-Request-Id: 1"], Some(Turbo)),
        (&["Turbo-Frame: cart"], Some(Turbo)),
        (&[STREAMS], Some(Turbo)),
        // No script can make a browser call its request a navigation.
        (&["HX-Request: true", "Sec-Fetch-Mode: navigate"], None),
        (&["HX-Request: true", "Sec-Fetch-Mode: cors"], Some(Htmx)),
    ] {
        let request = request(&client, Get, "/", headers);
        assert_eq!(Loader::of(request.inner()), loader, "{headers:?}");
        assert_eq!(is_htmx(request.inner()), headers.contains(&"HX-Request: true"), "{headers:?}");
        assert_eq!(takes_turbo_streams(request.inner()), headers.contains(&STREAMS), "{headers:?}");
    }
}

#[test]
fn a_library_goes_to_a_page_that_takes_the_place_of_the_whole_one() {
    let client = Client::untracked(quiet()).expect("a Rocket");
    let goes = |method: Method, headers: &[&str]| {
        Loader::goes_to_a_page(request(&client, method, "/", headers).inner())
    };
    for (headers, expected) in [
        (&["HX-Request: true", "HX-Boosted: true"][..], true),
        (&["HX-Request: true", "HX-Boosted: false"], false),
        (&["HX-Request: true"], false),
        (&["X-Inertia: true"], true),
        (&["X-Turbo-Request-Id: 1"], true),
        (&["X-Turbo-Request-Id: 1", "Turbo-Frame: cart"], false),
        (&["X-Up-Version: 3.8"], false),
        (&["Accept: text/html"], false),
    ] {
        assert_eq!(goes(Get, headers), expected, "{headers:?}");
        assert_eq!(goes(Head, headers), expected, "{headers:?}");
        assert!(!goes(Post, headers), "{headers:?}");
    }
}

#[test]
fn a_frame_is_turbos_alone() {
    let client = Client::untracked(quiet()).expect("a Rocket");
    for (headers, frame) in [
        (&["Turbo-Frame: cart"][..], Some("cart")),
        (&["X-Turbo-Request-Id: 1"], None),
        (&["Turbo-Frame: cart", "HX-Request: true"], None),
        (&["Turbo-Frame: cart", "Sec-Fetch-Mode: navigate"], None),
    ] {
        let request = request(&client, Get, "/", headers);
        assert_eq!(turbo_frame(request.inner()), frame, "{headers:?}");
    }
}
