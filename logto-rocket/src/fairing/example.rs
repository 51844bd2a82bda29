//! [`Example`]: a route for an example of a request with an access token.

use std::collections::BTreeSet;

use rocket::http::Method;
use rocket::{Orbit, Rocket};

use super::protected::is_at;
use crate::guard::Registry;
use crate::requirement::Tree;

/// A route for an example of a request with an access token.
pub(super) struct Example {
    pub path: String,
    pub resource: &'static str,
    /// All scopes that routes demand on the resource.
    pub scopes: String,
}

/// The first route that a program can try with nothing but an access token for an API resource.
pub(super) fn example(rocket: &Rocket<Orbit>) -> Option<Example> {
    let requirements = rocket.state::<Registry>()?.requirements();
    let resource_of = |requirement: Tree| {
        let audience = requirement.accepts().audience()?;
        audience.resource.filter(|_| audience.organization.is_none()).map(|resource| resource.uri)
    };
    let (path, resource) = requirements.iter().find_map(|(place, requirement)| {
        let resource = resource_of(*requirement).filter(|_| requirement.max_age().is_none())?;
        let mut routes = rocket.routes().filter(|route| is_at(route, place));
        let route = routes.find(|it| it.method == Method::Get && !it.uri.path().contains('<'))?;
        Some((route.uri.path().to_owned(), resource))
    })?;
    let of_resource = requirements.iter().filter(|(_, it)| resource_of(*it) == Some(resource));
    let scopes: BTreeSet<_> = of_resource.flat_map(|(_, it)| it.scopes()).collect();
    let scopes = scopes.into_iter().collect::<Vec<_>>().join(" ");
    Some(Example { path, resource, scopes })
}
