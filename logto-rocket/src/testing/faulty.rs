use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::uri::Origin;
use rocket::tokio::io::{AsyncRead, ReadBuf};
use rocket::tokio::time::{Sleep, sleep};
use rocket::{Data, Request, Response};

use super::answer::Answer;
use super::params::Params;
use super::routes::{Form, Query, Shared, query, record_at};
use super::{Endpoint, Fault};

/// Where a request is led whose answer is a fault.
const FAULTY: &str = "/faulty";

/// Makes happen what [`Idp::fault`](super::Idp::fault) planned.
pub(super) struct Faulty(pub(super) Shared);

/// Which door a request came to, and the fault that it met there.
pub(super) struct Arrival {
    pub(super) endpoint: Option<Endpoint>,
    fault: Option<Fault>,
}

impl Arrival {
    pub(super) fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(|| Self { endpoint: None, fault: None })
    }
}

#[rocket::async_trait]
impl Fairing for Faulty {
    fn info(&self) -> Info {
        Info { name: "Planned faults", kind: Kind::Request | Kind::Response }
    }

    async fn on_request(&self, request: &mut Request<'_>, data: &mut Data<'_>) {
        let endpoint = Endpoint::at(request.uri().path().as_str());
        let fault = endpoint.and_then(|endpoint| self.0.lock().faults.meet(endpoint));
        request.local_cache(|| Arrival { endpoint, fault: fault.clone() });
        match fault {
            Some(Fault::Delay(time)) => sleep(time).await,
            Some(Fault::Hang) => {
                let healed = self.0.lock().faults.healed();
                let shutdown = request.rocket().shutdown();
                rocket::tokio::select! {
                    () = healed.notified() => {}
                    () = shutdown => {}
                }
            }
            Some(Fault::Status(_) | Fault::Body { .. } | Fault::Redirect(_)) => {
                let query = request.uri().query().map(|query| format!("?{query}"));
                let led = format!("{FAULTY}{}", query.unwrap_or_default());
                if let Ok(uri) = Origin::parse_owned(led) {
                    request.set_uri(uri);
                }
            }
            Some(Fault::Reset) => {
                let mut params = query(request);
                let form = String::from_utf8_lossy(data.peek(512).await).into_owned();
                params.extend(Params::urlencoded(&form));
                if let Some(endpoint) = endpoint {
                    record_at(&self.0, endpoint, request.method().as_str(), params);
                }
                close_connection();
            }
            _ => {}
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        match Arrival::of(request).fault {
            Some(Fault::LoseAnswer) => close_connection(),
            Some(Fault::Drip(interval)) => {
                let body = response.body_mut().to_bytes().await.unwrap_or_default();
                response.set_streamed_body(Drip { body: body.into_iter(), interval, pause: None });
            }
            _ => {}
        }
    }
}

#[rocket::get("/faulty")]
pub(super) fn at_get(_query: Query, fault: Met) -> Answer {
    fault.answer()
}

#[rocket::post("/faulty", data = "<_form>")]
pub(super) fn at_post(_form: Form, fault: Met) -> Answer {
    fault.answer()
}

/// The fault that is the answer to this request.
pub(super) struct Met(Option<Fault>);

impl Met {
    fn answer(self) -> Answer {
        match self.0 {
            Some(Fault::Status(status)) => Answer::empty(status),
            Some(Fault::Redirect(url)) => Answer::empty(302).with("Location", url),
            Some(Fault::Body { status, content_type, body }) => {
                let mut answer = Answer::empty(status).with("Content-Type", content_type);
                answer.body = body;
                answer
            }
            _ => Answer::empty(404),
        }
    }
}

#[rocket::async_trait]
impl<'r> rocket::request::FromRequest<'r> for Met {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> rocket::request::Outcome<Self, Self::Error> {
        rocket::outcome::Outcome::Success(Self(Arrival::of(request).fault.clone()))
    }
}

/// Ends the task that was to answer, and with it the connection. Rocket runs request and response
/// fairings outside its net for panics, and `resume_unwind` prints nothing.
fn close_connection() -> ! {
    std::panic::resume_unwind(Box::new("the planned fault closes the connection"))
}

/// A body that comes byte by byte.
struct Drip {
    body: std::vec::IntoIter<u8>,
    interval: Duration,
    pause: Option<Pin<Box<Sleep>>>,
}

impl AsyncRead for Drip {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let drip = self.get_mut();
        let interval = drip.interval;
        let pause = drip.pause.get_or_insert_with(|| Box::pin(sleep(interval)));
        ready!(pause.as_mut().poll(context));
        drip.pause = None;
        if let Some(byte) = drip.body.next() {
            buffer.put_slice(&[byte]);
        }
        Poll::Ready(Ok(()))
    }
}
