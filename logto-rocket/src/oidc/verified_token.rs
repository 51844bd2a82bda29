//! [`VerifiedToken`]: an access token that a program presents, once it is verified.

use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

use super::payload::check;
use super::secrets::AccessToken;
use crate::error::InvalidToken;
use crate::names::ORGANIZATION_AUDIENCE;
use crate::shown::shown;

/// An access token that Logto has signed and that has not expired, whatever its audience. Cheap to clone.
#[derive(Clone)]
pub struct VerifiedToken(Arc<Shared>);

struct Shared {
    token: Verified,
    /// `Some(None)` if the claims cannot be parsed.
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

/// The audience that a token must have.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RequiredAudience<'a> {
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

    /// The organization to which the token is limited: that of `organization_id`, or that of the audience.
    pub(crate) fn organization(&self) -> Option<&str> {
        let own =
            || self.0.token.audience.iter().find_map(|it| it.strip_prefix(ORGANIZATION_AUDIENCE));
        self.0.token.organization_id.as_deref().or_else(own)
    }

    pub(crate) fn scopes(&self) -> &[String] {
        &self.0.token.scopes
    }

    /// Whether an application got the token by the client credentials grant, and no user is involved.
    pub(crate) fn is_machines(&self) -> bool {
        self.0.token.sub == self.0.token.client_id
    }

    pub(crate) fn expires_at(&self) -> u64 {
        self.0.token.expires_at
    }

    pub(crate) fn issued_at(&self) -> Option<u64> {
        self.0.token.issued_at
    }

    /// When the user signed in at Logto, if the token has `auth_time`.
    pub(crate) fn authenticated_at(&self) -> Option<u64> {
        self.0.token.authenticated_at
    }

    /// All claims: the payload of the JWT, as JSON.
    pub(crate) fn payload(&self) -> &str {
        &self.0.token.payload
    }

    /// Whether the claim at a path of member names exists, is not `null`, and `fits`. The result is `None` if
    /// `fits` returns `None`, if a claim has the whole path as its name, or if the claims cannot be parsed,
    /// because they contain half of a surrogate pair, a number beyond the range of `f64`, or too many nested
    /// lists.
    pub(crate) fn claim(
        &self,
        path: &[&str],
        fits: impl Fn(&Value) -> Option<bool>,
    ) -> Option<bool> {
        let read = || serde_json::from_str(&self.0.token.payload).ok();
        let claims = self.0.claims.get_or_init(read).as_ref()?;
        let mut names = path.iter();
        let first = names.next().and_then(|name| claims.get(*name));
        let found = names.try_fold(first, |value, name| Some(value?.get(name))).flatten();
        match found.filter(|value| !value.is_null()) {
            Some(value) => fits(value),
            None => (path.len() < 2 || !claims.contains_key(&path.join("."))).then_some(false),
        }
    }

    /// Checks the audience. A token that is limited to an organization is accepted only if this organization
    /// is required, and a token without an organization only if none is required. If `aud` and
    /// `organization_id` name two different organizations, the token is accepted nowhere.
    pub(crate) fn check_audience(
        &self,
        required: RequiredAudience<'_>,
    ) -> Result<(), InvalidToken> {
        let is_for = |audience: &str| self.0.token.audience.iter().any(|it| it == audience);
        let of = |id: &str| format!("{ORGANIZATION_AUDIENCE}{id}");
        let (right, wanted) = match required {
            RequiredAudience::Resource { uri, organization } => {
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
            RequiredAudience::Organization(id) => {
                let audience = of(id);
                (is_for(&audience) && self.organization() == Some(id), audience)
            }
            RequiredAudience::AnyOrganization => {
                let own = self.organization().filter(|id| !id.is_empty());
                (own.is_some_and(|id| is_for(&of(id))), of("…"))
            }
        };
        check("aud", right, || {
            format!("is `{}`, not `{wanted}`", shown(&self.0.token.audience.join(", ")))
        })
    }

    /// The approximate size of the token in memory, in bytes.
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
