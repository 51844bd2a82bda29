//! Fairings that use a test provider in Logto's place: one that runs, or one that they start.
#![expect(clippy::needless_pass_by_value, reason = "Rocket gives guards by value")]

use logto_rocket::testing::{self, Idp, IdpError};
use logto_rocket::{Bearer, Config, Logto, authenticated, resource};
use logto_rocket_tests::app::{self, figment};
use logto_rocket_tests::browser::{Browser, From};
use logto_rocket_tests::http;
use logto_rocket_tests::uri::path_of;
use rocket::figment::Figment;
use rocket::http::{Header, Method, Status};
use rocket::local::asynchronous::Client;
use rocket::{Build, Rocket, get, routes};
use serde_json::Value;

resource!(
    /// The API of these tests.
    Orders = "https://api.example.com/orders"
);

#[authenticated(bearer, resource = Orders, scope = "read:orders")]
#[get("/orders")]
fn orders(caller: Bearer<Orders>) -> String {
    caller.subject().into()
}

/// The settings of an application that has everything but a Logto.
fn without_logto() -> Figment {
    figment()
        .merge(("logto.app_id", "an-app"))
        .merge(("logto.app_secret", "its secret"))
        .merge(("logto.base_url", app::ORIGIN))
}

/// One that says everywhere that Logto is elsewhere.
fn elsewhere() -> Figment {
    without_logto()
        .merge(("logto.endpoint", "https://production.example.com"))
        .merge(("logto.issuer", "https://production.example.com/oidc"))
        .merge(("logto.internal_endpoint", "http://logto.internal"))
}

fn site(figment: Figment) -> Rocket<Build> {
    app::rocket_without_fairing().configure(figment).attach(Logto::fairing().dev_provider())
}

fn api(figment: Figment) -> Rocket<Build> {
    let fairing = Logto::resource_server().dev_provider();
    rocket::custom(figment).attach(fairing).mount("/", routes![orders])
}

async fn launch(rocket: Rocket<Build>) -> Option<Client> {
    // An error of Rocket's that nobody has looked at panics.
    let launched = Client::untracked(rocket).await;
    launched
        .inspect_err(|error| {
            error.kind();
        })
        .ok()
}

/// The issuer whose tokens an API accepts.
async fn issuer(client: &Client) -> String {
    let path = "/.well-known/oauth-protected-resource/orders";
    let metadata: Value = serde_json::from_str(&Browser::new(client).fetch(path).await.body)
        .expect("the metadata of the API");
    metadata["authorization_servers"][0].as_str().expect("an issuer").to_owned()
}

#[rocket::async_test]
async fn a_given_provider_beats_every_configuration() {
    let idp = Idp::start().await.expect("a provider");
    let site = app::rocket(Logto::fairing().provider(&idp)).configure(elsewhere());
    let client = launch(site).await.expect("a launch");
    let mut browser = Browser::new(&client);
    let answer = browser.sign_in(&idp, "alice", "/account").await;
    assert_eq!(answer.location(), "/account");
    assert!(browser.is_signed_in().await);

    // The last word of the code does not count either.
    let config = Config::new().endpoint("https://production.example.com");
    let fairing = Logto::resource_server().provider(&idp).config(config);
    let api = rocket::custom(elsewhere()).attach(fairing).mount("/", routes![orders]);
    let client = launch(api).await.expect("a launch");
    assert_eq!(issuer(&client).await, idp.issuer());
}

#[rocket::async_test]
async fn a_given_provider_beats_the_provider_for_development_whichever_comes_last() {
    let idp = Idp::start().await.expect("a provider");
    for fairing in [
        Logto::fairing().provider(&idp).dev_provider(),
        Logto::fairing().dev_provider().provider(&idp),
    ] {
        let client = Client::tracked(app::rocket(fairing)).await.expect("a launch");
        let alice = idp.sign_in_to(&client, "/account", "alice").await.expect("a sign-in");
        assert_eq!(alice.location(), "/account");
    }
    for fairing in [
        Logto::resource_server().provider(&idp).dev_provider(),
        Logto::resource_server().dev_provider().provider(&idp),
    ] {
        let api = rocket::custom(figment()).attach(fairing).mount("/", routes![orders]);
        assert_eq!(issuer(&launch(api).await.expect("a launch")).await, idp.issuer());
    }
}

