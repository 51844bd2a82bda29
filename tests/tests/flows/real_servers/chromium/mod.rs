//! A real browser at applications of the tests.

mod clients;
mod keep_signed_in;
mod loaders;
mod max_age;
mod pages;
mod snippets;
mod tls;

use logto_rocket_tests::chromium::Chromium;
use rocket::response::content::RawHtml;
use rocket::tokio::task::spawn_blocking;
use rocket::{Route, get, routes};

/// Runs a script of `tests/browser` in the browser that all tests share.
async fn walk(browser: Chromium, script: &'static str, env: Vec<(&'static str, String)>) {
    let walked = spawn_blocking(move || {
        let env: Vec<_> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.run(script, &env)
    });
    if let Err(report) = walked.await.expect("no panic") {
        panic!("{report}");
    }
}

/// A page with what people press that go.
#[get("/signing-out")]
fn signing_out() -> RawHtml<&'static str> {
    RawHtml(
        "<!doctype html><title>Buttons</title>\
         <form method=post action='/auth/sign-out'><button>Sign out</button></form>\
         <form method=post action='/change'><button>Change</button></form>",
    )
}

fn buttons() -> Vec<Route> {
    routes![signing_out]
}
