//! [`Example`]: a route for an example of a request with an access token.

use std::collections::BTreeSet;

use rocket::http::Method;
use rocket::{Orbit, Rocket, Route};

use super::protected::is_at;
use crate::guard::{Registry, requirements};

/// A route for an example of a request with an access token.
pub(super) struct Example {
    pub path: String,
    pub resource: String,
    /// All scopes that routes demand on the resource.
    pub scopes: String,
}

/// A requirement on access tokens for an API resource, and what it guards.
struct Guarded<'r> {
    resource: String,
    scopes: Vec<String>,
    has_max_age: bool,
    routes: Vec<&'r Route>,
}

/// The first route that a program can try with nothing but an access token for an API resource.
pub(super) fn example(rocket: &Rocket<Orbit>) -> Option<Example> {
    let mut all = by_attribute(rocket);
    all.extend(by_value(rocket));
    let (path, resource) = all.iter().find_map(|guarded| {
        let mut routes = guarded.routes.iter().filter(|_| !guarded.has_max_age);
        Some((routes.find_map(|route| path(route))?, guarded.resource.clone()))
    })?;
    let of_resource = all.into_iter().filter(|guarded| guarded.resource == resource);
    let scopes: BTreeSet<_> = of_resource.flat_map(|guarded| guarded.scopes).collect();
    let scopes = scopes.into_iter().collect::<Vec<_>>().join(" ");
    Some(Example { path, resource, scopes })
}

fn by_attribute(rocket: &Rocket<Orbit>) -> Vec<Guarded<'_>> {
    let noted = rocket.state::<Registry>().map(Registry::requirements).unwrap_or_default();
    let all = noted.into_iter().filter_map(|(place, requirement)| {
        let audience = requirement.accepts().audience()?;
        let resource = audience.resource.filter(|_| audience.organization.is_none())?;
        Some(Guarded {
            resource: resource.uri.to_owned(),
            scopes: requirement.scopes().into_iter().map(ToOwned::to_owned).collect(),
            has_max_age: requirement.max_age().is_some(),
            routes: rocket.routes().filter(|route| is_at(route, &place)).collect(),
        })
    });
    all.collect()
}

fn by_value(rocket: &Rocket<Orbit>) -> impl Iterator<Item = Guarded<'_>> {
    let all = rocket.routes().flat_map(|route| requirements(route).map(move |it| (route, it)));
    all.filter(|(_, requirement)| !requirement.has_organization()).filter_map(
        |(route, requirement)| {
            Some(Guarded {
                resource: requirement.resource()?,
                scopes: requirement.scopes(),
                has_max_age: requirement.has_max_age(),
                routes: vec![route],
            })
        },
    )
}

/// The path of a route, if it is one and can be asked for.
fn path(route: &Route) -> Option<String> {
    let path = route.uri.path();
    // Many segments may also be none.
    let path = match path.rsplit_once('/') {
        Some((front, last)) if last.starts_with('<') && last.ends_with("..>") => {
            format!("{front}/")
        }
        _ => path.to_owned(),
    };
    (route.method == Method::Get && !path.contains('<')).then_some(path)
}
