//! [`Webhook`]: what Logto reports.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::error::WebhookError;

/// The path of what the test button in Logto's console sends, and its ids.
const TEST_PATH: &str = "/fake-path/:id";
const TEST_ID: &str = "fake-id";

/// The most ids that a list of members has. Logto cuts longer ones without a sign.
const MAX_MEMBERS: usize = 5_000;

/// A webhook of Logto's with a verified signature, for the hook
/// [`on_webhook`](crate::LogtoFairing::on_webhook). A `Webhook` is cheap to clone.
///
/// ```
/// use logto_rocket::Logto;
///
/// Logto::fairing().on_webhook(|webhook| async move {
///     if let ("User.Deleted", Some(user)) = (webhook.event(), webhook.user_id()) {
///         println!("delete what there is of {user}");
///     }
/// });
/// ```
#[derive(Clone)]
pub struct Webhook(Arc<Shared>);

struct Shared {
    payload: String,
    read: Read,
}

/// What is read of it here.
#[derive(Default)]
struct Read {
    event: String,
    created_at: Option<SystemTime>,
    hook_id: Option<String>,
    user_id: Option<String>,
    application_id: Option<String>,
    is_test: bool,
    is_suspended: Option<bool>,
    sets_password: bool,
    members: Members,
}

/// The users that an event about the members of an organization names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Members {
    /// It names nobody, as with versions before 1.40.
    #[default]
    Unknown,
    These(Vec<String>),
    /// There may be more than it names.
    Cut,
}

/// The members of the JSON that are read. Users can write the others, above all `data`, but cannot prevent
/// these members from being read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Json<'j> {
    event: String,
    created_at: String,
    #[serde(borrow, default)]
    hook_id: Option<&'j RawValue>,
    #[serde(borrow, default)]
    path: Option<&'j RawValue>,
    #[serde(borrow, default)]
    matched_route: Option<&'j RawValue>,
    #[serde(borrow, default)]
    params: Option<&'j RawValue>,
    #[serde(borrow, default)]
    data: Option<&'j RawValue>,
    #[serde(borrow, default)]
    user_id: Option<&'j RawValue>,
    #[serde(borrow, default)]
    application_id: Option<&'j RawValue>,
    #[serde(borrow, default)]
    added_user_ids: Option<&'j RawValue>,
    #[serde(borrow, default)]
    removed_user_ids: Option<&'j RawValue>,
    #[serde(borrow, default)]
    added_application_ids: Option<&'j RawValue>,
    #[serde(borrow, default)]
    removed_application_ids: Option<&'j RawValue>,
}

#[derive(Deserialize)]
struct Params<'j> {
    #[serde(borrow, rename = "userId", default)]
    user_id: Option<&'j RawValue>,
}

#[derive(Deserialize)]
struct Data<'j> {
    #[serde(borrow, default)]
    id: Option<&'j RawValue>,
    #[serde(borrow, rename = "isSuspended", default)]
    is_suspended: Option<&'j RawValue>,
}

impl Webhook {
    /// Reads a body that is signed.
    pub(crate) fn read(body: Vec<u8>) -> Result<Self, WebhookError> {
        let payload = String::from_utf8(body)
            .map_err(|_| WebhookError::Unreadable("it is signed, but is not text"))?;
        let read = read(&payload)?;
        Ok(Self(Arc::new(Shared { payload, read })))
    }

    /// The name of the event, such as `User.Data.Updated`.
    pub fn event(&self) -> &str {
        &self.0.read.event
    }

    /// When the event happened, by Logto's clock. Events may arrive in another order.
    pub fn created_at(&self) -> SystemTime {
        self.0.read.created_at.unwrap_or(UNIX_EPOCH)
    }

    /// The id of the webhook at Logto that sent this.
    pub fn hook_id(&self) -> Option<&str> {
        self.0.read.hook_id.as_deref()
    }

    /// The id of the user whom the event concerns, if it concerns one. It never comes from a field that users
    /// can write. `data.id` of the payload can be such a field: if custom data was changed, `data` is the
    /// custom data itself.
    pub fn user_id(&self) -> Option<&str> {
        self.0.read.user_id.as_deref()
    }

