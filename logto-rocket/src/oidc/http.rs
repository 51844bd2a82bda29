//! [`Http`]: calls to Logto, bounded in time and size, without redirects.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use openidconnect::http::header::{HeaderValue, RETRY_AFTER};
use openidconnect::http::{self, Request, StatusCode};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use url::Url;

use super::clock_difference::ClockDifference;
use super::connection::{address, failure, reasons, too_slow};
use super::observer::Observer;
use super::settings::IssuerSettings;
use crate::clock::Clock;
use crate::error::{Call, Error};
use crate::loopback::is_loopback;

/// The largest answer that is read. Logto's largest token answers have some 16 kB.
const MAX_BODY: usize = 1 << 20;
/// The longest accepted value of `Retry-After`, in seconds. Old claims stay valid for this time, so another
/// server must not be able to choose a longer one.
const LONGEST_RETRY_AFTER: u64 = 60;
/// An idle connection is closed after this time. It is shorter than the five seconds after which Logto closes
/// a connection, so that no request is written to a connection that Logto is closing.
const IDLE_CONNECTION: Duration = Duration::from_secs(4);

/// Calls to Logto.
///
/// A URL never contains a secret, because the underlying crates log URLs and header names.
pub(super) struct Http {
    client: reqwest::Client,
    settings: Arc<IssuerSettings>,
    issuer: Url,
    clock: Clock,
    observer: Observer,
    pub(super) clock_difference: ClockDifference,
}

impl Http {
    /// `issuer` is the issuer of `settings` as a URL. An error is a sentence for the launch.
    pub(super) fn new(
        settings: &Arc<IssuerSettings>,
        issuer: &Url,
        clock: Clock,
        observer: Observer,
    ) -> Result<Self, String> {
        let mut client = reqwest::Client::builder()
            .use_rustls_tls()
            .user_agent(concat!("logto-rocket/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(settings.connect_timeout)
            .pool_idle_timeout(IDLE_CONNECTION)
            .referer(false);
        if is_loopback(settings.internal.as_ref().unwrap_or(issuer)) {
            // No proxy reaches the loopback interface of this machine.
            client = client.no_proxy();
        }
        for pem in &settings.ca_certificates {
            let certificates = reqwest::Certificate::from_pem_bundle(pem)
                .map_err(|error| format!("the CA certificates cannot be read: {error}"))?;
            if certificates.is_empty() {
                return Err("the file of CA certificates contains no PEM certificate".into());
            }
            client =
                certificates.into_iter().fold(client, reqwest::ClientBuilder::add_root_certificate);
        }
        let client = client
            .build()
            .map_err(|error| format!("no HTTPS client can be made: {}", reasons(&error)))?;
        let (settings, issuer) = (Arc::clone(settings), issuer.clone());
        let clock_difference = ClockDifference::default();
        Ok(Self { client, settings, issuer, clock, observer, clock_difference })
    }

    /// Sends the request and reads the answer, within the time of the settings.
    pub(super) async fn send(
        &self,
        call: Call,
        request: HttpRequest,
    ) -> Result<HttpResponse, Error> {
        self.send_within(self.settings.timeout, call, request).await
    }

    /// Sends the request and reads the answer. An answer that says that Logto cannot answer now
    /// (5xx, 429) is an error, and so is a redirect.
    pub(super) async fn send_within(
        &self,
        limit: Duration,
        call: Call,
        request: HttpRequest,
    ) -> Result<HttpResponse, Error> {
        self.exchange_within(limit.min(self.settings.timeout), call, request, &Sent::default())
            .await
    }

    async fn exchange_within(
        &self,
        limit: Duration,
        call: Call,
        request: HttpRequest,
        sent: &Sent,
    ) -> Result<HttpResponse, Error> {
        let request = self.addressed(call, request)?;
        let url = request.url().clone();
        // In a box, because every request that waits for Logto has room for it.
        let exchange = Box::pin(self.exchange(call, request, &url, sent));
        let span = Observer::span(call);
        let begun = self.clock.instant();
        let answer = span.around(tokio::time::timeout(limit, exchange)).await;
        let answer = answer
            .unwrap_or_else(|_| Err(unavailable(call, too_slow(limit, &url, &self.settings))));
        let took = self.clock.instant().saturating_duration_since(begun);
        let answered = answer.as_ref().map(|answer| answer.status().as_u16());
        self.observer.called(call, &span, took, answered);
        answer
    }

    /// Gets a public JSON document.
    pub(super) async fn get_json<T: DeserializeOwned>(
        &self,
        call: Call,
        url: &Url,
    ) -> Result<T, Error> {
        let request = Request::get(url.as_str()).header(http::header::ACCEPT, "application/json");
        let response = self.send(call, finish(call, request, Vec::new())?).await?;
        if response.status() != StatusCode::OK {
            let why = format!("{url} answered {}", response.status());
            return Err(bad_answer(call, self.at(&why)));
        }
        serde_json::from_slice(response.body()).map_err(|error| {
            let why = format!("{url} does not answer with the expected JSON: {error}");
            bad_answer(call, self.at(&why))
        })
    }

    /// The request to the address at which this server reaches Logto.
    fn addressed(&self, call: Call, request: HttpRequest) -> Result<reqwest::Request, Error> {
        let mut request = reqwest::Request::try_from(request)
            .map_err(|_| bad_answer(call, "the address of the endpoint is not a URL"))?;
        if let Some(internal) = &self.settings.internal
            && request.url().origin() == self.issuer.origin()
        {
            *request.url_mut() = moved(request.url(), internal);
        }
        for secret in [http::header::AUTHORIZATION, http::header::PROXY_AUTHORIZATION] {
            if let Some(value) = request.headers_mut().get_mut(secret) {
                value.set_sensitive(true);
            }
        }
        Ok(request)
    }

    async fn exchange(
        &self,
        call: Call,
        request: reqwest::Request,
        url: &Url,
        sent: &Sent,
    ) -> Result<HttpResponse, Error> {
        let failed = |error: reqwest::Error| {
            unavailable(call, failure(&error.without_url(), url, &self.settings))
        };
        let mut response = self.client.execute(request).await.map_err(|error| {
            sent.note(!error.is_connect());
            failed(error)
        })?;
        self.clock_difference.note(response.headers(), self.clock.now());
        let status = response.status();
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Error::Unavailable {
                call,
                why: format!("{} answered {status}", address(url)),
                status: Some(status.as_u16()),
                retry_after: retry_after(response.headers().get(RETRY_AFTER)),
            });
        }
        if status.is_redirection() && call != Call::Diagnosis {
            let why = format!("{} answered with a redirect ({status})", address(url));
            return Err(bad_answer(call, self.at(&why)));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(bad_answer(call, "the answer is larger than 1 MiB"));
            }
            body.extend_from_slice(&chunk);
        }
        let mut answer = HttpResponse::new(body);
        *answer.status_mut() = status;
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }

    /// The error code in an unsuccessful answer of Logto.
    pub(super) fn refusal(&self, call: Call, response: &HttpResponse) -> Error {
        #[derive(serde::Deserialize)]
        struct Body {
            error: String,
        }
        match serde_json::from_slice::<Body>(response.body()) {
            Ok(body) => self.refused(call, &body.error),
            Err(_) => bad_answer(call, self.at(&format!("the answer was {}", response.status()))),
        }
    }

    /// A refusal with its code, if the code has a safe form, and with the remedy. Two codes mean that Logto
    /// cannot answer now.
    pub(super) fn refused(&self, call: Call, code: &str) -> Error {
        if matches!(code, "temporarily_unavailable" | "server_error") {
            return unavailable(call, format!("the answer was `{code}`"));
        }
        let fit = (1..=64).contains(&code.len())
            && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        let code = if fit { code } else { "unrecognized" };
        Error::Refused { call, code: code.into(), help: self.settings.help(call, code) }
    }

    /// What is wrong with an answer that probably does not come from Logto, with the key to check.
    fn at(&self, why: &str) -> String {
        format!("{why}{}", self.settings.advice())
    }
}

