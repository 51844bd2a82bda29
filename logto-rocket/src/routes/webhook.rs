//! `POST webhook`: where Logto reports what happened to users, roles and organizations.

use std::sync::Arc;

use rocket::data::ToByteUnit;
use rocket::http::{Header, Method, Status};
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request, Response, Route};

use crate::client::Client;
use crate::error::Error;
use crate::events::{EndCause, Event};
use crate::resource_server::ResourceServer;
use crate::session::Sessions;
use crate::task::SharedTask;
use crate::webhook::{
    Effect, MAX_LENGTH, Receiver, Rules, Signature, SigningKeys, Webhook, WebhookError, read,
};

/// The header with the signature.
const SIGNATURE: &str = "logto-signature-sha-256";

/// Receives webhooks.
#[derive(Clone)]
struct Receive;

/// The route by its name, to be mounted under `base`.
pub(crate) fn webhook(name: &str) -> Vec<Route> {
    let mut route = Route::new(Method::Post, &format!("/{name}"), Receive);
    route.name = Some("logto".into());
    vec![route]
}

#[rocket::async_trait]
impl Handler for Receive {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let rocket = request.rocket();
        let (Some(receiver), Some(server)) =
            (rocket.state::<Receiver>(), ResourceServer::of(rocket))
        else {
            return Outcome::Error(Status::InternalServerError);
        };
        let client = Client::of(rocket);
        let outcome = match admitted(request) {
            // In a box, because it is large and most refused requests do not come here.
            Ok((signature, length)) => {
                Box::pin(receive(receiver, server, client, signature, length, data)).await
            }
            Err(error) => Err(error),
        };
        Outcome::Success(match outcome {
            Ok(()) => Response::build().status(Status::NoContent).finalize(),
            Err(error) => {
                if let (WebhookError::Busy, Some(client)) = (&error, client) {
                    client.sessions().in_doubt();
                }
                let response = refusal(&error);
                server.emit(&Event::WebhookRefused { error });
                response
            }
        })
    }
}

/// What a request says of its body that may be read: its signature and its length.
fn admitted(request: &Request<'_>) -> Result<(Signature, usize), WebhookError> {
    let mut signatures = request.headers().get(SIGNATURE);
    let signature = match (signatures.next(), signatures.next()) {
        (Some(signature), None) => Signature::read(signature),
        _ => None,
    };
    let signature = signature.ok_or(WebhookError::NoSignature)?;
    let length = request.headers().get_one("Content-Length").ok_or(WebhookError::NoLength)?;
    let length = length.parse().map_err(|_| WebhookError::TooLong)?;
    if length > MAX_LENGTH { Err(WebhookError::TooLong) } else { Ok((signature, length)) }
}

async fn receive(
    receiver: &Receiver,
    server: &ResourceServer,
    client: Option<&Arc<Client>>,
    signature: Signature,
    length: usize,
    data: Data<'_>,
) -> Result<(), WebhookError> {
    let webhook = verified(receiver, signature, length, data).await?;
    let rules = Rules {
        app_id: client.map(|client| client.settings().app_id.as_str()),
        end_on_password_reset: receiver.settings.end_on_password_reset,
    };
    let effect = Effect::of(&webhook, rules);
    let carried_out = carry_out(server, client, &effect, webhook.seconds()).await;
    let (event, sub) = (webhook.event().to_owned(), webhook.user_id().map(ToOwned::to_owned));
    server.emit(&Event::WebhookReceived { event, sub });
    if let Some(hook) = &receiver.hook {
        // Logto does not wait for what the application does with it.
        tokio::spawn(hook(webhook));
    }
    carried_out.map_err(WebhookError::Unavailable)
}

async fn verified(
    receiver: &Receiver,
    signature: Signature,
    length: usize,
    data: Data<'_>,
) -> Result<Webhook, WebhookError> {
    let keys: &SigningKeys = &receiver.settings.keys;
    let (mut verification, mut share) = (keys.verify(signature), receiver.budget.share());
    let body = read(data.open(length.bytes()), length, &mut verification, &mut share).await?;
    if !verification.finish() {
        return Err(WebhookError::WrongSignature);
    }
    Webhook::read(body)
}

/// Does what follows, with which `at` is compared, the time by Logto's clock.
async fn carry_out(
    server: &ResourceServer,
    client: Option<&Arc<Client>>,
    effect: &Effect,
    at: u64,
) -> Result<(), Error> {
    if let Effect::End(sub) = effect {
        server.end_tokens(sub, at);
    }
    let Some(client) = client else { return Ok(()) };
    let sessions = client.sessions();
    match effect {
        Effect::Nothing => {}
        Effect::Confirm(subs) => subs.iter().for_each(|sub| sessions.changed(sub, at)),
        Effect::ConfirmAll => sessions.all_changed(at),
        Effect::End(sub) => {
            // It is completed even if Logto no longer waits for it.
            let (sessions, sub) = (Arc::clone(sessions), sub.clone());
            let work = SharedTask::spawn(async move { end(&sessions, &sub, at).await });
            return work.result().await.unwrap_or_else(|| Err(aborted()));
        }
    }
    Ok(())
}

async fn end(sessions: &Arc<Sessions>, sub: &str, at: u64) -> Result<(), Error> {
    let over = sessions.end_at_logto(sub, at, EndCause::Webhook).await?;
    // After a change of the password refresh tokens go on at Logto. The response does not wait for their
    // revocation.
    let sessions = Arc::clone(sessions);
    tokio::spawn(async move { sessions.revoke(over).await });
    Ok(())
}

/// A refusal without a reason: Logto shows the body to its administrators, and anybody else gets it.
fn refusal(error: &WebhookError) -> Response<'static> {
    let status = error.status();
    let mut response = Response::build();
    response.status(Status::new(status));
    match status {
        // HTTP demands a challenge.
        401 => response.header(Header::new("WWW-Authenticate", "Logto-Signature-SHA-256")),
        503 => response.header(Header::new("Retry-After", "1")),
        _ => &mut response,
    };
    response.finalize()
}

fn aborted() -> Error {
    Error::Store { why: "the end of the sessions was aborted".into() }
}
