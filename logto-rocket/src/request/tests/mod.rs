//! What the headers of a request say, and what its guards find out.

mod address;
pub(crate) mod away;
mod host;
mod kind;
mod loader;
mod origin;
mod paths;
mod state;
mod tokens;
mod users;

use rocket::config::LogLevel;
use rocket::http::{Header, Method};
use rocket::local::blocking::{Client, LocalRequest};
use rocket::{Build, Rocket};

use crate::{Config, Logto};

/// A Rocket without an application, which reads no file and no environment, and logs nothing.
pub(crate) fn quiet() -> Rocket<Build> {
    rocket::custom(rocket::Config { log_level: LogLevel::Off, ..rocket::Config::debug_default() })
}

/// The configuration of a site whose Logto does not answer.
pub(crate) fn config() -> Config {
    let config = Config::new().endpoint("http://127.0.0.1:9").app_id("app").app_secret("secret");
    config.diagnose(false)
}

/// A site that users sign in to.
fn site(config: Config) -> Client {
    Client::untracked(quiet().attach(Logto::fairing().config(config))).expect("a site")
}

/// A request with these headers, each as `name: value`.
fn request<'c>(
    client: &'c Client,
    method: Method,
    uri: &'c str,
    headers: &[&str],
) -> LocalRequest<'c> {
    let mut request = client.req(method, uri);
    for header in headers {
        let (name, value) = header.split_once(": ").expect("a header");
        request.add_header(Header::new(name.to_owned(), value.to_owned()));
    }
    request
}