#[rocket::async_test]
async fn users_sign_in_and_out_at_a_given_provider_wherever_the_site_is() {
    let here = |config: Config| config;
    let shop = |config: Config| config.base_url("https://shop.example.com");
    let hosts =
        |config: Config| config.base_urls(["https://a.example.com", "https://b.example.com"]);
    let below = |config: Config| config.base_url("https://example.com/app").proxy_prefix("strip");
    let pushed =
        |config: Config| config.base_url("https://shop.example.com").pushed_authorization(true);
    for (config, host) in [
        (here as fn(Config) -> Config, "localhost:8000"),
        (shop, "shop.example.com"),
        (hosts, "a.example.com"),
        (below, "example.com"),
        (pushed, "shop.example.com"),
    ] {
        let config = config(Config::new());
        let idp = Idp::start().await.expect("a provider");
        let fairing = Logto::fairing().config(config.clone()).provider(&idp);
        let client = Client::tracked(app::rocket(fairing)).await.expect("a launch");
        idp.sign_in_to(&client, "/account", "alice")
            .await
            .unwrap_or_else(|why| panic!("{config:?}: {why}"));
        assert_eq!(client.get("/account").dispatch().await.status(), Status::Ok, "{config:?}");

        let out = client.post("/auth/sign-out").header(testing::from_own_page());
        let out = out.header(Header::new("Host", host)).dispatch().await;
        let at_the_provider = out.headers().get_one("Location").expect("a redirect");
        let answer = http::client().get(at_the_provider).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 200, "{config:?}: {at_the_provider}");
    }
}

#[rocket::async_test]
async fn a_provider_whose_redirect_uris_a_test_describes_accepts_no_others() {
    let described = Idp::builder().redirect_uri("https://shop.example.com/auth/callback");
    let idp = described.start().await.expect("a provider");
    let config = Config::new().base_url("https://shop.example.com");
    let fairing = Logto::fairing().config(config).provider(&idp);
    let client = Client::tracked(app::rocket(fairing)).await.expect("a launch");
    let refused = idp.sign_in(&client, "alice").await.expect_err("an unregistered redirect URI");
    assert!(matches!(refused, IdpError::Page { status: 400, .. }), "{refused:?}");
    for words in ["invalid_redirect_uri", "Builder::redirect_uri"] {
        assert!(refused.to_string().contains(words), "{words}: {refused}");
    }
}

#[rocket::async_test]
async fn without_a_logto_people_sign_in_at_the_provider_for_development() {
    let site = launch(site(figment().merge(("logto.base_url", app::ORIGIN)))).await;
    let site = site.expect("a launch");
    let mut browser = Browser::new(&site);
    let authorization = browser.open("/auth/sign-in?return_to=/account").await;
    let provider = http::client();
    let page = provider.get(authorization.location()).send().await.expect("a redirect to a page");
    let interaction = page.headers()["Set-Cookie"].to_str().expect("a cookie").to_owned();
    let address = url::Url::parse(authorization.location()).expect("a URL");
    let address = address.join("/sign-in").expect("a URL");
    let form = http::form(provider.post(address), &[("username", "alice")]);
    let chosen = form.header("Cookie", interaction).send().await.expect("a redirect back");
    let callback = path_of(chosen.headers()["Location"].to_str().expect("a URL"));
    assert_eq!(browser.navigate(&callback, From::OtherSite).await.location(), "/account");
    assert!(browser.is_signed_in().await);
}

#[rocket::async_test]
async fn without_a_logto_a_program_gets_its_token_at_the_provider_for_development() {
    let client = launch(api(figment())).await.expect("a launch");
    let request = http::client().post(format!("{}/token", issuer(&client).await));
    let request = request.basic_auth("dev-machine", Some("dev-machine-secret"));
    let fields = [
        ("grant_type", "client_credentials"),
        ("resource", "https://api.example.com/orders"),
        ("scope", "read:orders"),
    ];
    let answer = http::form(request, &fields).send().await.expect("an answer");
    let answer: Value = serde_json::from_str(&answer.text().await.expect("a text")).expect("JSON");
    let authorization = format!("Bearer {}", answer["access_token"].as_str().expect("a token"));
    let headers = [("Authorization", authorization.as_str())];
    let got = Browser::new(&client).request(Method::Get, "/orders", &headers, "").await;
    assert_eq!((got.status, got.body.as_str()), (Status::Ok, "dev-machine"));
}

#[rocket::async_test]
async fn outside_the_debug_profile_a_missing_endpoint_stays_an_error() {
    for profile in ["release", "staging"] {
        assert!(launch(site(without_logto().select(profile))).await.is_none(), "{profile}");
        assert!(launch(api(without_logto().select(profile))).await.is_none(), "{profile}");
    }
    assert!(launch(site(without_logto())).await.is_some());
    assert!(launch(api(without_logto())).await.is_some());
}

#[rocket::async_test]
async fn no_provider_is_started_where_a_logto_is_configured() {
    let idp = Idp::start().await.expect("a provider");
    for (key, value) in [("endpoint", idp.endpoint()), ("issuer", &idp.issuer())] {
        let configured = || without_logto().merge((format!("logto.{key}"), value));
        let client = launch(site(configured())).await.expect("a launch");
        let location = Browser::new(&client).open("/auth/sign-in").await.location().to_owned();
        assert!(location.starts_with(&format!("{}/auth?", idp.issuer())), "{location}");
        assert!(location.contains("client_id=an-app"), "{location}");
        let client = launch(api(configured())).await.expect("a launch");
        assert_eq!(issuer(&client).await, idp.issuer());
    }
    // A mistake in it is reported, and hidden by no provider.
    assert!(launch(api(without_logto().merge(("logto.endpoint", "ftp://x")))).await.is_none());
}
