//! Requests that a route forwards: the next route decides its own requirement.

use logto_rocket::{Bearer, Caller, authenticated, testing};
use logto_rocket_tests::app::App;
use rocket::http::{Method, Status};
use rocket::{get, routes};

use super::{Api, Orders};

#[authenticated(bearer, resource = Orders, organization = "<org>")]
#[get("/of/<org>/<_number>")]
fn by_number(org: &str, _number: u32) -> String {
    format!("an order of {org}")
}

#[get("/of/<_>/<_>", rank = 2)]
fn by_name(caller: Bearer<Orders>) -> String {
    format!("an order for {:?}", caller.organization_id())
}

#[rocket::async_test]
async fn a_token_for_an_organization_is_refused_on_the_next_route_as_on_any_other() {
    let api = Api::with(|rocket| rocket.mount("/", routes![by_number, by_name])).await;
    let within = api.reader().organization("o1");
    assert_eq!(api.get_with("/of/o1/7", &within).await.body, "an order of o1");
    let answer = api.get_with("/of/o1/seven", &within).await;
    assert_eq!(answer.status, Status::Unauthorized, "{answer:?}");
    // The first route refuses the token, so the request is not forwarded.
    assert_eq!(api.get_with("/of/o1/seven", &api.reader()).await.status, Status::Unauthorized);
}

#[authenticated(session, bearer, resource = Orders, organization = "<org>")]
#[get("/in/<org>/<_number>")]
fn either_by_number(org: &str, _number: u32) -> String {
    org.to_owned()
}

#[get("/in/<_>/<_>", rank = 2)]
fn either_by_name(caller: Caller<Orders>) -> String {
    format!("{:?}", caller.organization_id())
}

#[authenticated(session, bearer, resource = Orders)]
#[get("/by/<_number>")]
fn of_programs_too(_number: u32) -> &'static str {
    "of anybody"
}

#[authenticated]
#[get("/by/<_>", rank = 2)]
fn of_users() -> &'static str {
    "of a user"
}

async fn app() -> App {
    let member = |idp: testing::Builder| {
        let orders = "https://api.example.com/orders";
        idp.resource(orders, &[]).user(testing::User::new("olga").organization("o1", ["member"]))
    };
    let routes = routes![either_by_number, either_by_name, of_programs_too, of_users];
    App::builder()
        .provider(member)
        .config(|config| config.scopes(["urn:logto:scope:organizations"]))
        .routes(routes)
        .start()
        .await
}

#[rocket::async_test]
async fn the_organization_of_a_requirement_is_not_that_of_the_next_route() {
    let app = app().await;
    let mut olga = app.signed_in("olga").await;
    assert_eq!(olga.open("/in/o1/7").await.body, "o1");
    assert_eq!(olga.open("/in/o1/seven").await.body, "None");
}

/// A route for users only reads no token, whichever route has forwarded the request.
#[rocket::async_test]
async fn what_a_requirement_lets_in_is_not_what_the_next_route_lets_in() {
    let app = app().await;
    let mut olga = app.signed_in("olga").await;
    let token = testing::bearer(&app.client).expect("a debug build").resource(Orders).text();
    let authorization = format!("Bearer {token}");
    let headers = [("Authorization", authorization.as_str())];
    let mut both = async |path| olga.request(Method::Get, path, &headers, "").await;
    assert_eq!(both("/by/7").await.body, "of anybody");
    let answer = both("/by/seven").await;
    assert_eq!((answer.status, &*answer.body), (Status::Ok, "of a user"), "{answer:?}");
}
