//! [`VerifiedToken`]: an access token that a program presents, once it is verified.

use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

use super::payload::check;
use super::secrets::AccessToken;
use crate::error::InvalidToken;
use crate::names::ORGANIZATION_AUDIENCE;
use crate::shown::shown;

/// An access token that Logto has signed and that has not expired, whoever it is for. Cheap to clone.
#[derive(Clone)]
pub struct VerifiedToken(Arc<Shared>);

struct Shared {
    token: Verified,
    /// `None` in it if they cannot be read.
    claims: OnceLock<Option<Map<String, Value>>>,
}

/// What such a token is, in parts.
pub(super) struct Verified {
    pub text: AccessToken,
    pub sub: String,
    pub client_id: String,
    pub audience: Vec<String>,
    pub organization_id: Option<String>,
    pub scopes: Vec<String>,
    /// In whole seconds since the Unix epoch.
    pub expires_at: u64,
    pub issued_at: Option<u64>,
    pub authenticated_at: Option<u64>,
    pub payload: Box<str>,
}

/// Who a token must be for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Recipient<'a> {
    /// An API resource, perhaps in an organization.
    Resource { uri: &'a str, organization: Option<&'a str> },
    /// An organization.
    Organization(&'a str),
    /// Any organization.
    AnyOrganization,
}

impl VerifiedToken {
    /// The token of these parts.
    pub(super) fn new(token: Verified) -> Self {
        Self(Arc::new(Shared { token, claims: OnceLock::new() }))
    }

    /// The token as it was sent.
    pub(crate) fn text(&self) -> &str {
        self.0.token.text.reveal()
    }

    pub(crate) fn sub(&self) -> &str {
        &self.0.token.sub
    }

    pub(crate) fn client_id(&self) -> &str {
        &self.0.token.client_id
    }

    pub(crate) fn audience(&self) -> &[String] {
        &self.0.token.audience
    }

    /// The organization in which it is for a resource, or that it is for itself.
    pub(crate) fn organization(&self) -> Option<&str> {
        let own =
            || self.0.token.audience.iter().find_map(|it| it.strip_prefix(ORGANIZATION_AUDIENCE));
        self.0.token.organization_id.as_deref().or_else(own)
    }

    pub(crate) fn scopes(&self) -> &[String] {
        &self.0.token.scopes
    }

    /// Whether an application got it for itself and not for a user.
    pub(crate) fn is_machines(&self) -> bool {
        self.0.token.sub == self.0.token.client_id
    }

    pub(crate) fn expires_at(&self) -> u64 {
        self.0.token.expires_at
    }

    pub(crate) fn issued_at(&self) -> Option<u64> {
        self.0.token.issued_at
    }

    /// When the user signed in at Logto, if the token says it.
    pub(crate) fn authenticated_at(&self) -> Option<u64> {
        self.0.token.authenticated_at
    }

    /// All claims, as the JSON that was signed.
    pub(crate) fn payload(&self) -> &str {
        &self.0.token.payload
    }

    /// Whether the claim at a path of member names exists, is not `null`, and `fits`. `None` if nothing
    /// is known, because the claims contain what no value can hold: half a surrogate pair, a number
    /// beyond all bounds, or too many lists in lists.
    pub(crate) fn claim(&self, path: &[&str], fits: impl Fn(&Value) -> bool) -> Option<bool> {
        let read = || serde_json::from_str(&self.0.token.payload).ok();
        let claims = self.0.claims.get_or_init(read).as_ref()?;
        let mut names = path.iter();
        let first = names.next().and_then(|name| claims.get(*name));
        let found = names.try_fold(first, |value, name| Some(value?.get(name))).flatten();
        Some(found.is_some_and(|value| !value.is_null() && fits(value)))
    }

    /// Checks who it is for. A token for an organization is for nobody who asks for none, and the
    /// reverse; one whose `aud` and `organization_id` name two organizations is for none.
    pub(crate) fn check_recipient(&self, recipient: Recipient<'_>) -> Result<(), InvalidToken> {
        let is_for = |audience: &str| self.0.token.audience.iter().any(|it| it == audience);
        let of = |id: &str| format!("{ORGANIZATION_AUDIENCE}{id}");
        let (right, wanted) = match recipient {
            Recipient::Resource { uri, organization } => {
                let within = self.0.token.organization_id.as_deref();
                if is_for(uri) && within != organization {
                    return check("organization_id", false, || match organization {
                        Some(organization) => format!("is not `{organization}`"),
                        None => "is present, but the token must be for the whole resource".into(),
                    });
                }
                let for_all = organization.is_some() || self.organization().is_none();
                (is_for(uri) && for_all, uri.to_owned())
            }
            Recipient::Organization(id) => {
                let audience = of(id);
                (is_for(&audience) && self.organization() == Some(id), audience)
            }
            Recipient::AnyOrganization => {
                let own = self.organization().filter(|id| !id.is_empty());
                (own.is_some_and(|id| is_for(&of(id))), of("…"))
            }
        };
        check("aud", right, || {
            format!("is `{}`, not `{wanted}`", shown(&self.0.token.audience.join(", ")))
        })
    }

    /// About as many bytes as it takes.
    pub(super) fn size(&self) -> usize {
        // Its parts repeat what is in the payload; once parsed, the claims take as much again.
        size_of::<Shared>() + self.text().len() + 4 * self.0.token.payload.len() + 500
    }

    /// The token, if it has not expired.
    pub(super) fn unexpired(&self, now: u64) -> Result<Self, InvalidToken> {
        let expires_at = self.0.token.expires_at;
        check("exp", now < expires_at, || format!("was {} s ago", now - expires_at))?;
        Ok(self.clone())
    }
}
