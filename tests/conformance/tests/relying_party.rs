//! The relying party of the conformance suite, as the suite's runner starts it.

use std::process::{Child, Command, Stdio};

use logto_rocket::testing::Idp;
use logto_rocket_tests::http;
use logto_rocket_tests::server::free_port;
use logto_rocket_tests::wait::until;

/// A process that ends with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[rocket::async_test]
async fn it_launches_by_its_environment_alone_with_every_setting_of_the_plans() {
    let idp = Idp::start().await.expect("a provider");
    let port = free_port();
    let site = format!("http://localhost:{port}");
    let process = Command::new(env!("CARGO_BIN_EXE_relying-party"))
        .env_clear()
        .env("ROCKET_PORT", port.to_string())
        .env("LOGTO_ISSUER", idp.issuer())
        .env("LOGTO_APP_ID", idp.app_id())
        .env("LOGTO_APP_SECRET", idp.app_secret())
        .env("LOGTO_BASE_URL", &site)
        .env("LOGTO_SCOPES", "email,phone,address")
        .env("LOGTO_SESSION__KEEP_ID_TOKEN", "true")
        .env("LOGTO_BACKCHANNEL_LOGOUT__TYP", "optional")
        .env("LOGTO_SIGNING_ALGORITHM", "RS256")
        .env("LOGTO_CLIENT_AUTHENTICATION", "post")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process");
    let _running = Running(process);
    let who = async || http::client().get(format!("{site}/who")).send().await;
    until("it serves", async || who().await.is_ok()).await;
    let answer = who().await.expect("an answer").text().await.expect("a text");
    assert_eq!(answer, r#"{"sub":null}"#);
    let location = async |path: &str| {
        let request = http::client().get(format!("{site}{path}")).header("Accept", "text/html");
        let answer = request.send().await.expect("an answer");
        let location = answer.headers().get("Location").expect("a redirect");
        location.to_str().expect("a text").to_owned()
    };
    let sign_in = location("/members").await;
    assert_eq!(sign_in, "/auth/sign-in?return_to=%2Fmembers");
    let issuer = location(&sign_in).await;
    assert!(issuer.starts_with(&idp.issuer()), "{issuer}");
}
