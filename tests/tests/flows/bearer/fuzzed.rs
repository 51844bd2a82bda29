//! The corpus of the fuzz target `authorization`.

use std::fs;
use std::path::Path;

use logto_rocket::testing::{self, Idp};
use logto_rocket::{Bearer, Config, Logto, Organizations, authenticated};
use logto_rocket_tests::app::figment;
use logto_rocket_tests::authorization::{headers, is_signed};
use logto_rocket_tests::browser::Browser;
use rocket::http::Method;
use rocket::local::asynchronous::Client;
use rocket::{get, routes};

use super::{Orders, api};

#[authenticated(
    bearer, resource = Orders, max_age = "5m", not(machine),
    any(claim("plan" = "gold"), not(claim("employer.country" = 7)))
)]
#[get("/judged")]
fn judged() {}

#[get("/option")]
fn option(one: Option<Bearer<Orders>>, other: Option<Bearer<Organizations>>) -> String {
    format!("{one:?} {other:?}")
}

fn corpus() -> Vec<(String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/authorization");
    let mut files: Vec<_> = fs::read_dir(directory).expect("a corpus").collect();
    files.sort_by_key(|file| file.as_ref().expect("a file").file_name());
    let files = files.into_iter().map(|file| file.expect("a file"));
    let text = |file: &fs::DirEntry| fs::read(file.path()).expect("a text");
    let texts = files.map(|file| {
        let name = file.file_name().to_string_lossy().into_owned();
        (name, String::from_utf8_lossy(&text(&file)).into_owned())
    });
    texts.collect()
}

#[rocket::async_test]
async fn no_authorization_that_somebody_made_up_is_let_in_or_is_an_error_of_the_server() {
    let idp = Idp::start().await.expect("a provider");
    let fairing = Logto::resource_server().config(Config::new().endpoint(idp.endpoint()));
    let rocket = rocket::custom(figment()).attach(fairing);
    let rocket = rocket.mount("/", api()).mount("/", routes![judged, option]);
    let client = Client::untracked(rocket).await.expect("a launch");
    let usual = testing::bearer(&client).expect("a debug build");
    let usual = usual.resource(Orders).scopes(["read:orders"]);
    let (mut let_in, mut refused) = (0, 0);
    for (name, text) in corpus() {
        let headers = headers(&text, &usual);
        let headers: Vec<_> =
            headers.iter().map(|header| ("Authorization", header.as_str())).collect();
        for path in ["/orders", "/judged", "/orgs/o1/orders", "/orgs/o1/invoices", "/option"] {
            let answer = Browser::new(&client).request(Method::Get, path, &headers, "").await;
            assert!(answer.status.code < 500, "{name} at {path}: {answer:?}");
            if path == "/option" {
                continue;
            }
            match answer.status.code {
                200 => {
                    assert!(is_signed(&text), "{name} at {path}: {answer:?}");
                    let_in += 1;
                }
                400 | 401 | 403 => refused += 1,
                other => panic!("{name} at {path}: {other}"),
            }
        }
    }
    assert!(let_in >= 5 && refused >= 200, "{let_in} let in, {refused} refused");
}
