use std::fmt;

use super::params::Params;

/// An endpoint of the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// `/oidc/.well-known/openid-configuration`
    Discovery,
    /// `/oidc/jwks`
    Keys,
    /// `/oidc/auth`
    Authorization,
    /// `/oidc/request`: pushed authorization requests
    PushedAuthorization,
    /// `/oidc/token`
    Token,
    /// `/oidc/me`
    Userinfo,
    /// `/oidc/token/revocation`
    Revocation,
    /// `/oidc/token/introspection`
    Introspection,
    /// `/oidc/session/end`
    EndSession,
}

impl Endpoint {
    pub(super) fn at(path: &str) -> Option<Self> {
        Some(match path {
            "/oidc/.well-known/openid-configuration"
            | "/oidc/.well-known/oauth-authorization-server" => Self::Discovery,
            "/oidc/jwks" => Self::Keys,
            "/oidc/auth" => Self::Authorization,
            "/oidc/request" => Self::PushedAuthorization,
            "/oidc/token" => Self::Token,
            "/oidc/me" => Self::Userinfo,
            "/oidc/token/revocation" => Self::Revocation,
            "/oidc/token/introspection" => Self::Introspection,
            "/oidc/session/end" => Self::EndSession,
            _ => return None,
        })
    }
}

/// A request that the provider received, faulty ones included.
#[derive(Clone)]
pub struct Received {
    number: u64,
    endpoint: Endpoint,
    method: String,
    params: Params,
}

impl Received {
    /// The endpoint.
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint
    }

    /// The HTTP method, in capitals.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The first value of a parameter of the query or the form; `None` also if it is empty.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name)
    }

    /// All values of a parameter, in the order in which they came.
    pub fn params<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.params.all(name)
    }
}

/// Names only: the values of a token request are secrets.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} with", self.method, self.endpoint)?;
        self.params.names().try_for_each(|name| write!(f, " {name}"))
    }
}

/// What the provider had received when [`Idp::requests`](super::Idp::requests) was called.
#[derive(Debug, Clone)]
pub struct Requests(Vec<Received>);

impl Requests {
    /// How many requests came to an endpoint.
    pub fn count(&self, endpoint: Endpoint) -> usize {
        self.all().filter(|received| received.endpoint == endpoint).count()
    }

    /// How often discovery was fetched.
    pub fn discovery(&self) -> usize {
        self.count(Endpoint::Discovery)
    }

    /// How often the keys were fetched.
    pub fn keys(&self) -> usize {
        self.count(Endpoint::Keys)
    }

    /// How many authorization requests came, those of [`Idp::authorize`](super::Idp::authorize)
    /// included.
    pub fn authorizations(&self) -> usize {
        self.count(Endpoint::Authorization)
    }

    /// How many token requests came, of any kind.
    pub fn token(&self) -> usize {
        self.count(Endpoint::Token)
    }

    /// How many token requests came with this `grant_type`.
    pub fn token_by_grant(&self, grant_type: &str) -> usize {
        self.all()
            .filter(|received| received.endpoint == Endpoint::Token)
            .filter(|received| received.param("grant_type") == Some(grant_type))
            .count()
    }

    /// How often userinfo was asked.
    pub fn userinfo(&self) -> usize {
        self.count(Endpoint::Userinfo)
    }

    /// How many tokens were revoked.
    pub fn revocation(&self) -> usize {
        self.count(Endpoint::Revocation)
    }

    /// How many tokens were introspected.
    pub fn introspection(&self) -> usize {
        self.count(Endpoint::Introspection)
    }

    /// How many sign-outs came.
    pub fn end_session(&self) -> usize {
        self.count(Endpoint::EndSession)
    }

    /// How many authorization requests were pushed.
    pub fn pushed_authorizations(&self) -> usize {
        self.count(Endpoint::PushedAuthorization)
    }

    /// The latest request to an endpoint.
    pub fn last(&self, endpoint: Endpoint) -> Option<&Received> {
        self.0.iter().rev().find(|received| received.endpoint == endpoint)
    }

    /// All requests in the order in which they came.
    pub fn all(&self) -> impl Iterator<Item = &Received> {
        self.0.iter()
    }
}

/// The requests that came, each from the moment of its arrival.
#[derive(Default)]
pub(super) struct Log {
    received: Vec<Received>,
    numbered: u64,
}

impl Log {
    /// Adds a request and returns its number.
    pub(super) fn add(&mut self, endpoint: Endpoint, method: &str, params: Params) -> u64 {
        self.numbered += 1;
        let (number, method) = (self.numbered, method.to_owned());
        self.received.push(Received { number, endpoint, method, params });
        self.numbered
    }

    /// Adds what was read later; nothing happens if the request was forgotten meanwhile.
    pub(super) fn complete(&mut self, number: u64, params: Params) {
        let mut received = self.received.iter_mut();
        if let Some(received) = received.find(|received| received.number == number) {
            received.params = params;
        }
    }

    pub(super) fn all(&self) -> Requests {
        Requests(self.received.clone())
    }

    pub(super) fn forget(&mut self) {
        self.received.clear();
    }
}
