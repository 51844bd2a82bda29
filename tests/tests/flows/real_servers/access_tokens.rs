//! Access tokens for API resources and organizations.

use logto_rocket::{AccessToken, Error, LogtoUser, Token, resource};
use logto_rocket_tests::browser::Browser;
use logto_rocket_tests::oidc_provider::ORGANIZATION;
use rocket::http::Status;
use rocket::{get, routes};

use super::provider::{ProviderUnderTest, RESOURCE};

resource!(Orders = RESOURCE);

fn shown(token: &Token) -> String {
    let claims = token.claims().expect("a JWT");
    let organization = claims.organization_id.unwrap_or_default();
    format!("{} {organization} {}", claims.audience.join(" "), claims.scopes.join(" "))
}

#[expect(clippy::needless_pass_by_value, reason = "a guard is a handler's own")]
#[get("/orders")]
fn orders(token: AccessToken<Orders>) -> String {
    shown(&token)
}

#[get("/orders/<org>")]
async fn orders_of(user: LogtoUser, org: &str) -> Result<String, Error> {
    Ok(shown(&user.access_token_for(Orders, org).await?))
}

#[get("/invoices/<org>")]
async fn invoices(user: LogtoUser, org: &str) -> Result<String, Error> {
    Ok(shown(&user.organization_token(org).await?))
}

#[rocket::async_test]
async fn tokens_come_for_a_resource_for_an_organization_and_for_both() {
    for provider in ProviderUnderTest::both().await {
        let scopes = ["read:orders", "read:invoices", "urn:logto:scope:organizations"];
        let routes = routes![orders, orders_of, invoices];
        let (client, _) = provider.serving(routes, |config| config.scopes(scopes)).await;
        let mut alice = Browser::new(&client);
        provider.sign_in(&mut alice).await;
        for (path, expected) in [
            ("/orders".to_owned(), "https://orders.example.test  read:orders".to_owned()),
            (
                format!("/orders/{ORGANIZATION}"),
                format!("https://orders.example.test {ORGANIZATION} read:orders"),
            ),
            (
                format!("/invoices/{ORGANIZATION}"),
                format!("urn:logto:organization:{ORGANIZATION}  read:invoices"),
            ),
        ] {
            let answer = alice.open(&path).await;
            assert_eq!(answer.body, expected, "{}: {answer:?}", provider.name);
        }
        let refused = alice.open("/invoices/another").await;
        assert_eq!(refused.status, Status::Forbidden, "{}: {refused:?}", provider.name);
        assert_eq!(alice.open("/account").await.status, Status::Ok, "{}", provider.name);
    }
}
