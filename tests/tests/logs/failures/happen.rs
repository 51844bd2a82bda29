//! Makes each failure happen, in an application of its own.

use std::time::Duration;

use logto_rocket::testing::{Endpoint, Tamper};
use logto_rocket::{Config, Error, LogtoUser, resource};
use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::{Answer, Browser, From};
use logto_rocket_tests::builder::Builder;
use logto_rocket_tests::fault;
use logto_rocket_tests::log::Log;
use rocket::tokio::io::AsyncWriteExt as _;
use rocket::tokio::net::TcpListener;
use rocket::{get, routes};

use super::rows::{At, Cause, Failure};

resource!(Orders = "https://orders.example.com");

const HOUR: Duration = Duration::from_secs(3600);

/// What happened, as its developer sees it.
pub struct Seen {
    pub log: String,
    pub page: Option<Answer>,
}

impl Failure {
    /// Makes it happen, and answers with what its developer sees.
    pub async fn happen(
        self,
        log: &Log,
        change: impl for<'a> Fn(Builder<'a>) -> Builder<'a>,
    ) -> Seen {
        let usual = || change(App::builder());
        let before = log.ours().len();
        let since = || log.ours().split_off(before);
        match self {
            Self::Refused(at, code) => at.refuse(log, usual(), code).await,
            Self::Claim(name, json) => {
                let app = usual().start().await;
                let value: serde_json::Value = serde_json::from_str(json).expect("JSON");
                app.idp.tamper(Tamper::Claim(name.into(), value));
                let page = app.sign_in(&mut app.browser(), "alice", "/").await;
                Seen { log: since(), page: Some(page) }
            }
            Self::LogoutClaim(name, json) => {
                let app = usual().start().await;
                let value: serde_json::Value = serde_json::from_str(json).expect("JSON");
                app.idp.tamper(Tamper::Claim(name.into(), value));
                let token = app.idp.logout_token("alice").expect("a logout token");
                app.post_logout_token(&token).await;
                Seen { log: since(), page: None }
            }
            Self::Issuer(iss) => {
                let app = usual().start().await;
                let mut browser = app.browser();
                let callback = app.callback(&mut browser, "alice", "/").await;
                let parts = callback.split('&').filter(|part| !part.starts_with("iss="));
                let mut callback = parts.collect::<Vec<_>>().join("&");
                if let Some(iss) = iss {
                    callback.push_str("&iss=");
                    callback.push_str(iss);
                }
                Seen { page: Some(browser.open(&callback).await), log: since() }
            }
            Self::Time(name, off) => {
                let app = usual().start().await;
                let time = app.clock.now().saturating_add_signed(off);
                app.idp.tamper(Tamper::claim(name, time));
                let page = app.sign_in(&mut app.browser(), "alice", "/").await;
                Seen { log: since(), page: Some(page) }
            }
            Self::Discovery => {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                let endpoint = format!("http://{}", listener.local_addr().expect("its address"));
                answer_not_found(listener);
                let app = usual().config(|config| config.endpoint(endpoint)).start().await;
                let page = app.browser().open("/auth/sign-in").await;
                Seen { log: since(), page: Some(page) }
            }
            Self::Unreachable(cause) => cause.happen(log, usual()).await,
            Self::Host => {
                let app = usual().start().await;
                let mut browser = app.browser();
                browser.headers.push(("Host".into(), "www.example.com:8000".into()));
                browser.open("/auth/sign-in").await;
                let page = browser.open("/auth/sign-in-callback?state=a&code=b").await;
                Seen { log: since(), page: Some(page) }
            }
            Self::OtherKey => {
                let app = usual().start().await;
                let alice = app.signed_in("alice").await;
                let other = usual().rocket(|rocket| {
                    let key = "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk=";
                    let figment = rocket.figment().clone().merge(("secret_key", key));
                    rocket.configure(figment)
                });
                let idp = app.idp.endpoint();
                let other = other.config(|config| config.endpoint(idp)).start().await;
                alice.at(&other.client).open("/account").await;
                Seen { log: since(), page: None }
            }
            Self::ClockSetBack => {
                let app = usual().start().await;
                app.clock.set_back(2 * HOUR);
                for _ in 0..3 {
                    app.signed_in("alice").await;
                }
                let logged = since();
                assert_eq!(logged.matches("the clock of this machine").count(), 1, "{logged}");
                Seen { log: logged, page: None }
            }
        }
    }
}

