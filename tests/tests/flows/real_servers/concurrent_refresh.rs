//! Fifty requests at once with oidc-provider, which rotates refresh tokens and ends the grant at their reuse: one token
//! request, and all are answered.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use logto_rocket::{AccessToken, Clock, Config, Error, LogtoUser, resource};
use logto_rocket_tests::app::{ORIGIN, launch};
use logto_rocket_tests::browser::{Answer, Browser, From};
use logto_rocket_tests::oidc_provider::{
    CLIENT_ID, CLIENT_SECRET, ORGANIZATION, Provider, ProviderOptions,
};
use logto_rocket_tests::uri::path_of;
use logto_rocket_tests::wait::until;
use rocket::futures::future::join_all;
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket::tokio;
use rocket::tokio::io::{AsyncReadExt, AsyncWriteExt};
use rocket::tokio::net::{TcpListener, TcpStream};
use rocket::{Route, get, routes};

/// As long as the provider's access tokens live, and as claims are believed.
const LIFE: Duration = Duration::from_secs(3600);

const AT_ONCE: usize = 50;

/// The application, oidc-provider, and the time of both.
struct Site {
    client: Client,
    provider: Provider,
    clock: Clock,
}

impl Site {
    async fn launch(provider: Provider, config: impl FnOnce(Config) -> Config) -> Self {
        Self::serving(Vec::new(), provider, config).await
    }

    async fn serving(
        routes: Vec<Route>,
        provider: Provider,
        config: impl FnOnce(Config) -> Config,
    ) -> Self {
        let clock = Clock::movable();
        let usual = Config::new()
            .endpoint(provider.origin())
            .app_id(CLIENT_ID)
            .app_secret(CLIENT_SECRET)
            .base_url(ORIGIN)
            .scopes(["roles", "email"]);
        let client = launch(&clock, config(usual), routes).await;
        Self { client, provider, clock }
    }

    async fn signed_in(&self, username: &str) -> Browser<'_> {
        let mut browser = Browser::new(&self.client);
        let start = browser.open("/auth/sign-in?return_to=/").await;
        let callback = self.provider.authorize(start.location(), username).await;
        let back = browser.navigate(&path_of(callback.as_str()), From::OtherSite).await;
        assert_eq!(back.location(), "/", "{back:?}");
        assert_eq!(browser.open("/account").await.status, Status::Ok);
        browser
    }

    async fn advance(&self, time: Duration) {
        self.clock.advance(time);
        self.provider.advance(time).await;
    }

    async fn refreshes(&self) -> u64 {
        self.provider.token_requests("refresh_token").await
    }

    /// Many tabs with the same cookies.
    fn tabs(&self, browser: &Browser<'_>, count: usize) -> Vec<Browser<'_>> {
        (0..count).map(|_| browser.at(&self.client)).collect()
    }

    /// Opens a page in many tabs at once, when the access token has expired. Leaves the browser with
    /// the cookies that one of them got.
    async fn refresh_at_once(&self, browser: &mut Browser<'_>, path: &str) {
        self.advance(LIFE).await;
        let mut tabs = self.tabs(browser, AT_ONCE);
        are_all_answered(&join_all(tabs.iter_mut().map(|tab| tab.open(path))).await);
        browser.cookies = tabs.swap_remove(AT_ONCE / 2).cookies;
    }
}

/// The provider, unless this machine has none.
fn rotating() -> Option<Provider> {
    Provider::start(&ProviderOptions {
        base_url: ORIGIN.into(),
        rotate: true,
        ..ProviderOptions::default()
    })
}

/// All of them are answered, with the newest session.
fn are_all_answered(answers: &[Answer]) {
    for answer in answers {
        assert_eq!(answer.status, Status::Ok, "{answer:?}");
        assert!(answer.sets_cookies(), "{answer:?}");
    }
}

#[rocket::async_test]
async fn fifty_requests_at_once_make_one_token_request_and_late_ones_none() {
    let Some(provider) = rotating() else { return };
    let site = Site::launch(provider, |config| config).await;
    let mut alice = site.signed_in("alice").await;
    for expected in 1..=3 {
        let old = site.tabs(&alice, 21);
        site.refresh_at_once(&mut alice, "/profile").await;
        assert_eq!(site.refreshes().await, expected);
        for (number, mut late) in old.into_iter().enumerate() {
            // The first ones come while the provider honours the old refresh token, the last one long
            // after.
            let time = if number < 20 { number as u64 % 3 } else { 600 };
            site.advance(Duration::from_secs(time)).await;
            are_all_answered(&[late.open("/profile").await]);
            assert!(!late.open("/profile").await.sets_cookies(), "it has the newest now");
        }
        assert_eq!(site.refreshes().await, expected, "late ones ask for nothing");
    }
}

#[rocket::async_test]
async fn twenty_rounds_of_requests_at_once_sign_no_user_out() {
    let Some(provider) = rotating() else { return };
    let site = Site::launch(provider, |config| config).await;
    let mut alice = site.signed_in("alice").await;
    for expected in 1..=20 {
        site.refresh_at_once(&mut alice, "/account").await;
        assert_eq!(site.refreshes().await, expected);
    }
}

