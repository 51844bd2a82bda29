//! Whether the address of the site leads to it. Each site listens.

use logto_rocket::testing::Idp;
use logto_rocket::{Clock, Config, Diagnosis, DiagnosisCheck as Check, Logto, RoutesConfig};
use logto_rocket_tests::app::{App, config_without_address, figment, rocket};
use logto_rocket_tests::server::{Server, free_port};
use rocket::fairing::AdHoc;
use rocket::http::uri::Origin;
use rocket::tokio::sync::oneshot;
use rocket::{Build, Rocket};

use super::{Good, Unknown, Wrong, assert_only_wrong, of, only};

#[rocket::async_test]
async fn all_is_good_where_the_address_leads_to_the_site() {
    let port = free_port();
    let diagnosis = of_site(|it| it.base_url(format!("http://localhost:{port}")), port).await;
    assert_eq!(only(&diagnosis, Check::BaseUrl).outcome(), Good, "{diagnosis}");
    assert!(diagnosis.is_good(), "{diagnosis}");
}

#[rocket::async_test]
async fn the_usual_address_is_good() {
    let diagnosis = of_site(|it| it, free_port()).await;
    assert!(diagnosis.is_good(), "{diagnosis}");
}

#[rocket::async_test]
async fn routes_with_other_names_are_looked_for_by_those() {
    let port = free_port();
    let names = RoutesConfig::new().sign_in_callback("logto/back").sign_out_callback("logto/left");
    let at_port = |it: Config| it.base_url(format!("http://localhost:{port}")).routes(names);
    let diagnosis = of_site(at_port, port).await;
    assert!(diagnosis.is_good(), "{diagnosis}");
    let shown = diagnosis.to_string();
    for name in ["logto/back", "logto/left"] {
        assert!(shown.contains(&format!("http://localhost:{port}/auth/{name}: ")), "{shown}");
    }
}

#[rocket::async_test]
async fn another_port_than_base_url_has_is_found() {
    let (port, other) = (free_port(), free_port());
    let diagnosis = of_site(|it| it.base_url(format!("http://localhost:{other}")), port).await;
    assert_only_wrong(&diagnosis, Check::BaseUrl, "nothing listens there", "`logto.base_url`");
    let cure = only(&diagnosis, Check::BaseUrl).cure().unwrap();
    assert!(cure.contains(&format!("http://localhost:{port}")), "{cure}");
}

#[rocket::async_test]
async fn another_server_at_the_port_of_base_url_is_found() {
    let (port, other) = (free_port(), free_port());
    let bare = rocket::custom(figment());
    let another = Server::launch(bare, other).await;
    let diagnosis = of_site(|it| it.base_url(format!("http://localhost:{other}")), port).await;
    assert_only_wrong(&diagnosis, Check::BaseUrl, "another server", "`logto.base_url`");
    another.stop().await;
}

#[rocket::async_test]
async fn tls_that_base_url_says_and_nobody_speaks_is_found() {
    let port = free_port();
    let diagnosis = of_site(|it| it.base_url(format!("https://localhost:{port}")), port).await;
    assert_only_wrong(&diagnosis, Check::BaseUrl, "plain http", "TLS");
}

#[rocket::async_test]
async fn a_prefix_that_the_proxy_takes_off_against_the_configuration_is_found() {
    let port = free_port();
    let at_prefix = |it: Config| it.base_url(format!("http://localhost:{port}/shop"));
    let stripping = |rocket: Rocket<Build>| rocket.attach(without_prefix());
    let diagnosis = of_changed_site(at_prefix, port, stripping).await;
    assert_only_wrong(&diagnosis, Check::BaseUrl, "`/auth/sign-out-callback`", "\"strip\"");
}

#[rocket::async_test]
async fn a_prefix_that_the_proxy_keeps_against_the_configuration_is_found() {
    let port = free_port();
    let at_prefix =
        |it: Config| it.base_url(format!("http://localhost:{port}/shop")).proxy_prefix("strip");
    let diagnosis = of_site(at_prefix, port).await;
    assert_only_wrong(&diagnosis, Check::BaseUrl, "`/shop/auth/sign-out-callback`", "\"keep\"");
}

#[rocket::async_test]
async fn a_prefix_is_good_as_it_is_configured() {
    for strip in [false, true] {
        let port = free_port();
        let at_prefix = |it: Config| it.base_url(format!("http://localhost:{port}/shop"));
        let diagnosis = if strip {
            let change = |it: Config| at_prefix(it).proxy_prefix("strip");
            of_changed_site(change, port, |rocket| rocket.attach(without_prefix())).await
        } else {
            of_site(at_prefix, port).await
        };
        assert!(diagnosis.is_good(), "{diagnosis}");
    }
}

#[rocket::async_test]
async fn each_of_several_hosts_is_looked_at() {
    let (port, other) = (free_port(), free_port());
    let urls = [format!("http://localhost:{port}"), format!("http://127.0.0.1:{other}")];
    let diagnosis = of_site(|it| it.base_urls(urls), port).await;
    let outcomes = of(&diagnosis, Check::BaseUrl).iter().map(|it| it.outcome()).collect::<Vec<_>>();
    assert_eq!(outcomes, [Good, Wrong], "{diagnosis}");
}

#[rocket::async_test]
async fn an_address_that_this_server_cannot_reach_is_unknown() {
    // Reserved for documentation, RFC 5737, so that nobody answers; and a name that nobody has.
    let diagnosis = of_site(|it| it.base_url("https://shop.invalid"), free_port()).await;
    let finding = only(&diagnosis, Check::BaseUrl);
    assert_eq!(finding.outcome(), Unknown, "{diagnosis}");
    assert!(finding.cure().is_some_and(|it| it.contains("in a browser")), "{diagnosis}");
}

#[rocket::async_test]
async fn of_a_site_that_does_not_listen_it_is_unknown() {
    let app = App::start().await;
    let diagnosis = app.logto().diagnose().await;
    assert_eq!(only(&diagnosis, Check::BaseUrl).outcome(), Unknown, "{diagnosis}");
    assert!(!diagnosis.is_wrong(), "{diagnosis}");
}

/// The diagnosis of a site that listens, with this configuration.
async fn of_site(change: impl FnOnce(Config) -> Config, port: u16) -> Diagnosis {
    of_changed_site(change, port, |rocket| rocket).await
}

/// The same of a site that is changed.
async fn of_changed_site(
    change: impl FnOnce(Config) -> Config,
    port: u16,
    change_site: impl FnOnce(Rocket<Build>) -> Rocket<Build>,
) -> Diagnosis {
    let clock = Clock::movable();
    let idp = Idp::builder().clock(clock.clone()).start().await.unwrap();
    let fairing = Logto::fairing().config(change(config_without_address(&idp))).clock(clock);
    let (tell, told) = oneshot::channel();
    let lifted_off = AdHoc::on_liftoff("Logto", |rocket| {
        Box::pin(async move {
            let logto = rocket.state::<Logto>().expect("the client of Logto").clone();
            tell.send(logto).expect("the receiver waits");
        })
    });
    let server = Server::launch(change_site(rocket(fairing).attach(lifted_off)), port).await;
    let diagnosis = told.await.expect("a lift-off").diagnose().await;
    server.stop().await;
    diagnosis
}

/// What a proxy does that takes `/shop` off.
fn without_prefix() -> AdHoc {
    AdHoc::on_request("A proxy", |request, _| {
        Box::pin(async move {
            let path = request.uri().to_string();
            if let Some(rest) = path.strip_prefix("/shop") {
                request.set_uri(Origin::parse_owned(rest.to_owned()).expect("a path"));
            }
        })
    })
}
