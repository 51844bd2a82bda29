//! Signing out at the provider ends the session here.

use logto_rocket::testing::Idp;
use logto_rocket::{Clock, Logto};
use logto_rocket_tests::app::{figment, rocket};
use logto_rocket_tests::node::{Provider, ProviderOptions, free_port};
use rocket::Shutdown;
use rocket::fairing::AdHoc;
use rocket::tokio::sync::oneshot;
use url::Url;

use super::party::{Jar, Party};

/// Here the application listens, because the provider comes to it by itself.
#[rocket::async_test]
async fn a_sign_out_at_the_provider_ends_the_session_here_by_back_channel() {
    for in_process in [true, false] {
        let origin = format!("http://127.0.0.1:{}", free_port());
        let party = if in_process {
            let door = format!("{origin}/auth/backchannel-logout");
            let idp = Idp::builder().backchannel_logout(&door, true).start().await.unwrap();
            Some(Party::in_process(idp, Clock::system()))
        } else {
            let options = ProviderOptions {
                base_url: origin.clone(),
                backchannel_logout: true,
                ..ProviderOptions::default()
            };
            Provider::start(&options).map(Party::engine)
        };
        let Some(party) = party else { continue };
        let stop = listen(&party, &origin).await;
        let mut alice = Jar::default();
        let account = format!("{origin}/account");
        let (page, _) =
            alice.open(&format!("{origin}/auth/sign-in?return_to=/account"), None).await;
        assert_eq!(page.path(), "/sign-in", "{}: {page}", party.name);
        let form = [("username", "alice")];
        let (page, answer) = alice.open(page.as_str(), Some(&form)).await;
        assert_eq!((page.as_str(), answer.status().as_u16()), (&*account, 200), "{}", party.name);
        let old = alice.clone();

        let (url, page) = alice.open(&format!("{}/session/end", party.issuer), None).await;
        alice.confirm(&url, page).await;
        for mut browser in [alice, old] {
            let (_, answer) = browser.open(&account, None).await;
            assert_eq!(answer.status().as_u16(), 401, "{}", party.name);
        }
        stop.notify();
    }
}

/// Launches the application at `origin`, and answers when it listens.
async fn listen(party: &Party, origin: &str) -> Shutdown {
    let port = Url::parse(origin).unwrap().port();
    let fairing = Logto::fairing().config(party.config().base_url(origin));
    let (listening, listens) = oneshot::channel();
    let listening = AdHoc::on_liftoff("Listening", |_| {
        Box::pin(async move { listening.send(()).expect("somebody waits") })
    });
    let site = rocket(fairing).configure(figment().merge(("port", port))).attach(listening);
    let site = site.ignite().await.expect("a launch");
    let stop = site.shutdown();
    rocket::tokio::spawn(site.launch());
    listens.await.expect("it listens");
    stop
}