resource!(Orders = "https://orders.example.test");

#[get("/needs/orders")]
fn orders(_token: AccessToken<Orders>) {}

#[get("/needs/organization")]
async fn organization(user: LogtoUser) -> Result<(), Error> {
    user.organization_token(ORGANIZATION).await.map(drop)
}

#[get("/needs/none")]
async fn none(user: LogtoUser) -> Result<Option<()>, Error> {
    user.fetch_user_info().await.map(|_| None)
}

#[get("/needs/panic")]
async fn panic(user: LogtoUser) -> Result<(), Error> {
    user.fetch_user_info().await?;
    panic!("as a handler may")
}

#[rocket::async_test]
async fn handlers_that_need_different_tokens_fail_or_are_cancelled_lose_no_session() {
    let Some(provider) = rotating() else { return };
    let routes = routes![orders, organization, none, panic];
    let scopes = ["read:orders", "read:invoices", "urn:logto:scope:organizations"];
    let site = Site::serving(routes, provider, |config| config.scopes(scopes)).await;
    let mut alice = site.signed_in("alice").await;
    let paths = [
        ("/needs/orders", 200),
        ("/needs/organization", 200),
        ("/needs/none", 404),
        ("/needs/panic", 500),
    ];
    for round in 1..=20 {
        site.advance(LIFE).await;
        let mut tabs = site.tabs(&alice, AT_ONCE);
        {
            // One of them goes away as soon as the provider has been asked.
            let mut gone = site.tabs(&alice, 1).remove(0);
            let request = gone.open("/needs/orders");
            tokio::pin!(request);
            let begun =
                until("the refresh begins", async || site.refreshes().await > 3 * (round - 1));
            tokio::select! {
                _ = &mut request => {}
                () = begun => {}
            }
        }
        let wanted = paths.iter().cycle();
        let open = tabs.iter_mut().zip(wanted.clone()).map(|(tab, (path, _))| tab.open(path));
        let answers = join_all(open).await;
        for (answer, (path, status)) in answers.iter().zip(wanted) {
            assert_eq!(answer.status.code, *status, "{path} in round {round}: {answer:?}");
            assert!(answer.sets_cookies(), "{path} in round {round}: {answer:?}");
        }
        assert_eq!(site.refreshes().await, 3 * round, "one for each token that is wanted");
        alice.cookies = tabs.swap_remove(AT_ONCE / 2).cookies;
    }
}

#[rocket::async_test]
async fn a_proxy_that_loses_every_second_answer_signs_no_user_out() {
    let Some(provider) = rotating() else { return };
    let proxy = Proxy::start(provider.origin()).await;
    let site = Site::launch(provider, |config| config.internal_endpoint(&proxy.origin)).await;
    let mut alice = site.signed_in("alice").await;
    proxy.is_lossy.store(true, Ordering::Release);
    for round in 1..=10 {
        site.refresh_at_once(&mut alice, "/profile").await;
        assert_eq!(site.refreshes().await, 2 * round, "one that was lost, and one more");
        assert_eq!(proxy.lost.load(Ordering::Acquire) as u64, round);
    }
}

/// Stands between application and provider, and passes on one request for each connection.
struct Proxy {
    origin: String,
    /// Whether every second answer of the token endpoint gets lost, after the provider has given it.
    is_lossy: Arc<AtomicBool>,
    lost: Arc<AtomicUsize>,
}

impl Proxy {
    async fn start(provider: &str) -> Self {
        let provider = provider.strip_prefix("http://").expect("a plain origin").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let (is_lossy, lost) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let proxy = Self { origin, is_lossy: Arc::clone(&is_lossy), lost: Arc::clone(&lost) };
        tokio::spawn(async move {
            let mut answers = 0;
            while let Ok((mut browser, _)) = listener.accept().await {
                let Ok((request, answer)) = exchange(&mut browser, &provider).await else {
                    continue;
                };
                if is_lossy.load(Ordering::Acquire) && request.starts_with(b"POST /oidc/token ") {
                    answers += 1;
                    if answers % 2 == 1 {
                        lost.fetch_add(1, Ordering::AcqRel);
                        continue;
                    }
                }
                browser.write_all(&answer).await.ok();
            }
        });
        proxy
    }
}

/// The request that comes, and the provider's answer to it.
async fn exchange(from: &mut TcpStream, provider: &str) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let request = read_request(from).await?;
    let line = request.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let mut to = TcpStream::connect(provider).await?;
    to.write_all(&request[..line]).await?;
    to.write_all(b"Connection: close\r\n").await?;
    to.write_all(&request[line..]).await?;
    let mut answer = Vec::new();
    to.read_to_end(&mut answer).await?;
    Ok((request, answer))
}

/// Reads the head, and a body as long as the head says.
async fn read_request(from: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut request = Vec::new();
    loop {
        if let Some(end) = request.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.map_or(0, |text| text.trim().parse().expect("a number"));
            if request.len() >= end + 4 + length {
                return Ok(request);
            }
        }
        if from.read_buf(&mut request).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}
