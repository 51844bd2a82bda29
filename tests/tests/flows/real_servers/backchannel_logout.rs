//! Signing out at the provider ends the session here.

use logto_rocket::testing::Idp;
use logto_rocket::{Clock, Logto};
use logto_rocket_tests::app::rocket;
use logto_rocket_tests::jar::Jar;
use logto_rocket_tests::oidc_provider::{Provider, ProviderOptions};
use logto_rocket_tests::server::{Server, free_port};

use super::provider::ProviderUnderTest;

/// Here the application listens, because the provider comes to it by itself.
#[rocket::async_test]
async fn a_sign_out_at_the_provider_ends_the_session_here_by_back_channel() {
    for in_process in [true, false] {
        let port = free_port();
        let origin = format!("http://127.0.0.1:{port}");
        let provider = if in_process {
            let start = format!("{origin}/auth/backchannel-logout");
            let idp = Idp::builder().backchannel_logout(&start, true).start().await.unwrap();
            Some(ProviderUnderTest::in_process(idp, Clock::system()))
        } else {
            let options = ProviderOptions {
                base_url: origin.clone(),
                backchannel_logout: true,
                ..ProviderOptions::default()
            };
            Provider::start(&options).map(ProviderUnderTest::oidc_provider)
        };
        let Some(provider) = provider else { continue };
        let fairing = Logto::fairing().config(provider.config().base_url(&origin));
        let server = Server::launch(rocket(fairing), port).await;
        let mut alice = Jar::default();
        let account = format!("{origin}/account");
        let (page, _) =
            alice.open(&format!("{origin}/auth/sign-in?return_to=/account"), None).await;
        assert_eq!(page.path(), "/sign-in", "{}: {page}", provider.name);
        let form = [("username", "alice")];
        let (page, answer) = alice.open(page.as_str(), Some(&form)).await;
        assert_eq!(
            (page.as_str(), answer.status().as_u16()),
            (&*account, 200),
            "{}",
            provider.name
        );
        let old = alice.clone();

        let (url, page) = alice.open(&format!("{}/session/end", provider.issuer), None).await;
        alice.confirm(&url, page).await;
        for mut browser in [alice, old] {
            let (_, answer) = browser.open(&account, None).await;
            assert_eq!(answer.status().as_u16(), 401, "{}", provider.name);
        }
        server.stop().await;
    }
}
