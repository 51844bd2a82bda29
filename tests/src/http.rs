//! Requests over the network, outside any application.

use std::net::{IpAddr, Ipv4Addr};

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, RequestBuilder, redirect};
use url::form_urlencoded::Serializer;

/// A client that follows no redirects and goes through no proxy.
///
/// # Panics
///
/// If it cannot be made.
pub fn client() -> Client {
    let client = Client::builder().redirect(redirect::Policy::none()).no_proxy();
    client.tls_built_in_root_certs(false).build().expect("a client")
}

/// The same for one browser: it keeps its connection open for as long as the server does, and comes from an address
/// of its own on this machine.
///
/// # Panics
///
/// If it cannot be made.
pub fn browser(number: u64) -> Client {
    let [.., second, third, fourth] = number.to_be_bytes();
    let address = Ipv4Addr::new(127, second.saturating_add(1), third, fourth);
    let client = Client::builder().redirect(redirect::Policy::none()).no_proxy();
    let client = client.tls_built_in_root_certs(false).pool_idle_timeout(None);
    let client = client.pool_max_idle_per_host(1).local_address(IpAddr::from(address));
    client.build().expect("a client")
}

/// A request with a form as its body.
pub fn form(request: RequestBuilder, fields: &[(&str, &str)]) -> RequestBuilder {
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body)
}
