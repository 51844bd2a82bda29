use std::future::Future as _;
use std::io::{self, Cursor};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Header;
use rocket::http::uri::{Host, Origin};
use rocket::tokio::io::{AsyncRead, ReadBuf};
use rocket::tokio::time::{Sleep, sleep};
use rocket::{Data, Request, Response};
use serde_json::{Map, Value};

use super::answer::Answer;
use super::arrival::Arrival;
use super::faults::Fault;
use super::input::{Form, Query, query};
use super::params::Params;
use super::requests::Endpoint;
use super::shared::Shared;
use super::state::random;

/// Where a request is led whose answer is a fault.
const FAULTY: &str = "/faulty";

/// Node, on which Logto runs, answers 431 with an empty body once the head is larger.
const LARGEST_HEAD: usize = 16 * 1024;

/// Logs each request to an endpoint, and carries out the fault that
/// [`Idp::fault`](super::Idp::fault) planned for it.
pub(super) struct Faulty(pub(super) Shared);

#[rocket::async_trait]
impl Fairing for Faulty {
    fn info(&self) -> Info {
        Info { name: "Arrivals and planned faults", kind: Kind::Request | Kind::Response }
    }

    async fn on_request(&self, request: &mut Request<'_>, data: &mut Data<'_>) {
        if head_size(request) > LARGEST_HEAD {
            request.local_cache(|| Arrival { number: None, fault: Some(Fault::Status(431)) });
            return lead_to_fault(request);
        }
        if !is_of_this_machine(request.host()) {
            request.local_cache(|| Arrival { number: None, fault: Some(Fault::Status(421)) });
            return lead_to_fault(request);
        }
        let Some(endpoint) = Endpoint::at(request.uri().path().as_str()) else { return };
        let mut params = query(request);
        if request.content_type().is_some_and(|kind| kind.is_form()) {
            // The beginning of the form; the route completes it when it reads the body.
            params.extend(Params::urlencoded(&String::from_utf8_lossy(data.peek(512).await)));
        }
        let (number, fault, mut healed) = {
            let mut state = self.0.lock();
            let number = state.requests.add(endpoint, request.method().as_str(), params);
            (Some(number), state.faults.take(endpoint), state.faults.healed())
        };
        request.local_cache(|| Arrival { number, fault: fault.clone() });
        match fault {
            Some(Fault::Delay(time)) => sleep(time).await,
            Some(Fault::Hang) => {
                let shutdown = request.rocket().shutdown();
                rocket::tokio::select! {
                    _ = healed.changed() => {}
                    () = shutdown => {}
                }
            }
            Some(Fault::Status(_) | Fault::Later(..) | Fault::Body { .. } | Fault::Redirect(_)) => {
                lead_to_fault(request);
            }
            Some(Fault::Reset) => close_connection(),
            _ => {}
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let mut id = random();
        id.truncate(16);
        response.set_header(Header::new("Logto-Core-Request-Id", id));
        self.0.lock().keep();
        match &Arrival::of(request).fault {
            Some(Fault::LoseAnswer) => close_connection(),
            Some(Fault::Drip(interval)) => {
                let body = response.body_mut().to_bytes().await.unwrap_or_default();
                let (body, interval) = (body.into_iter(), *interval);
                response.set_streamed_body(Drip { body, interval, pause: None });
            }
            Some(Fault::Member(name, value)) => {
                let body = response.body_mut().to_bytes().await.unwrap_or_default();
                let body = with_member(body, name, value.as_ref());
                response.set_sized_body(body.len(), Cursor::new(body));
            }
            _ => {}
        }
    }
}

#[rocket::get("/faulty")]
pub(super) fn at_get(_query: Query, fault: FaultAnswer) -> Answer {
    fault.answer()
}

#[rocket::post("/faulty", data = "<_form>")]
pub(super) fn at_post(_form: Form, fault: FaultAnswer) -> Answer {
    fault.answer()
}

/// The fault that is the answer to this request.
pub(super) struct FaultAnswer(Option<Fault>);

impl FaultAnswer {
    fn answer(self) -> Answer {
        match self.0 {
            Some(Fault::Status(status)) => Answer::empty(status),
            Some(Fault::Later(status, wait)) => {
                Answer::empty(status).with("Retry-After", wait.as_secs().to_string())
            }
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
impl<'r> rocket::request::FromRequest<'r> for FaultAnswer {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> rocket::request::Outcome<Self, Self::Error> {
        rocket::outcome::Outcome::Success(Self(Arrival::of(request).fault.clone()))
    }
}

/// A JSON object with this value in the place of a member, or without it.
fn with_member(body: Vec<u8>, name: &str, value: Option<&Value>) -> Vec<u8> {
    let Ok(mut members) = serde_json::from_slice::<Map<String, Value>>(&body) else { return body };
    match value {
        Some(value) => members.insert(name.to_owned(), value.clone()),
        None => members.remove(name),
    };
    Value::from(members).to_string().into_bytes()
}

/// Leads a request to the routes below, whatever its path was.
fn lead_to_fault(request: &mut Request<'_>) {
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    if let Ok(uri) = Origin::parse_owned(format!("{FAULTY}{query}")) {
        request.set_uri(uri);
    }
}

/// Whether the request names this machine as its host. If another name leads here, a page on the network may
/// have been given that name, so that its scripts can read the responses (DNS rebinding).
fn is_of_this_machine(host: Option<&Host<'_>>) -> bool {
    let name = host.map(|host| host.domain().as_str());
    name.is_some_and(|name| name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost"))
}

/// The bytes of the request line and the headers, roughly.
fn head_size(request: &Request<'_>) -> usize {
    let uri = request.uri();
    let line = uri.path().as_str().len() + uri.query().map_or(0, |query| query.as_str().len());
    let headers = request.headers().iter();
    line + headers
        .map(|header| header.name().as_str().len() + header.value().len() + 4)
        .sum::<usize>()
}

/// Ends the task that was to answer, and with it the connection. Rocket does not catch panics of request and
/// response fairings, and `resume_unwind` prints nothing.
fn close_connection() -> ! {
    std::panic::resume_unwind(Box::new("the planned fault closes the connection"))
}

/// A body that is sent byte by byte.
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
