//! [`ResourceServer`]: this application as an API that programs call with access tokens.

mod ended_subjects;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use rocket::{Phase, Rocket};
use serde::Serialize;
use url::Url;

use self::ended_subjects::EndedSubjects;
use crate::config::ResourceMetadata;
use crate::diagnose::{Case, Doctor};
use crate::error::{Error, InvalidToken};
use crate::events::{Event, Events};
use crate::oidc::{Issuer, VerifiedToken};
use crate::readiness::{Health, LastReadiness, Readiness};
use crate::warnings::Warnings;

/// Where the metadata of protected resources is ([RFC 9728, section
/// 3](https://www.rfc-editor.org/rfc/rfc9728#section-3)).
pub(crate) const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// API resources, each with the scopes that routes name.
type Resources = BTreeMap<Cow<'static, str>, BTreeSet<Cow<'static, str>>>;

/// This application as an API that programs call with access tokens.
pub(crate) struct ResourceServer {
    issuer: Arc<Issuer>,
    events: Arc<Events>,
    settings: ResourceMetadata,
    /// The API resources of mounted routes, each with the scopes that they name.
    resources: RwLock<Resources>,
    ended: EndedSubjects,
    warnings: Warnings,
    readiness: LastReadiness,
    doctor: Arc<Doctor>,
}

