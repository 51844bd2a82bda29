//! [`client_address`]: where a request comes from, as far as that can be believed.

use std::net::IpAddr;

use rocket::{Config, Request};

/// The address of the client that sent the request: what Rocket's `ip_header` says, if the application
/// has set it, and else the other end of the connection.
///
/// Rocket reads `X-Real-IP` unless told otherwise, which any client can send where no proxy sets it.
pub(crate) fn client_address(request: &Request<'_>) -> Option<IpAddr> {
    if is_ip_header_set(request) {
        return request.client_ip();
    }
    request.remote().map(|remote| remote.ip())
}

fn is_ip_header_set(request: &Request<'_>) -> bool {
    let rocket = request.rocket();
    let Some(source) = rocket.figment().find_metadata(Config::IP_HEADER) else { return false };
    match &*source.name {
        "rocket::Config::default()" => false,
        // A whole configuration in code has the default in it.
        "rocket::Config" => rocket.config().ip_header != Config::default().ip_header,
        _ => true,
    }
}
