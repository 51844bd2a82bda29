//! A real browser that is closed and opened again, and what it deletes at a sign-out.

use logto_rocket::testing::Idp;
use logto_rocket::{Logto, SessionConfig, SignOutConfig, SiteData};
use logto_rocket_tests::app::{config_for, rocket};
use logto_rocket_tests::chromium::Chromium;
use logto_rocket_tests::server::{Server, free_port};
use rocket::response::content::RawHtml;
use rocket::tokio::task::spawn_blocking;
use rocket::{get, routes};

#[get("/choose")]
fn choose() -> RawHtml<&'static str> {
    RawHtml(
        "<a href='/auth/sign-in?remember=1'>Keep me signed in</a>
         <form method=post action='/auth/sign-out'><button>Sign out</button></form>",
    )
}

#[rocket::async_test]
async fn a_browser_keeps_a_session_only_for_who_wants_to_be_remembered_and_clears_what_is_configured()
 {
    let Some(browser) = Chromium::find() else { return };
    let (idp, port) = (Idp::start().await.unwrap(), free_port());
    let origin = format!("http://localhost:{port}");
    let config = config_for(&idp)
        .base_url(&origin)
        .session(SessionConfig::new().persistent(false))
        .sign_out(SignOutConfig::new().clear_site_data([SiteData::Storage]));
    let rocket = rocket(Logto::fairing().config(config)).mount("/", routes![choose]);
    let server = Server::launch(rocket, port).await;
    let walk = spawn_blocking(move || browser.run("keep_signed_in.mjs", &[("APP", &origin)]));
    if let Err(report) = walk.await.expect("no panic") {
        panic!("{report}");
    }
    server.stop().await;
}
