//! A request that has given up waiting while another one of its session asks Logto.

use std::time::Duration;

use logto_rocket::testing::{Builder, Endpoint, Fault};
use logto_rocket::{Config, Error, LogtoUser, Resource, resource};
use logto_rocket_tests::app::App;
use logto_rocket_tests::wait::until;
use rocket::futures::future::join;
use rocket::http::Status;
use rocket::{get, routes};

resource!(Orders = "https://api.example.com/orders");
resource!(Invoices = "https://api.example.com/invoices");
resource!(Customers = "https://api.example.com/customers");

/// Of an hour, so that an access token is renewed, and is still good if it is not.
const NEARLY_ALL: Duration = Duration::from_secs(3550);

#[rocket::async_test]
async fn what_no_request_waits_for_any_more_when_its_turn_comes_is_not_asked_of_logto() {
    let all = [Orders::URI, Invoices::URI, Customers::URI];
    let config = |config: Config| config.resources(all);
    let provider = |provider: Builder| {
        all.into_iter().fold(provider, |provider, uri| provider.resource(uri, &["read"]))
    };
    let app = App::builder()
        .provider(provider)
        .config(config)
        .routes(routes![orders, invoices, customers]);
    let app = app.start().await;
    let mut alice = app.signed_in("alice").await;
    assert_eq!(alice.open("/invoices").await.status, Status::Ok);
    app.clock.advance(NEARLY_ALL);
    app.idp.forget_requests();
    app.idp.fault(Endpoint::Token, Fault::Hang).for_ever();
    let mut tab = alice.at(&app.client);
    let other = async {
        until("the first one asks", async || app.idp.requests().token() > 0).await;
        assert_eq!(tab.open("/invoices").await.status, Status::Ok, "the old token is still good");
        app.idp.heal();
    };
    let (first, ()) = join(alice.open("/orders"), other).await;
    assert_eq!(first.status, Status::Ok);
    // This one's turn comes after that of all that has waited before.
    assert_eq!(alice.open("/customers").await.status, Status::Ok);
    let received = app.idp.requests();
    let of = |uri| received.all().filter(|it| it.param("resource") == Some(uri)).count();
    assert!(of(Orders::URI) > 0 && of(Customers::URI) == 1);
    assert_eq!(of(Invoices::URI), 0);
}

#[get("/orders")]
async fn orders(user: LogtoUser) -> Result<(), Error> {
    user.access_token(Orders).await.map(drop)
}

#[get("/invoices")]
async fn invoices(user: LogtoUser) -> Result<(), Error> {
    user.access_token(Invoices).await.map(drop)
}

#[get("/customers")]
async fn customers(user: LogtoUser) -> Result<(), Error> {
    user.access_token(Customers).await.map(drop)
}
