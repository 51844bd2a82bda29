//! Where a token may be: in one `Authorization` header, and nowhere else.

use rocket::http::{Cookie, Header, Status};

use super::Api;

#[rocket::async_test]
async fn the_scheme_is_read_in_any_case_and_other_schemes_are_not_ours() {
    let api = Api::start().await;
    let token = api.reader().text();
    for (authorization, expected) in [
        (format!("Bearer {token}"), Status::Ok),
        (format!("bearer {token}"), Status::Ok),
        (format!("BEARER {token}"), Status::Ok),
        (format!("Bearer   {token}"), Status::Ok),
        (format!("Basic {token}"), Status::Unauthorized),
        (format!("DPoP {token}"), Status::Unauthorized),
        (format!("Bearer{token}"), Status::Unauthorized),
        (token.clone(), Status::Unauthorized),
        (String::new(), Status::Unauthorized),
        (format!("Basic x, Bearer {token}"), Status::Unauthorized),
        ("Bearer".into(), Status::BadRequest),
        ("Bearer ".into(), Status::BadRequest),
        (format!("Bearer {token} {token}"), Status::BadRequest),
        (format!("Bearer {token},{token}"), Status::BadRequest),
        (format!("Bearer \"{token}\""), Status::BadRequest),
        (format!("Bearer {token}\t"), Status::BadRequest),
        (format!("Bearer token={token}"), Status::Unauthorized),
        (format!("Bearer é{token}"), Status::BadRequest),
    ] {
        let answer = api.get("/orders", &[("Authorization", &authorization)]).await;
        assert_eq!(answer.status, expected, "{authorization:?}");
    }
}

#[rocket::async_test]
async fn two_headers_are_a_malformed_request() {
    let api = Api::start().await;
    let token = format!("Bearer {}", api.reader().text());
    for other in [token.as_str(), "Bearer x", "Basic dTpw", ""] {
        for pair in [[token.as_str(), other], [other, token.as_str()]] {
            let request = api.client.get("/orders");
            let request = pair.into_iter().fold(request, |request, value| {
                request.header(Header::new("Authorization", value.to_owned()))
            });
            let status = request.dispatch().await.status();
            assert_eq!(status, Status::BadRequest, "{pair:?}");
        }
    }
}

#[rocket::async_test]
async fn a_token_in_the_query_the_body_or_a_cookie_is_none() {
    let api = Api::start().await;
    let token = api.reader().scopes(["read:orders", "write:orders"]).text();
    let in_query = api.client.get(format!("/orders?access_token={token}")).dispatch().await;
    let in_cookie = api.client.get("/orders").cookie(Cookie::new("access_token", token.clone()));
    let in_body = api.client.post("/orders").body(format!("access_token={token}"));
    let in_body = in_body.header(rocket::http::ContentType::Form);
    let statuses =
        [in_query.status(), in_cookie.dispatch().await.status(), in_body.dispatch().await.status()];
    assert_eq!(statuses, [Status::Unauthorized; 3]);
    let in_header = api.client.post("/orders").body("an order");
    let in_header = in_header.header(Header::new("Authorization", format!("Bearer {token}")));
    assert_eq!(in_header.dispatch().await.status(), Status::Ok);
}

#[rocket::async_test]
async fn the_guards_of_optional_programs_let_the_request_through() {
    use super::Orders;
    use logto_rocket::{Bearer, Refusal};
    use rocket::{get, routes};

    #[get("/option")]
    fn option(program: Option<Bearer<Orders>>) -> String {
        program.map_or("nobody".into(), |program| program.subject().into())
    }

    #[get("/result")]
    fn result(program: Result<Bearer<Orders>, Refusal>) -> &'static str {
        program.map_or_else(|refusal| refusal.code(), |_| "somebody")
    }

    let api = Api::with(|rocket| rocket.mount("/", routes![option, result])).await;
    let (token, expired) = (api.reader(), api.reader().expired());
    assert_eq!(api.get("/option", &[]).await.body, "nobody");
    assert_eq!(api.get("/result", &[]).await.body, "no_access_token");
    assert_eq!(api.get_with("/option", &token).await.body, "alice");
    assert_eq!(api.get_with("/result", &token).await.body, "somebody");
    assert_eq!(api.get_with("/option", &expired).await.body, "nobody");
    assert_eq!(api.get_with("/result", &expired).await.body, "invalid_access_token");
    // Without a requirement a token that is limited to an organization is for nobody.
    assert_eq!(api.get_with("/option", &token.organization("o1")).await.body, "nobody");
}
