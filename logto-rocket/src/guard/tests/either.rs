//! Requirements that a user with a session or a program with a token can meet.

use rocket::{get, routes};

use super::{App, Orders, said};
use crate::authenticated;
use crate::testing::User;

#[authenticated(session, bearer, resource = Orders, not(machine))]
#[get("/people")]
fn people() -> &'static str {
    "people"
}

#[authenticated(session, bearer, resource = Orders, any(role = "staff", scope = "read:orders"))]
#[get("/staff")]
fn staff() -> &'static str {
    "staff"
}

#[authenticated(session, bearer, resource = Orders, not(role = "banned"))]
#[get("/not-banned")]
fn not_banned() -> &'static str {
    "not-banned"
}

#[authenticated(session, bearer, organization = "o1", organization_role = "owner")]
#[get("/owners")]
fn owners() -> &'static str {
    "owners"
}

#[authenticated(session, bearer, organization = "o1", not(organization_role = "guest"))]
#[get("/no-guests")]
fn no_guests() -> &'static str {
    "no-guests"
}

#[rocket::async_test]
async fn a_user_is_no_machine() {
    let app = App::start(routes![people]).await;
    let alice = app.session(User::new("alice")).await;
    assert_eq!(app.get("/people", &alice).await, said("people"));
    let token = || app.token().resource(Orders);
    assert_eq!(app.get_by("/people", token().subject("alice")).await, said("people"));
    assert_eq!(app.get_by("/people", token().machine("robot")).await.0, 403);
}

/// Access tokens contain no roles, so a condition on a role is unknown, also under `not`.
#[rocket::async_test]
async fn roles_are_those_of_a_session_and_unknown_of_a_token() {
    let app = App::start(routes![staff, not_banned, owners, no_guests]).await;
    let staff = app.session(User::new("alice").role("staff")).await;
    assert_eq!(app.get("/staff", &staff).await, said("staff"));
    assert_eq!(app.get("/not-banned", &staff).await, said("not-banned"));
    let banned = app.session(User::new("bob").role("banned")).await;
    assert_eq!(app.get("/not-banned", &banned).await.0, 403);
    let token = || app.token().resource(Orders);
    assert_eq!(app.get_by("/staff", token().scopes(["read:orders"])).await, said("staff"));
    for path in ["/staff", "/not-banned"] {
        assert_ne!(app.get_by(path, token()).await.0, 200, "{path}");
    }
    for path in ["/owners", "/no-guests"] {
        assert_ne!(app.get_by(path, app.token().organization("o1")).await.0, 200, "{path}");
    }
}