    /// Whether the test button in Logto's console sent this webhook, so that no event happened.
    pub fn is_test(&self) -> bool {
        self.0.read.is_test
    }

    /// The JSON that Logto sent, byte for byte. Users can write many of its fields.
    pub fn payload(&self) -> &str {
        &self.0.payload
    }

    /// The payload as your own type.
    ///
    /// # Errors
    ///
    /// If it cannot be read as a `T`.
    pub fn payload_as<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.0.payload)
    }

    /// When it happened, in whole seconds since the Unix epoch by Logto's clock.
    pub(crate) fn seconds(&self) -> u64 {
        self.created_at().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }

    pub(super) fn application_id(&self) -> Option<&str> {
        self.0.read.application_id.as_deref()
    }

    /// Whether the user is suspended now; `None` if it does not say.
    pub(super) fn is_suspended(&self) -> Option<bool> {
        self.0.read.is_suspended
    }

    /// Whether an administrator has set the user's password.
    pub(super) fn sets_password(&self) -> bool {
        self.0.read.sets_password
    }

    pub(super) fn members(&self) -> &Members {
        &self.0.read.members
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("event", &self.event())
            .field("created_at", &self.created_at())
            .field("user_id", &self.user_id())
            .finish_non_exhaustive()
    }
}

fn read(payload: &str) -> Result<Read, WebhookError> {
    let json: Json<'_> = serde_json::from_str(payload).map_err(|_| {
        WebhookError::Unreadable("it is signed, but is not JSON with `event` and `createdAt`")
    })?;
    let created_at = humantime::parse_rfc3339(&json.created_at)
        .map_err(|_| WebhookError::Unreadable("it is signed, but its `createdAt` is not a time"))?;
    let path = json.path.and_then(text);
    let route = json.matched_route.and_then(text).or_else(|| path.clone()).unwrap_or_default();
    let of_route = json.params.and_then(parsed::<Params<'_>>).and_then(|it| it.user_id);
    let own = json.user_id.and_then(id);
    let data = json.data.and_then(parsed::<Data<'_>>);
    // At other routes `data` may be what a user has written, with any `id`.
    let is_a_user = json.event.starts_with("User.") && matches!(&*route, "" | "/users");
    let in_data = || data.as_ref().filter(|_| is_a_user).and_then(|data| data.id).and_then(id);
    let is_test = path.as_deref() == Some(TEST_PATH) || own.as_deref() == Some(TEST_ID);
    let user_id = of_route.and_then(id).or_else(|| own.clone()).or_else(in_data);
    Ok(Read {
        is_suspended: data.as_ref().and_then(|data| data.is_suspended).and_then(parsed::<bool>),
        sets_password: route == "/users/:userId/password",
        members: members(&json),
        hook_id: json.hook_id.and_then(id),
        application_id: json.application_id.and_then(id),
        created_at: Some(created_at),
        event: json.event,
        user_id,
        is_test,
    })
}

fn members(json: &Json<'_>) -> Members {
    let lists = [json.added_user_ids, json.removed_user_ids];
    let of_applications = [json.added_application_ids, json.removed_application_ids];
    if lists.iter().chain(&of_applications).all(Option::is_none) {
        return Members::Unknown;
    }
    let mut all = Vec::new();
    for list in lists.into_iter().flatten() {
        match parsed::<Vec<String>>(list) {
            Some(ids) if ids.len() < MAX_MEMBERS => all.extend(ids),
            _ => return Members::Cut,
        }
    }
    all.sort_unstable();
    all.dedup();
    Members::These(all)
}

fn parsed<'j, T: Deserialize<'j>>(json: &'j RawValue) -> Option<T> {
    serde_json::from_str(json.get()).ok()
}

fn text(json: &RawValue) -> Option<String> {
    parsed(json)
}

/// An id as Logto makes them; those of users are the `sub` of tokens.
fn id(json: &RawValue) -> Option<String> {
    text(json).filter(|id| (1..=255).contains(&id.len()))
}
