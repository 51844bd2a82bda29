//! What protects which routes, and what is doubtful about it.

use rocket::{Orbit, Rocket, Route};

use crate::client::Client;
use crate::guard::{Place, Registry, handler_and_requirements};
use crate::requirement::SessionsToCome;

/// What protects which routes, a line each.
pub(super) fn list(rocket: &Rocket<Orbit>) -> Vec<String> {
    let Some(registry) = rocket.state::<Registry>() else { return Vec::new() };
    let by_attribute = registry.requirements().into_iter().map(|(place, requirement)| {
        let mounted = mounted(rocket, &place);
        // Without an address, the application has changed the route before it mounted it.
        let at = mounted.unwrap_or_else(|| format!("{} ({})", place.name, position(&place)));
        format!("{at}: {requirement}")
    });
    let by_value = rocket.routes().filter_map(|route| {
        let requirement = handler_and_requirements(route).1?;
        Some(format!("{}: {requirement}", address(route)))
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
    let doubts = of_sessions.flat_map(|(place, requirement)| {
        let at = mounted(rocket, &place).unwrap_or_else(|| place.name.to_owned());
        let doubts = requirement.doubts(&sessions).into_iter();
        doubts.map(move |doubt| format!("{at} ({}) requires {doubt}", position(&place)))
    });
    doubts.collect()
}

/// A warning if access tokens are asked how old the sign-in behind them is, which Logto's do not tell.
pub(super) fn doubts_of_tokens(rocket: &Rocket<Orbit>) -> impl Iterator<Item = String> {
    let requirements = rocket.state::<Registry>().map(Registry::requirements).unwrap_or_default();
    let asking = requirements.into_iter().find(|(_, requirement)| {
        requirement.accepts().audience().is_some() && requirement.max_age().is_some()
    });
    asking.into_iter().map(|(place, _)| {
        format!(
            "{} ({}) requires `max_age` of access tokens: Logto's have no `auth_time`, unless a JWT \
             customizer of the tenant adds it, so that no program meets this.",
            place.name,
            position(&place)
        )
    })
}

/// Where the route with the requirement at this place is mounted, if it is.
fn mounted(rocket: &Rocket<Orbit>, place: &Place) -> Option<String> {
    let mounted: Vec<_> =
        rocket.routes().filter(|route| is_at(route, place)).map(address).collect();
    (!mounted.is_empty()).then(|| mounted.join(", "))
}

/// Whether the requirement at this place belongs to this route.
fn is_at(route: &Route, place: &Place) -> bool {
    // As text: to Rocket the `<` of a dynamic segment is in no URI.
    let uri = route.uri.unmounted_origin.to_string();
    handler_and_requirements(route).0 == Some(place.name)
        && route.method.as_str() == place.method
        && uri == place.uri
}

fn address(Route { method, uri, .. }: &Route) -> String {
    format!("{method} {uri}")
}

fn position(Place { file, line, .. }: &Place) -> String {
    format!("{file}:{line}")
}
