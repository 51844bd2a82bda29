//! [`Readiness`]: whether this process can serve its users, part by part.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rocket::http::{ContentType, Status};
use rocket::response::{self, Responder};
use rocket::{Request, Response};
use serde::{Serialize, Serializer};
use tokio::sync::Mutex;

use crate::clock::Clock;
use crate::oidc::Issuer;

/// How long a part may take to answer.
const PART_TIMEOUT: Duration = Duration::from_secs(1);

/// How long the parts are not asked again.
const KEPT_FOR: Duration = Duration::from_secs(5);

/// Whether this process can serve its users, from [`Logto::ready()`](crate::Logto::ready) or as a guard.
///
/// A process is ready unless it can serve no user at all. That is the case if it has never received Logto's
/// keys, or if its sessions are in a store that does not answer. If Logto does not answer but the process has
/// the keys, the state is *degraded*. Signed-in users are then still served, for one day with the defaults, and
/// a readiness probe should not remove the process from service. Sessions in cookies and an API without
/// sessions need no store.
///
/// The parts are checked at the same time, each for at most one second, and at most once in five seconds. In
/// between, the result is that of the last check.
///
/// As a guard, `Readiness` never refuses. As the response of a handler it is
/// `{"ready":true,"logto":"ok","keys":"ok","store":"ok"}` with the status 200, or 503 if the process is not
/// ready. The response contains no reason, because anybody may request it. To see the reason, log the
/// [`Display`](fmt::Display) output. Do not use `Readiness` for a liveness probe, because a restart does not
/// make Logto or the store answer again.
///
/// A second Rocket, on a port for the cluster only, can use the guard too, if it manages the
/// [`Logto`](crate::Logto) of the application.
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::Readiness;
///
/// #[get("/readyz")]
/// fn ready(readiness: Readiness) -> Readiness {
///     readiness
/// }
///
/// #[get("/livez")]
/// fn alive() {}
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    logto: Health,
    keys: Health,
    store: Option<Health>,
}

/// The state of a part of [`Readiness`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Health {
    /// It answers.
    Ok,
    /// The part does not answer, but users can be served without it.
    Degraded {
        /// What happened, for the log.
        why: String,
    },
    /// The part does not answer, and no user can be served without it.
    Away {
        /// What happened, for the log.
        why: String,
    },
}

/// The last result, and its time.
#[derive(Default)]
pub(crate) struct LastReadiness(Mutex<Option<(Instant, Readiness)>>);

impl Readiness {
    pub(crate) fn new(logto: Health, keys: Health, store: Option<Health>) -> Self {
        Self { logto, keys, store }
    }

    /// Whether this process can serve its users.
    pub fn is_ready(&self) -> bool {
        [Some(&self.logto), Some(&self.keys), self.store.as_ref()]
            .into_iter()
            .flatten()
            .all(|part| !matches!(part, Health::Away { .. }))
    }

    /// The state of Logto. The check requests the discovery document.
    pub fn logto(&self) -> &Health {
        &self.logto
    }

    /// The state of Logto's keys, which verify tokens. The process has them from Logto's first answer on.
    pub fn keys(&self) -> &Health {
        &self.keys
    }

    /// The state of the session store, if sessions are in one.
    pub fn store(&self) -> Option<&Health> {
        self.store.as_ref()
    }
}

impl Health {
    /// How Logto is, and how its keys are.
    pub(crate) async fn of_issuer(issuer: &Arc<Issuer>) -> (Self, Self) {
        let (one, other) = (Arc::clone(issuer), Arc::clone(issuer));
        let answers = in_time(async move { one.answers().await });
        let keys = in_time(async move { other.ready().await });
        let (answers, keys) = tokio::join!(answers, keys);
        let has_keys = keys.is_ok();
        let logto = answers.map_or_else(
            |why| if has_keys { Self::Degraded { why } } else { Self::Away { why } },
            |()| Self::Ok,
        );
        (logto, Self::of(keys))
    }

    /// How the session store is, by the answer to a question.
    pub(crate) async fn of_store<E: fmt::Display + Send + 'static>(
        answer: impl Future<Output = Option<Result<(), E>>> + Send + 'static,
    ) -> Option<Self> {
        let answer = async { answer.await.transpose() };
        in_time(answer)
            .await
            .map_or_else(|why| Some(Self::Away { why }), |is| is.map(|()| Self::Ok))
    }

    fn of(answer: Result<(), String>) -> Self {
        answer.map_or_else(|why| Self::Away { why }, |()| Self::Ok)
    }

    /// `ok`, `degraded` or `away`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Degraded { .. } => "degraded",
            Self::Away { .. } => "away",
        }
    }
}

impl LastReadiness {
    /// The last result if it is recent, otherwise a new one.
    pub async fn get(&self, clock: &Clock, find: impl Future<Output = Readiness>) -> Readiness {
        let mut last = self.0.lock().await;
        let now = clock.instant();
        match last.as_ref() {
            Some((at, readiness)) if now.saturating_duration_since(*at) < KEPT_FOR => {
                readiness.clone()
            }
            _ => last.insert((now, find.await)).1.clone(),
        }
    }
}

/// The answer of a part, or why it did not come in time. The call continues, so that its result is still recorded.
async fn in_time<T, E>(
    answer: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, String>
where
    T: Send + 'static,
    E: fmt::Display + Send + 'static,
{
    match tokio::time::timeout(PART_TIMEOUT, tokio::spawn(answer)).await {
        Ok(Ok(answer)) => answer.map_err(|error| error.to_string()),
        Ok(Err(_)) => Err("the call was aborted".into()),
        Err(_) => Err(format!("no answer within {} s", PART_TIMEOUT.as_secs())),
    }
}

impl fmt::Display for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ready = if self.is_ready() { "ready" } else { "not ready" };
        write!(f, "{ready}; Logto: {}; keys: {}", self.logto, self.keys)?;
        self.store.as_ref().map_or(Ok(()), |store| write!(f, "; session store: {store}"))
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        match self {
            Self::Ok => Ok(()),
            Self::Degraded { why } | Self::Away { why } => write!(f, " ({why})"),
        }
    }
}

impl Serialize for Health {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for Readiness {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Parts<'r> {
            ready: bool,
            logto: &'r Health,
            keys: &'r Health,
            #[serde(skip_serializing_if = "Option::is_none")]
            store: Option<&'r Health>,
        }
        let Self { logto, keys, store } = self;
        Parts { ready: self.is_ready(), logto, keys, store: store.as_ref() }.serialize(serializer)
    }
}

impl<'r> Responder<'r, 'static> for Readiness {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let status = if self.is_ready() { Status::Ok } else { Status::ServiceUnavailable };
        let json = serde_json::to_string(&self).map_err(|_| Status::InternalServerError)?;
        Response::build_from((ContentType::JSON, json).respond_to(request)?)
            .status(status)
            .raw_header("Cache-Control", "no-store")
            .ok()
    }
}
