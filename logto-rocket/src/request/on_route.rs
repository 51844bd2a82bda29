//! [`OnRoute`]: what the requirement of the route that is tried has found out.

use rocket::Request;

/// What requests to a route present, as its requirement says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Credentials {
    /// A session.
    Session,
    /// An access token.
    Token,
    /// Either of them.
    Either,
}

/// What the requirement of a route has found out about an access token or a user.
#[derive(Clone)]
pub(crate) struct Accepted {
    /// The API resource that the token is for.
    pub resource: Option<&'static str>,
    /// The organization that the requirement is about.
    pub organization: Option<String>,
}

/// What the requirement of the route that is tried has found out for the guards behind it.
///
/// A route may leave the request to the next one, if a segment of the path is not what it takes, or its handler
/// says so. What the first one has accepted is then no answer to what the next one requires.
#[derive(Default)]
pub(super) struct OnRoute {
    route: Option<usize>,
    pub credentials: Option<Credentials>,
    pub accepted: Option<Accepted>,
    pub resource: Option<&'static str>,
}

impl OnRoute {
    /// That of the route that is tried now: nothing, if something was found out at another one.
    pub fn now(&mut self, request: &Request<'_>) -> &mut Self {
        // Routes stay where they are while Rocket serves them.
        let route = request.route().map(|route| std::ptr::from_ref(route).addr());
        if self.route != route {
            *self = Self { route, ..Self::default() };
        }
        self
    }
}
