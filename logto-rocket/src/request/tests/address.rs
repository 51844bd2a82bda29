//! The client's address of a request, and which header may name it.

use std::net::{IpAddr, SocketAddr};

use rocket::figment::Figment;
use rocket::http::Header;
use rocket::local::blocking::Client;

use crate::request::client_address;

const REMOTE: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)), 80);

/// The address of a client that names another one in `X-Real-IP` and a third in `X-Forwarded-For`.
fn address(figment: Figment) -> Option<String> {
    let figment = figment.merge(("log_level", "off"));
    let client = Client::untracked(rocket::custom(figment)).expect("a Rocket");
    let request = client
        .get("/")
        .remote(REMOTE)
        .header(Header::new("X-Real-IP", "192.0.2.2"))
        .header(Header::new("X-Forwarded-For", "192.0.2.3"));
    client_address(request.inner()).map(|address| address.to_string())
}

#[test]
fn a_header_that_any_client_can_send_is_believed_only_where_the_application_says_so() {
    let usual = rocket::Config::debug_default;
    assert_eq!(address(Figment::from(usual())).as_deref(), Some("192.0.2.1"));
    let in_code = rocket::Config { workers: 3, ..usual() };
    assert_eq!(address(Figment::from(in_code)).as_deref(), Some("192.0.2.1"));
    let named = rocket::Config { ip_header: Some("X-Forwarded-For".into()), ..usual() };
    assert_eq!(address(Figment::from(named)).as_deref(), Some("192.0.2.3"));
    let set = Figment::from(usual()).merge(("ip_header", "X-Real-IP"));
    assert_eq!(address(set).as_deref(), Some("192.0.2.2"), "also if it is the usual one");
}

#[test]
fn without_a_connection_there_is_no_address() {
    let client = Client::untracked(super::quiet()).expect("a Rocket");
    assert_eq!(client_address(client.get("/").inner()), None);
}
