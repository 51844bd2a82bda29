//! [`Probe`]: requests of this process to the site itself.

use std::time::Duration;

use reqwest::{Client, redirect};
use url::Url;

use super::arrivals::{Arrival, Arrivals, HEADER};

/// How long such a request may take.
const LIMIT: Duration = Duration::from_secs(5);

/// Requests of this process to the site itself, which have no effect and contain no secret.
pub(super) struct Probe<'a> {
    client: Client,
    arrivals: &'a Arrivals,
}

/// The result of a request.
#[derive(Debug)]
pub(super) enum Sent {
    /// It has come to this process.
    Here(Arrival),
    /// Another server has answered, with this status.
    Elsewhere(u16),
    /// Nothing listens there.
    Refused,
    /// There is no answer, for another reason.
    Lost(String),
}

impl<'a> Probe<'a> {
    /// `None` if no client can be made.
    pub fn new(arrivals: &'a Arrivals) -> Option<Self> {
        // This process cannot find out which certificates browsers trust, and the requests contain no secret.
        let client = Client::builder()
            .use_rustls_tls()
            .danger_accept_invalid_certs(true)
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            .timeout(LIMIT)
            .build();
        Some(Self { client: client.ok()?, arrivals })
    }

    /// Sends a request to an address.
    pub async fn send(&self, to: &Url) -> Sent {
        let watch = self.arrivals.watch();
        // In a box, because it is large and rarely used.
        let answer = Box::pin(self.client.head(to.clone()).header(HEADER, &watch.token).send());
        let answer = answer.await;
        match (watch.arrival(), answer) {
            (Some(arrival), _) => Sent::Here(arrival),
            (None, Ok(answer)) => Sent::Elsewhere(answer.status().as_u16()),
            (None, Err(error)) if is_refused(&error) => Sent::Refused,
            (None, Err(error)) => Sent::Lost(reasons(&error.without_url())),
        }
    }
}

/// Whether nothing listens where the request was sent.
fn is_refused(error: &reqwest::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_of_io = cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        if cause_of_io == Some(std::io::ErrorKind::ConnectionRefused) {
            return true;
        }
        source = cause.source();
    }
    false
}

/// The error and what caused it, in one line.
fn reasons(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
