//! The metadata of protected resources (RFC 9728).

use logto_rocket::{Bearer, Config, Logto, Resource, authenticated, requires, resource};
use logto_rocket_tests::app::{App, figment};
use rocket::fs::FileServer;
use rocket::http::{Method, Status};
use rocket::local::asynchronous::Client;
use rocket::{Route, get, routes};
use serde_json::{Value, json};

use super::{Api, ENDPOINT, Orders, Stock, api, health};

const PATH: &str = "/.well-known/oauth-protected-resource/orders";
const SHORT_PATH: &str = "/.well-known/oauth-protected-resource";

#[rocket::async_test]
async fn the_document_names_the_resource_the_server_and_the_scopes_of_mounted_routes() {
    let api = Api::start().await;
    let answer = api.get(PATH, &[]).await;
    assert_eq!(answer.status, Status::Ok);
    assert_eq!(answer.header("Content-Type"), Some("application/json"));
    assert_eq!(answer.header("Access-Control-Allow-Origin"), Some("*"));
    let metadata: Value = serde_json::from_str(&answer.body).expect("JSON");
    let expected = json!({
        "resource": "https://api.example.com/orders",
        "authorization_servers": [format!("{ENDPOINT}/oidc")],
        "scopes_supported": ["audit:orders", "read:orders", "read:stock", "write:orders"],
        "bearer_methods_supported": ["header"],
    });
    assert_eq!(metadata, expected);
    // A program in a browser may send headers of its own, such as the version of its protocol.
    let preflight = [("Access-Control-Request-Headers", "mcp-protocol-version")];
    let preflight = api.request(Method::Options, PATH, &preflight).await;
    assert_eq!(preflight.status, Status::NoContent);
    assert_eq!(preflight.header("Access-Control-Allow-Origin"), Some("*"));
    assert_eq!(preflight.header("Access-Control-Allow-Methods"), Some("GET"));
    assert_eq!(preflight.header("Access-Control-Allow-Headers"), Some("*"));
    let other = "/.well-known/oauth-protected-resource/order";
    assert_eq!(api.get(other, &[]).await.status, Status::NotFound);
}

async fn with(config: Config) -> Client {
    launch(config, api()).await
}

async fn launch(config: Config, routes: Vec<Route>) -> Client {
    let fairing = Logto::resource_server().config(config.endpoint(ENDPOINT));
    let rocket = rocket::custom(figment()).mount("/", routes).attach(fairing);
    Client::untracked(rocket).await.expect("a launch")
}

#[rocket::async_test]
async fn the_only_resource_of_an_application_is_also_told_at_the_short_path() {
    let (orders, urn) = (routes![super::orders], routes![by_name]);
    for (routes, resource) in [(orders, "https://api.example.com/orders"), (urn, ByName::URI)] {
        let client = launch(Config::new(), routes).await;
        let metadata: Value =
            client.get(SHORT_PATH).dispatch().await.into_json().await.expect("JSON");
        assert_eq!(metadata["resource"], resource);
    }
    let off = launch(Config::new().resource_metadata(false), routes![super::orders]).await;
    assert_eq!(off.get(SHORT_PATH).dispatch().await.status(), Status::NotFound);
}

resource!(ByName = "urn:example:orders");

#[authenticated(bearer, resource = ByName)]
#[get("/by-name")]
fn by_name(_caller: Bearer<ByName>) {}

#[rocket::async_test]
async fn it_can_be_switched_off_or_name_fewer_scopes() {
    let off = with(Config::new().resource_metadata(false)).await;
    assert_eq!(off.get(PATH).dispatch().await.status(), Status::NotFound);
    let refused = off.get("/orders").dispatch().await;
    assert_eq!(refused.headers().get_one("WWW-Authenticate"), Some("Bearer"));

    let fewer = with(Config::new().resource_metadata_scopes(["read:orders"])).await;
    let metadata: Value = fewer.get(PATH).dispatch().await.into_json().await.expect("JSON");
    assert_eq!(metadata["scopes_supported"], json!(["read:orders"]));
}

resource!(SamePath = "https://other.example.com/orders");

#[authenticated(bearer, resource = SamePath)]
#[get("/same")]
fn same(_caller: Bearer<SamePath>) {}

#[rocket::async_test]
async fn two_resources_with_one_path_have_none() {
    let api = Api::with(|rocket| rocket.mount("/", routes![same])).await;
    for path in [PATH, SHORT_PATH] {
        assert_eq!(api.get(path, &[]).await.status, Status::NotFound, "{path}");
    }
    let refused = api.get("/orders", &[]).await;
    assert_eq!(refused.header("WWW-Authenticate"), Some("Bearer"));
}

#[get("/.well-known/<file..>")]
fn well_known(file: std::path::PathBuf) -> String {
    format!("the application's own {}", file.display())
}

#[rocket::async_test]
async fn other_files_of_the_application_stay_below_the_same_path() {
    let folder = env!("CARGO_MANIFEST_DIR");
    let api = Api::with(|rocket| {
        rocket.mount("/", routes![well_known]).mount("/", FileServer::from(folder))
    });
    let api = api.await;
    assert!(api.get(PATH, &[]).await.body.contains("scopes_supported"));
    let other = "/.well-known/oauth-protected-resource/other";
    assert!(api.get(other, &[]).await.body.starts_with("the application's own"));
    assert_eq!(api.get("/Cargo.toml", &[]).await.status, Status::Ok);
}

#[rocket::async_test]
async fn a_resource_that_guards_routes_as_a_value_is_declared_like_any_other() {
    let guarded = requires!(
        bearer,
        resource = Orders,
        scopes("read:f", "list:f"),
        any(scope = "audit:f", claim("scope = \"no:f\"" = "x"))
    );
    let by_uri = requires!(session, bearer, resource = "urn:no:address", scope = "read:urn");
    let stock = requires!(bearer, organization = "o1", scope = "read:stock", resource = Stock);
    let mut routes = guarded.guard(FileServer::from(env!("CARGO_MANIFEST_DIR")));
    routes.extend(stock.guard(routes![health]));
    let client = launch(Config::new(), routes).await;
    let path = "/.well-known/oauth-protected-resource";
    for (below, resource, scopes) in [
        ("/orders", Orders::URI, json!(["audit:f", "list:f", "read:f"])),
        ("/stock", Stock::URI, json!(["read:stock"])),
    ] {
        let document = client.get(format!("{path}{below}")).dispatch().await;
        assert_eq!(document.status(), Status::Ok, "{below}");
        let metadata: Value = document.into_json().await.expect("JSON");
        assert_eq!(
            (&metadata["resource"], &metadata["scopes_supported"]),
            (&json!(resource), &scopes)
        );
    }
    for (file, below) in [("/Cargo.toml", "/orders"), ("/health", "/stock")] {
        let refused = client.get(file).dispatch().await;
        let expected = format!("Bearer resource_metadata=\"https://api.example.com{path}{below}\"");
        assert_eq!(
            refused.headers().get_one("WWW-Authenticate"),
            Some(expected.as_str()),
            "{file}"
        );
    }

    let app = App::builder().routes(by_uri.guard(routes![health])).start().await;
    let metadata = app.client.get(SHORT_PATH).dispatch().await;
    let metadata: Value = metadata.into_json().await.expect("JSON");
    assert_eq!(metadata["resource"], "urn:no:address");
    assert_eq!(metadata["scopes_supported"], json!(["read:urn"]));
}
