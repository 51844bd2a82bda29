//! Which requirements protect which routes, and the warnings about them.

use std::collections::BTreeMap;

use rocket::{Build, Orbit, Phase, Rocket, Route};

use crate::client::Client;
use crate::guard::{Place, Registry, handler, is_detached, requirements};
use crate::requirement::{SessionsToCome, Written};
use crate::resource_server::ResourceServer;

/// Declares the API resources of the routes that values guard. Those of attributes declare themselves.
pub(super) fn declare(rocket: &Rocket<Build>) {
    let Some(server) = ResourceServer::of(rocket) else { return };
    for requirement in guarded_by_values(rocket).into_keys() {
        if let Some(resource) = requirement.resource() {
            server.declare(resource, requirement.scopes());
        }
    }
}

/// Whether a value that guards routes accepts sessions, and there are none. Logs how to fix it.
pub(super) fn lacks_sessions(rocket: &Rocket<Build>) -> bool {
    let all = guarded_by_values(rocket).into_iter();
    let of_sessions = all.filter(|(requirement, _)| requirement.accepts_sessions());
    // Every one is checked, so that all errors are logged.
    of_sessions.fold(false, |lacks, (Written(text), at)| {
        is_detached(rocket, &format!("{at}, guarded by `{text}`,")) | lacks
    })
}

/// The protected routes and their requirements, one line each.
pub(super) fn list(rocket: &Rocket<Orbit>) -> Vec<String> {
    let Some(registry) = rocket.state::<Registry>() else { return Vec::new() };
    let by_attribute = registry.requirements().into_iter().map(|(place, requirement)| {
        let mounted = mounted(rocket, &place);
        // Without an address, the application has changed the route before it mounted it.
        let at = mounted.unwrap_or_else(|| format!("{} ({})", place.name, position(&place)));
        format!("{at}: {requirement}")
    });
    let by_value = rocket.routes().filter_map(|route| {
        let all = requirements(route).map(|Written(text)| text).collect::<Vec<_>>().join(", ");
        (!all.is_empty()).then(|| format!("{}: {all}", address(route)))
    });
    let by_parameter = registry.parameters().into_iter();
    let by_parameter =
        by_parameter.map(|guard| format!("each route with the parameter {guard}: signed in"));
    by_attribute.chain(by_value).chain(by_parameter).collect()
}

/// A warning for each condition that nobody meets, or that users can meet by themselves.
pub(super) fn doubts(client: &Client, rocket: &Rocket<Orbit>) -> Vec<String> {
    let Some(registry) = rocket.state::<Registry>() else { return Vec::new() };
    let settings = client.settings();
    let sessions = SessionsToCome {
        scopes: &client.scopes(),
        store: &|claim| client.sessions().stores_claim(claim),
        hold_user_info: settings.session.user_info,
        source_of: &|key| settings.source_of(key),
    };
    let of_sessions = registry.requirements().into_iter();
    let of_sessions = of_sessions.filter(|(_, requirement)| requirement.accepts().sessions());
    let by_attribute = of_sessions.flat_map(|(place, requirement)| {
        let at = mounted(rocket, &place).unwrap_or_else(|| place.name.to_owned());
        let doubts = sessions.doubts(Written(&requirement.to_string())).into_iter();
        doubts.map(move |doubt| format!("{at} ({}) requires {doubt}", position(&place)))
    });
    let of_sessions = guarded_by_values(rocket).into_iter();
    let of_sessions = of_sessions.filter(|(requirement, _)| requirement.accepts_sessions());
    let by_value = of_sessions.flat_map(|(requirement, at)| {
        let doubts = sessions.doubts(requirement).into_iter();
        doubts.map(move |doubt| format!("{at} requires {doubt}"))
    });
    by_attribute.chain(by_value).collect()
}

/// A warning about the routes for users at which no browser returns after a sign-in, because they are outside the path
/// of the site.
pub(super) fn outside(client: &Client, rocket: &Rocket<Orbit>) -> Option<String> {
    let settings = client.settings();
    let registry = rocket.state::<Registry>();
    let by_attribute = registry.map(Registry::requirements).unwrap_or_default();
    let is_for_users = |route: &Route| {
        let of_attribute = by_attribute
            .iter()
            .any(|(place, requirement)| requirement.accepts().sessions() && is_at(route, place));
        of_attribute || requirements(route).any(Written::accepts_sessions)
    };
    let outside = rocket
        .routes()
        .filter(|route| !settings.may_be_of_site(route.uri.path()) && is_for_users(route))
        .map(address)
        .collect::<Vec<_>>();
    let (key, prefix) = (settings.base_urls.key(), &settings.base_urls.prefix);
    (!outside.is_empty()).then(|| {
        format!(
            "{} can be reached only outside `{prefix}`, the path of `{key}`{}, so no browser \
             returns there after a sign-in. To fix it, mount such routes below `{prefix}`, or set \
             `proxy_prefix = \"strip\"` if the proxy removes `{prefix}`.",
            outside.join(", "),
            settings.source_of(key),
        )
    })
}

/// The requirements that guard routes as values, as they display, and the addresses of these routes.
fn guarded_by_values<P: Phase>(rocket: &Rocket<P>) -> BTreeMap<Written<'_>, String> {
    let mut all = BTreeMap::<_, Vec<_>>::new();
    for route in rocket.routes() {
        for requirement in requirements(route) {
            all.entry(requirement).or_default().push(address(route));
        }
    }
    all.into_iter().map(|(requirement, routes)| (requirement, routes.join(", "))).collect()
}

/// A warning about `max_age` for access tokens, because Logto's access tokens do not contain the time of the
/// sign-in.
pub(super) fn doubts_of_tokens(rocket: &Rocket<Orbit>) -> Option<String> {
    let noted = rocket.state::<Registry>().map(Registry::requirements).unwrap_or_default();
    let by_attribute = noted.into_iter().find(|(_, requirement)| {
        requirement.accepts().audience().is_some() && requirement.max_age().is_some()
    });
    let by_attribute =
        by_attribute.map(|(place, _)| format!("{} ({})", place.name, position(&place)));
    let by_value = || {
        let mut all = guarded_by_values(rocket).into_iter();
        let asking = all.find(|(it, _)| it.accepts_tokens() && it.has_max_age());
        asking.map(|(_, at)| at)
    };
    let at = by_attribute.or_else(by_value)?;
    Some(format!(
        "{at} requires `max_age` of access tokens. Logto's access tokens have no `auth_time` \
         unless a JWT customizer of the tenant adds it, so no program meets this. To fix it, add \
         `auth_time` with a JWT customizer."
    ))
}

/// Where the route with the requirement at this place is mounted, if it is.
fn mounted(rocket: &Rocket<Orbit>, place: &Place) -> Option<String> {
    let mounted: Vec<_> =
        rocket.routes().filter(|route| is_at(route, place)).map(address).collect();
    (!mounted.is_empty()).then(|| mounted.join(", "))
}

/// Whether the requirement at this place belongs to this route.
pub(super) fn is_at(route: &Route, place: &Place) -> bool {
    // Compared as text, because Rocket's URIs cannot contain the `<` of a dynamic segment.
    let uri = route.uri.unmounted_origin.to_string();
    handler(route) == Some(place.name) && route.method.as_str() == place.method && uri == place.uri
}

fn address(Route { method, uri, .. }: &Route) -> String {
    format!("{method} {uri}")
}

fn position(Place { file, line, .. }: &Place) -> String {
    format!("{file}:{line}")
}
