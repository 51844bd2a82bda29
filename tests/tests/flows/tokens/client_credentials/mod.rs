//! Tokens of the application itself: one request for all callers that need the same one, renewed early, kept
//! while Logto is away, and never without the scopes that were asked for.

mod renewal;
mod requests;

use std::time::Duration;

use logto_rocket::testing::Builder;
use logto_rocket::{ClientCredentials, Error, Logto, MachineToken, resource};
use logto_rocket_tests::app::App;
use rocket::{get, routes};

resource!(Orders = "https://api.example.test/orders");
resource!(ProviderOrders = "https://orders.example.test");
resource!(Unknown = "https://nope.test/");

const API: &str = "https://default.logto.app/api";
const ORDERS: &str = "https://api.example.test/orders";

/// The default life of a token at Logto.
const LIFE: Duration = Duration::from_secs(3600);

/// A minute before the end it is time for the next one.
const SOON_OVER: Duration = Duration::from_secs(3541);

#[get("/orders?<scope>")]
async fn orders(scope: &str, logto: &Logto) -> Result<String, Error> {
    let token = machine(logto).scope(scope).access_token(Orders).await?;
    Ok(token.as_str().to_owned())
}

fn machine(logto: &Logto) -> ClientCredentials {
    logto.client_credentials().app("m2m", "machine_secret")
}

fn with_machine(provider: Builder) -> Builder {
    let permissions: [(&str, &[&str]); 3] =
        [(API, &["all"]), (ORDERS, &["read:orders"]), ("org_1", &["invite:member"])];
    provider.machine("m2m", "machine_secret", permissions)
}

async fn app() -> App {
    App::builder().provider(with_machine).routes(routes![orders]).start().await
}

async fn token(app: &App) -> Result<MachineToken, Error> {
    machine(app.logto()).scope("read:orders").access_token(Orders).await
}

fn token_requests(app: &App) -> usize {
    app.idp.requests().token_by_grant("client_credentials")
}
