//! Whether Rocket listens on the network.

use std::net::TcpListener;

use rocket::Config;

/// Whether the address is in use, as it is if Rocket listens there. A local client of a test also lifts off,
/// but does not listen. If this function cannot find out, for example because it lacks a permission, it
/// assumes that Rocket listens.
pub(super) fn listens(config: &Config) -> bool {
    TcpListener::bind((config.address, config.port)).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_taken_is_listened_at_and_a_free_one_is_not() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let config = Config { address: address.ip(), port: address.port(), ..Config::default() };
        assert!(listens(&config));
        drop(listener);
        assert!(!listens(&config));
    }
}