/// `openidconnect` makes requests for tokens only.
impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(Call::Token, request))
    }
}

/// Whether a request may have reached Logto.
pub(super) struct Sent(AtomicBool);

impl Default for Sent {
    fn default() -> Self {
        Self(AtomicBool::new(true))
    }
}

impl Sent {
    /// `false` only if not even a connection could be made.
    pub(super) fn may_be(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    fn note(&self, may_be: bool) {
        self.0.store(may_be, Ordering::Release);
    }
}

/// The same, for one request that notes whether it was sent.
pub(super) struct Noting {
    pub(super) http: Arc<Http>,
    pub(super) sent: Sent,
}

impl<'c> AsyncHttpClient<'c> for Noting {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        let Self { http, sent } = self;
        Box::pin(http.exchange_within(http.settings.timeout, Call::Token, request, sent))
    }
}

/// The request of a builder; it fails only where a URL is no URI.
pub(super) fn finish(
    call: Call,
    request: http::request::Builder,
    body: Vec<u8>,
) -> Result<HttpRequest, Error> {
    request.body(body).map_err(|_| bad_answer(call, "the address of the endpoint is not a URI"))
}

pub(super) fn bad_answer(call: Call, why: impl Into<String>) -> Error {
    Error::BadAnswer { call, why: why.into() }
}

/// The same path and query on another origin.
pub(super) fn moved(url: &Url, origin: &Url) -> Url {
    let mut moved = origin.clone();
    moved.set_path(url.path());
    moved.set_query(url.query());
    moved.set_fragment(None);
    moved
}

fn unavailable(call: Call, why: String) -> Error {
    Error::Unavailable { call, why, status: None, retry_after: None }
}

/// The seconds of `Retry-After`; the date format is not supported.
fn retry_after(value: Option<&HeaderValue>) -> Option<Duration> {
    let seconds: u64 = value?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(LONGEST_RETRY_AFTER)))
}