impl Cause {
    /// Makes it happen in this application.
    async fn happen(self, log: &Log, builder: Builder<'_>) -> Seen {
        let before = log.ours().len();
        let since = || log.ours().split_off(before);
        if matches!(self, Self::Gone) {
            let App { client, idp, clock } = builder.start().await;
            let mut alice = Browser::new(&client);
            alice.sign_in(&idp, "alice", "/").await;
            idp.stop().await;
            clock.advance(2 * HOUR);
            alice.open("/account").await;
            assert!(!since().contains("within"), "it is not slow: {}", since());
            return Seen { log: since(), page: None };
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let place = listener.local_addr().expect("its address");
        let endpoint = match self {
            Self::Gone | Self::Refused => {
                drop(listener);
                format!("http://{place}")
            }
            Self::Dns => "https://logto.invalid".into(),
            Self::Tls => {
                answer_not_found(listener);
                format!("https://{place}")
            }
            // Connections wait in its queue.
            Self::Timeout => {
                std::mem::forget(listener);
                format!("http://{place}")
            }
        };
        let config = |config: Config| {
            let config = config.endpoint(endpoint.clone());
            match self {
                Self::Timeout => config.timeout(Duration::from_millis(150)),
                _ => config,
            }
        };
        let app = builder.config(config).start().await;
        let page = app.browser().open("/auth/sign-in").await;
        Seen { log: since(), page: Some(page) }
    }
}

impl At {
    /// Has Logto refuse with a code here.
    async fn refuse(self, log: &Log, builder: Builder<'_>, code: &str) -> Seen {
        let pushed = matches!(self, Self::PushedAuthorization);
        let config = |config: Config| {
            config.pushed_authorization(pushed).resources(["https://orders.example.com"])
        };
        let provider = |provider: logto_rocket::testing::Builder| {
            provider.resource("https://orders.example.com", &["read:orders"])
        };
        let app = builder.config(config).provider(provider).routes(routes![orders]).start().await;
        let mut browser = app.browser();
        if matches!(self, Self::Refresh | Self::Revocation | Self::UserInfo) {
            browser = app.signed_in("alice").await;
        }
        let refusal = fault::json(400, format!(r#"{{"error":"{code}"}}"#));
        if let Some(endpoint) = self.endpoint() {
            app.idp.fault(endpoint, refusal).for_ever();
        }
        let before = log.ours().len();
        let page = match self {
            Self::Callback => {
                let callback = app.callback(&mut browser, "alice", "/").await;
                let parts = callback.split(['?', '&']);
                let kept = parts.filter(|it| it.starts_with("state=") || it.starts_with("iss="));
                let kept = kept.collect::<Vec<_>>().join("&");
                Some(browser.open(&format!("/auth/sign-in-callback?{kept}&error={code}")).await)
            }
            Self::Code => Some(app.sign_in(&mut browser, "alice", "/").await),
            Self::Refresh => Some(browser.open("/orders").await),
            Self::UserInfo => Some(browser.open("/profile").await),
            Self::PushedAuthorization => Some(browser.open("/auth/sign-in").await),
            Self::Revocation => {
                browser.post("/auth/sign-out", From::OwnPage, ORIGIN).await;
                None
            }
            Self::Introspection => return told(app.logto().introspect("token").await),
            Self::TokenExchange => return told(app.logto().exchange_token("token").send().await),
            Self::ClientCredentials => {
                return told(app.logto().client_credentials().access_token(Orders).await);
            }
            Self::AnotherMachine => {
                let machine = app.logto().client_credentials().app("m2m", "secret");
                return told(machine.access_token(Orders).await);
            }
        };
        Seen { log: log.ours().split_off(before), page }
    }

    /// Where the call goes that is refused; none, where the browser brings the refusal.
    fn endpoint(self) -> Option<Endpoint> {
        Some(match self {
            Self::Callback => return None,
            Self::Code
            | Self::Refresh
            | Self::ClientCredentials
            | Self::AnotherMachine
            | Self::TokenExchange => Endpoint::Token,
            Self::Revocation => Endpoint::Revocation,
            Self::UserInfo => Endpoint::Userinfo,
            Self::Introspection => Endpoint::Introspection,
            Self::PushedAuthorization => Endpoint::PushedAuthorization,
        })
    }
}

/// An error that a handler gets, which says all by itself.
fn told<T>(answer: Result<T, Error>) -> Seen {
    let error = answer.err().expect("a refusal");
    Seen { log: error.to_string(), page: None }
}

/// Answers each connection in plain text that there is nothing.
fn answer_not_found(listener: TcpListener) {
    rocket::tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let _ =
                connection.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").await;
        }
    });
}

#[get("/orders")]
async fn orders(user: LogtoUser) -> Result<String, Error> {
    user.access_token(Orders).await.map(|_| String::new())
}
