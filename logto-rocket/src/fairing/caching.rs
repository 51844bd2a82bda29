//! Keeps personal responses out of caches.

use std::sync::atomic::{AtomicBool, Ordering};

use rocket::Response;
use rocket::http::Header;

/// Warns once of a response behind a guard that was meant for public caches.
#[derive(Default)]
pub(super) struct PublicCaching {
    warned: AtomicBool,
}

impl PublicCaching {
    fn warn(&self) {
        if !self.warned.swap(true, Ordering::Relaxed) {
            log::warn!(
                "A handler behind a guard sent `Cache-Control: public`, which could show one \
                 user's page to another; `no-store` was sent instead. Use `private` to let the \
                 user's own browser store it."
            );
        }
    }
}

/// Keeps a response out of caches that depends on these headers of the request.
pub(super) fn forbid_caching(
    response: &mut Response<'_>,
    vary: &[&'static str],
    public_caching: &PublicCaching,
) {
    let mut policy = Policy::default();
    let (mut targeted, mut listed) = (Vec::new(), Vec::new());
    for header in response.headers().iter() {
        let name = header.name().as_str();
        if name.eq_ignore_ascii_case("Cache-Control") {
            policy.read(header.value());
        } else if name.eq_ignore_ascii_case("Vary") {
            listed.extend(
                vary.iter()
                    .filter(|wanted| names(header.value(), wanted) || names(header.value(), "*")),
            );
        } else if is_targeted(name) {
            targeted.push(name.to_owned());
        }
    }
    if policy.is_shared {
        public_caching.warn();
    }
    for name in targeted {
        response.remove_header(&name);
    }
    if !policy.is_private || policy.is_public {
        response.set_header(Header::new("Cache-Control", "no-store"));
    }
    for name in vary.iter().filter(|wanted| !listed.contains(wanted)) {
        response.adjoin_header(Header::new("Vary", *name));
    }
}

/// The caching policy that a handler set.
#[derive(Default)]
struct Policy {
    is_private: bool,
    is_public: bool,
    /// Whether shared caches may store the response.
    is_shared: bool,
}

impl Policy {
    /// Reads one of the headers, which together are one list.
    fn read(&mut self, value: &str) {
        let timed = value.split(',').any(|directive| {
            let start = directive.trim().get(.."s-maxage".len());
            start.is_some_and(|start| start.eq_ignore_ascii_case("s-maxage"))
        });
        let is_public = names(value, "public");
        self.is_public |= is_public;
        self.is_shared |= is_public || timed;
        self.is_private |= names(value, "private") || names(value, "no-store");
    }
}

/// Whether the header is for certain shared caches, which obey it instead of `Cache-Control`: the headers of
/// [RFC 9213](https://www.rfc-editor.org/rfc/rfc9213) and older ones.
fn is_targeted(name: &str) -> bool {
    let ends_with = |end: &str| {
        let from = name.len().checked_sub(end.len());
        from.and_then(|from| name.get(from..)).is_some_and(|it| it.eq_ignore_ascii_case(end))
    };
    ends_with("-cache-control")
        || ends_with("surrogate-control")
        || name.eq_ignore_ascii_case("X-Accel-Expires")
        || name.eq_ignore_ascii_case("Edge-Control")
}

/// Whether a comma-separated list contains this name.
fn names(list: &str, name: &str) -> bool {
    list.split(',').any(|item| item.trim().eq_ignore_ascii_case(name))
}
