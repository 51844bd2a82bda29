//! [`OnRoute`]: what the requirement of the current route has found out.

use rocket::Request;

/// Which credentials the requirement of a route accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Credentials {
    /// A session.
    Session,
    /// An access token.
    Token,
    /// Either of them.
    Either,
}

/// The result of a requirement that an access token or a user meets.
#[derive(Clone)]
pub(crate) struct Accepted {
    /// The API resource that the token is for.
    pub resource: Option<&'static str>,
    /// The organization that the requirement is about.
    pub organization: Option<String>,
}

/// What the requirement of the current route has found out, for later guards of the same route.
///
/// A route may forward the request to the next one, because a path segment has another type or because the handler
/// says so. The next route has a requirement of its own, so the result of the first one does not apply to it.
#[derive(Default)]
pub(super) struct OnRoute {
    route: Option<usize>,
    pub credentials: Option<Credentials>,
    pub accepted: Option<Accepted>,
    pub resource: Option<&'static str>,
}

impl OnRoute {
    /// The values of the current route. Values of another route are dropped.
    pub fn now(&mut self, request: &Request<'_>) -> &mut Self {
        // The address identifies the route, because Rocket does not move routes while it serves requests.
        let route = request.route().map(|route| std::ptr::from_ref(route).addr());
        if self.route != route {
            *self = Self { route, ..Self::default() };
        }
        self
    }
}
