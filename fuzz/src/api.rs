//! [`present`]: an API that programs call with access tokens.

use std::future::pending;
use std::sync::mpsc;
use std::thread;

use logto_rocket::testing::{self, Idp};
use logto_rocket::{Bearer, Config, Logto, Organizations, authenticated, resource};
use rocket::http::{Header, Status};
use rocket::local::blocking::Client;
use rocket::{get, routes};

use crate::shared::authorization::{headers, is_signed};

resource!(
    /// The API.
    pub Orders = "https://api.example.com/orders"
);

const PATHS: [&str; 5] = ["/orders", "/judged", "/orgs/o1/orders", "/orgs/o1/invoices", "/option"];

/// Calls the API of this thread with the headers that a text stands for, and asserts that nothing
/// panicked, that nobody was let in without a signed token, and that no answer is an error of the server.
///
/// # Panics
///
/// If one of these happened.
pub fn present(text: &str) {
    thread_local! {
        static CLIENT: Client = Client::untracked(api()).expect("a launch");
    }
    CLIENT.with(|client| {
        let usual = testing::bearer(client).expect("a debug build");
        let headers = headers(text, &usual.resource(Orders).scopes(["read:orders"]));
        for path in PATHS {
            let request = headers.iter().fold(client.get(path), |request, header| {
                request.header(Header::new("Authorization", header.clone()))
            });
            let response = request.dispatch();
            let status = response.status();
            assert!(status.code < 500, "{path}: {status}");
            if !is_signed(text) {
                let is_let_in = status == Status::Ok && path != "/option";
                assert!(!is_let_in, "{path} without a signature");
            }
        }
    });
}

/// An API whose Logto answers, so that a key which is unknown is no reason to wait.
fn api() -> rocket::Rocket<rocket::Build> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        rocket::execute(async move {
            let idp = Idp::start().await.expect("a provider");
            sender.send(idp.endpoint().to_owned()).expect("the receiver waits");
            pending::<()>().await;
        });
    });
    let endpoint = receiver.recv().expect("a provider");
    let figment = rocket::Config::figment().merge(("log_level", "off"));
    rocket::custom(figment)
        .attach(Logto::resource_server().config(Config::new().endpoint(endpoint)))
        .mount("/", routes![orders, judged, of_organization, invoices, option])
}

#[authenticated(bearer, resource = Orders, scope = "read:orders")]
#[get("/orders")]
fn orders() {}

#[authenticated(
    bearer, resource = Orders, max_age = "5m", not(machine),
    any(claim("plan" = "gold"), not(claim("employer.country" = 7)))
)]
#[get("/judged")]
fn judged() {}

#[authenticated(bearer, resource = Orders, organization = "<_org>")]
#[get("/orgs/<_org>/orders")]
fn of_organization(_org: &str) {}

#[authenticated(bearer, organization = "<_org>", scope = "read:invoices")]
#[get("/orgs/<_org>/invoices")]
fn invoices(_org: &str) {}

#[get("/option")]
fn option(one: Option<Bearer<Orders>>, other: Option<Bearer<Organizations>>) -> String {
    format!("{one:?} {other:?}")
}
