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
/// A process is ready unless it can serve nobody: it has never got Logto's keys, or its sessions are in a
/// store that does not answer. Logto away with keys at hand is *degraded*: signed-in users are served all
/// the same, for a day with the defaults, so that a readiness probe must not take the process out of
/// service. A cookie session needs no store, and an API without sessions has none.
///
/// The parts are asked at the same time, for one second each at most, and no more than once in five
/// seconds: the answers in between are those of the last time.
///
/// As a guard it never refuses, and as the response of a handler it is `{"ready":true,"logto":"ok",
/// "keys":"ok","store":"ok"}`, with the status 200, or 503 if the process is not ready. No reason is in it,
/// because anybody may ask; log what [`Display`](fmt::Display) says. Do not use it for a liveness probe: a
/// restart does not bring Logto or the store back.
///
/// A Rocket on a port of its own, for the cluster alone, takes it as well, if it manages the [`Logto`](crate::Logto) of
/// the application.
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

/// How a part of [`Readiness`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Health {
    /// It answers.
    Ok,
    /// It does not answer, and users are served without it.
    Degraded {
        /// What happened, for the log.
        why: String,
    },
    /// It does not answer, and nobody can be served without it.
    Away {
        /// What happened, for the log.
        why: String,
    },
}

/// What was found out last, and when.
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

    /// Logto. It is asked for its discovery document.
    pub fn logto(&self) -> &Health {
        &self.logto
    }

    /// Logto's keys, by which tokens are verified. They are there from the first answer of Logto on.
    pub fn keys(&self) -> &Health {
        &self.keys
    }

    /// The session store, if sessions are in one.
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
    /// What was found out a moment ago, or what is found out now.
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

/// The answer of a part, or why there is none. The call goes on, so that it is told how it ends.
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
