//! TLS with an authority that nobody knows, all the way: browser, application and provider.

use logto_rocket::{Config, Logto, SessionConfig};
use logto_rocket_tests::app::rocket;
use logto_rocket_tests::certificates::Certificates;
use logto_rocket_tests::chromium::Chromium;
use logto_rocket_tests::oidc_provider::{
    CLIENT_ID, CLIENT_SECRET, Provider, ProviderOptions, SECOND_CLIENT_ID,
};
use logto_rocket_tests::server::{Server, free_port};
use rocket::http::SameSite;
use rocket::response::content::RawHtml;
use rocket::shield::{Frame, Shield};
use rocket::tokio::task::spawn_blocking;
use rocket::{State, get, routes};

use super::buttons;

/// The origin of the application that is shown in a frame.
struct Framed(String);

#[get("/portal")]
fn portal(framed: &State<Framed>) -> RawHtml<String> {
    let Framed(origin) = framed.inner();
    RawHtml(format!("<!doctype html><title>Portal</title><iframe src='{origin}/account'></iframe>"))
}

#[rocket::async_test]
async fn over_tls_a_browser_keeps_the_session_in_a_host_cookie_and_a_sign_in_leaves_the_frame() {
    let Some(browser) = Chromium::find() else { return };
    let Some(tls) = Certificates::make() else { return };
    let Some(home) = tls.trusting_home() else { return };
    let [own, framed] = [free_port(), free_port()];
    let [own_origin, framed_origin] = [own, framed].map(|port| format!("https://localhost:{port}"));
    let options = ProviderOptions {
        base_url: own_origin.clone(),
        second_base_url: Some(framed_origin.clone()),
        tls: Some([tls.certificate(), tls.key()]),
        ..ProviderOptions::default()
    };
    let Some(provider) = Provider::start(&options) else { return };
    let config = |app_id, origin: &str| {
        Config::new()
            .endpoint(provider.origin())
            .ca_certificates(tls.authority().to_string_lossy())
            .app_id(app_id)
            .app_secret(CLIENT_SECRET)
            .base_url(origin)
    };
    let site =
        rocket(Logto::fairing().config(config(CLIENT_ID, &own_origin))).mount("/", buttons());
    let site = Server::launch_tls(site, own, &tls).await;
    let session = SessionConfig::new().same_site(SameSite::None);
    let config = config(SECOND_CLIENT_ID, &framed_origin).session(session);
    let inner = rocket(Logto::fairing().config(config))
        .manage(Framed(framed_origin.clone()))
        .attach(Shield::default().disable::<Frame>())
        .mount("/", routes![portal]);
    let inner = Server::launch_tls(inner, framed, &tls).await;
    let walked = spawn_blocking(move || {
        let home = home.to_string_lossy();
        let env = [("APP", own_origin.as_str()), ("FRAMED", &framed_origin), ("HOME", &home)];
        browser.run_alone("tls.mjs", &env)
    });
    if let Err(report) = walked.await.expect("no panic") {
        panic!("{report}");
    }
    site.stop().await;
    inner.stop().await;
}