/// The metadata of a protected resource
/// ([RFC 9728, section 2](https://www.rfc-editor.org/rfc/rfc9728#section-2)).
#[derive(Serialize)]
pub(crate) struct Metadata<'m> {
    resource: &'m str,
    authorization_servers: [&'m str; 1],
    scopes_supported: Vec<&'m str>,
    bearer_methods_supported: [&'static str; 1],
}

impl ResourceServer {
    pub fn new(issuer: Arc<Issuer>, events: Arc<Events>, settings: ResourceMetadata) -> Self {
        let (resources, warnings) = (RwLock::default(), Warnings::default());
        let (ended, readiness) = (EndedSubjects::default(), LastReadiness::default());
        let doctor = Doctor::new(issuer.clock().clone());
        Self { issuer, events, settings, resources, ended, warnings, readiness, doctor }
    }

    /// Whether this process can verify access tokens, as it was found out a moment ago at most.
    pub async fn readiness(&self) -> Readiness {
        let find = async {
            let (logto, keys) = Health::of_issuer(&self.issuer).await;
            Readiness::new(logto, keys, None)
        };
        self.readiness.get(self.issuer.clock(), Box::pin(find)).await
    }

    pub fn doctor(&self) -> &Arc<Doctor> {
        &self.doctor
    }

    /// The input of a diagnosis: only the issuer.
    pub fn case(&self) -> Case {
        Case { issuer: Arc::clone(&self.issuer), application: None }
    }

    /// The one that is attached to a Rocket, if one is.
    pub fn of<P: Phase>(rocket: &Rocket<P>) -> Option<&Self> {
        rocket.state::<Self>()
    }

    pub fn issuer(&self) -> &Arc<Issuer> {
        &self.issuer
    }

    /// Logs an event and hands it to the application's `on_event`.
    pub fn emit(&self, event: &Event) {
        self.events.emit(event);
    }

    /// Verifies a token that a program presents, for any audience.
    pub async fn verify(&self, token: &str) -> Result<VerifiedToken, Error> {
        let token = self.issuer.verify_access_token(token).await?;
        if self.ended.has_ended(token.sub(), token.issued_at()) {
            let why =
                "is a user whose older access tokens have ended, as Logto has reported".into();
            return Err(InvalidToken::Claim { name: "sub", why }.into());
        }
        Ok(token)
    }

    /// Refuses the access tokens of a user from now on that Logto issued at `at_logto` or earlier, in
    /// seconds since the Unix epoch by its own clock.
    pub fn end_tokens(&self, sub: &str, at_logto: u64) {
        self.ended.end(sub, at_logto, self.issuer.clock().now());
    }

    /// Logs once what a program must do that presents an opaque token.
    pub fn warn_of_opaque_tokens(&self) {
        self.warnings.once("token", "opaque", || {
            "A program presented an access token that is not a JWT. Logto issues such tokens for \
             user info only, not for APIs, so they are refused. The program must ask Logto for a token for the \
             API resource (the parameter `resource`)."
                .into()
        });
    }

    /// Logs once what to mend where a guard asks for a session, and this application has none.
    pub fn tell_of_missing_sessions(&self) {
        self.warnings.error_once("guard", "session", || {
            "A guard asked for the signed-in user, but `Logto::resource_server()` has no \
             sessions, so each such request gets 500. Attach `Logto::fairing()` instead, or \
             require `bearer` and ask for `Bearer<R>`."
                .into()
        });
    }

    /// Notes an API resource of a mounted route, with the scopes that its requirement names.
    pub fn declare<S: Into<Cow<'static, str>>>(
        &self,
        resource: S,
        scopes: impl IntoIterator<Item = S>,
    ) {
        let mut resources = self.resources.write().unwrap_or_else(PoisonError::into_inner);
        resources.entry(resource.into()).or_default().extend(scopes.into_iter().map(Into::into));
    }

    /// The API resources of mounted routes.
    pub fn resources(&self) -> Vec<Cow<'static, str>> {
        self.resources.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    /// The addresses of the metadata of API resources of mounted routes, where it is served.
    pub fn metadata_urls(&self) -> Vec<String> {
        let resources = self.resources.read().unwrap_or_else(PoisonError::into_inner);
        resources.keys().filter_map(|it| self.url_among(&resources, it)).collect()
    }

    /// The API resources of mounted routes that share the address of their metadata, which is therefore
    /// not served.
    pub fn without_metadata(&self) -> Vec<Cow<'static, str>> {
        let resources = self.resources.read().unwrap_or_else(PoisonError::into_inner);
        let clash = |it: &&Cow<'static, str>| {
            self.settings.is_served
                && path(it).is_some()
                && self.url_among(&resources, it).is_none()
        };
        resources.keys().filter(clash).cloned().collect()
    }

    /// The address of the metadata of an API resource, if it is served.
    pub fn metadata_url(&self, resource: &str) -> Option<String> {
        let resources = self.resources.read().unwrap_or_else(PoisonError::into_inner);
        self.url_among(&resources, resource)
    }

    /// The metadata at a path as JSON, if there is any.
    pub fn metadata_at(&self, path: &str) -> Option<String> {
        let resources = self.resources.read().unwrap_or_else(PoisonError::into_inner);
        let (resource, scopes) = match resources.first_key_value() {
            // Behind a proxy the application need not know the address of its only resource.
            Some(sole) if resources.len() == 1 && self.settings.is_served && path == WELL_KNOWN => {
                sole
            }
            _ => resources.iter().find(|(resource, _)| {
                self::path(resource).as_deref() == Some(path)
                    && self.url_among(&resources, resource).is_some()
            })?,
        };
        let scopes_supported = match &self.settings.scopes {
            Some(scopes) => scopes.iter().map(String::as_str).collect(),
            None => scopes.iter().map(AsRef::as_ref).collect(),
        };
        let metadata = Metadata {
            resource,
            authorization_servers: [self.issuer.identifier()],
            scopes_supported,
            bearer_methods_supported: ["header"],
        };
        serde_json::to_string(&metadata).ok()
    }

    /// The URL of the metadata of one of these resources. It is made from the resource's identifier, and not
    /// from `Host`, which any client can choose. The result is `None` if another resource has the same path.
    fn url_among(&self, resources: &Resources, resource: &str) -> Option<String> {
        let path = path(resource).filter(|_| self.settings.is_served)?;
        if resources.keys().filter(|it| self::path(it).as_ref() == Some(&path)).count() != 1 {
            return None;
        }
        let mut url = Url::parse(resource).ok()?;
        url.set_path(&path);
        Some(url.into())
    }
}

/// The path of the metadata of an API resource. The result is `None` if its identifier is not a web address,
/// or has a query, because the metadata would depend on the query.
fn path(resource: &str) -> Option<String> {
    let url = Url::parse(resource).ok()?;
    let is_web = matches!(url.scheme(), "https" | "http") && url.query().is_none();
    is_web.then(|| format!("{WELL_KNOWN}{}", if url.path() == "/" { "" } else { url.path() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_resource_stands_behind_the_well_known_one() {
        for (resource, expected) in [
            ("https://api.example.com", Some("")),
            ("https://api.example.com/", Some("")),
            ("https://api.example.com/orders", Some("/orders")),
            ("http://localhost:8000/v1/orders/", Some("/v1/orders/")),
            ("https://api.example.com/orders?v=1", None),
            ("urn:example:orders", None),
        ] {
            let expected = expected.map(|path| format!("{WELL_KNOWN}{path}"));
            assert_eq!(path(resource), expected, "{resource}");
        }
    }
}
