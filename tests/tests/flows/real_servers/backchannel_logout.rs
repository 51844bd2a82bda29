//! Signing out at the provider ends the session here.

use logto_rocket::testing::Idp;
use logto_rocket::{Clock, Config, Logto};
use logto_rocket_tests::app::rocket;
use logto_rocket_tests::jar::Jar;
use logto_rocket_tests::oidc_provider::{
    CLIENT_ID, CLIENT_SECRET, Provider, ProviderOptions, SECOND_CLIENT_ID,
};
use logto_rocket_tests::server::{Server, free_port};

use url::Url;

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

/// An application that listens, signed in at from a browser of the user's.
struct Application {
    origin: String,
    server: Server,
}

impl Application {
    async fn launch(port: u16, app_id: &str, provider: &Provider) -> Self {
        let origin = format!("http://127.0.0.1:{port}");
        let config = Config::new()
            .endpoint(provider.origin())
            .app_id(app_id)
            .app_secret(CLIENT_SECRET)
            .base_url(&origin);
        let server = Server::launch(rocket(Logto::fairing().config(config)), port).await;
        Self { origin, server }
    }

    /// Where a browser is after the start of a sign-in.
    async fn sign_in(&self, jar: &mut Jar) -> Url {
        jar.open(&format!("{}/auth/sign-in?return_to=/account", self.origin), None).await.0
    }

    async fn account(&self, jar: &mut Jar) -> u16 {
        jar.open(&format!("{}/account", self.origin), None).await.1.status().as_u16()
    }
}

#[rocket::async_test]
async fn a_sign_out_at_one_application_ends_the_session_at_another() {
    let [first, second] = [free_port(), free_port()];
    let origin = |port| format!("http://127.0.0.1:{port}");
    let options = ProviderOptions {
        base_url: origin(first),
        second_base_url: Some(origin(second)),
        backchannel_logout: true,
        ..ProviderOptions::default()
    };
    let Some(provider) = Provider::start(&options) else { return };
    let first = Application::launch(first, CLIENT_ID, &provider).await;
    let second = Application::launch(second, SECOND_CLIENT_ID, &provider).await;
    let (mut alice, mut bob) = (Jar::default(), Jar::default());
    for (jar, username) in [(&mut alice, "alice"), (&mut bob, "bob")] {
        let page = first.sign_in(jar).await;
        assert_eq!(page.path(), "/sign-in", "{page}");
        jar.open(page.as_str(), Some(&[("username", username)])).await;
        let page = second.sign_in(jar).await;
        assert_eq!(page.as_str(), format!("{}/account", second.origin), "nobody is asked again");
        for application in [&first, &second] {
            assert_eq!(application.account(jar).await, 200, "{username} at {}", application.origin);
        }
    }
    let old = alice.clone();
    let (url, page) = alice.open(&format!("{}/auth/sign-out", first.origin), Some(&[])).await;
    let (home, _) = alice.confirm(&url, page).await;
    assert_eq!(home.as_str(), format!("{}/", first.origin));
    for mut jar in [alice, old] {
        for application in [&first, &second] {
            assert_eq!(application.account(&mut jar).await, 401, "{}", application.origin);
        }
    }
    for application in [first, second] {
        assert_eq!(application.account(&mut bob).await, 200, "{}", application.origin);
        application.server.stop().await;
    }
}
