use std::time::Duration;

use rocket::tokio::sync::watch;
use serde_json::Value;

use super::requests::Endpoint;

/// A fault at an endpoint of the provider.
///
/// With [`Delay`](Self::Delay), [`LoseAnswer`](Self::LoseAnswer), [`Drip`](Self::Drip) and
/// [`Member`](Self::Member) the provider also handles the request. With the other faults it does not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// An empty answer of this status.
    Status(u16),
    /// An empty answer of this status, and a `Retry-After` of this time in whole seconds.
    Later(u16, Duration),
    /// The request is handled after this time.
    Delay(Duration),
    /// The provider does not answer until [`Idp::heal`](super::Idp::heal) or its own end. It then handles the
    /// request.
    Hang,
    /// This answer.
    Body {
        /// The HTTP status.
        status: u16,
        /// The value of `Content-Type`.
        content_type: String,
        /// The body.
        body: String,
    },
    /// A redirect with status 302 to this URL.
    Redirect(String),
    /// The connection is closed without an answer, and the request is not handled.
    Reset,
    /// The request is handled, and the connection is closed without an answer, as for a refresh whose answer is
    /// lost in the network.
    LoseAnswer,
    /// The request is handled, and the body of the answer arrives byte by byte, one byte in each interval.
    Drip(Duration),
    /// The request is handled, and this member of the JSON object in the answer has this value. With `None` the
    /// member is missing. An answer that is not a JSON object does not change.
    Member(String, Option<Value>),
}

impl Fault {
    /// An answer in which this member has this value, for example
    /// `Fault::member("token_type", "DPoP")`.
    pub fn member(name: &str, value: impl Into<Value>) -> Self {
        Self::Member(name.to_owned(), Some(value.into()))
    }

    /// An answer without this member.
    pub fn without_member(name: &str) -> Self {
        Self::Member(name.to_owned(), None)
    }
}

/// The faults that wait for their request.
#[derive(Default)]
pub(super) struct Faults {
    plans: Vec<Plan>,
    planned: u64,
    /// Notified at each healing, so that hanging requests go on.
    healed: watch::Sender<()>,
}

impl Faults {
    /// Plans a fault for the next request and returns its number.
    pub(super) fn plan(&mut self, endpoint: Endpoint, fault: Fault) -> u64 {
        self.planned += 1;
        self.plans.push(Plan { number: self.planned, endpoint, fault, left: Some(1) });
        self.planned
    }

    /// Takes the fault for a request to this endpoint. The one planned first comes first.
    pub(super) fn take(&mut self, endpoint: Endpoint) -> Option<Fault> {
        let at = self.plans.iter().position(|plan| plan.endpoint == endpoint)?;
        let fault = self.plans[at].fault.clone();
        if let Some(left) = &mut self.plans[at].left {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.plans.remove(at);
            }
        }
        Some(fault)
    }

    /// What a hanging request waits for: a healing later than this call.
    pub(super) fn healed(&self) -> watch::Receiver<()> {
        self.healed.subscribe()
    }

    pub(super) fn heal(&mut self) {
        self.plans.clear();
        self.healed.send_replace(());
    }

    /// Limits a planned fault to this many requests; `None` is no limit.
    pub(super) fn limit(&mut self, number: u64, left: Option<usize>) {
        if left == Some(0) {
            self.plans.retain(|plan| plan.number != number);
        } else if let Some(plan) = self.plans.iter_mut().find(|plan| plan.number == number) {
            plan.left = left;
        }
    }
}

struct Plan {
    number: u64,
    endpoint: Endpoint,
    fault: Fault,
    /// For how many requests; `None` is no limit.
    left: Option<usize>,
}
