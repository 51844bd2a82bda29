//! [`Case`]: what a diagnosis looks at.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::Url;

use super::listening::Listening;
use super::site::Site;
use crate::oidc::{Issuer, Oidc};
use crate::session::Sessions;

/// The input of a diagnosis.
pub(crate) struct Case {
    pub issuer: Arc<Issuer>,
    /// `None` of an API, at which nobody signs in.
    pub application: Option<Application>,
}

/// An application at which users sign in.
pub(crate) struct Application {
    pub oidc: Arc<Oidc>,
    /// The addresses to register, for each host; at least one.
    pub addresses: Vec<Addresses>,
    /// The scopes that sign-ins ask for.
    pub scopes: Vec<String>,
    /// The API resources that sign-ins ask for.
    pub resources: Vec<String>,
    pub sessions: Arc<Sessions>,
    pub site: Site,
}

/// The addresses of one host to register at Logto.
pub(crate) struct Addresses {
    pub redirect_uri: Url,
    pub post_sign_out_uri: Url,
}

impl Application {
    /// The cure for a URI that is missing in this list of Logto's console.
    pub(super) fn registration(&self, list: &str) -> String {
        let issuer = self.oidc.issuer();
        let key = issuer.key(self.site.key);
        let correct = if issuer.is_given(self.site.key) {
            format!("correct {key}, with which the URI begins")
        } else {
            format!(
                "start the site at the port that is registered (`port` in Rocket.toml, or ROCKET_PORT), \
                 because without {key} the URI has the port of Rocket"
            )
        };
        let app_id = self.oidc.app_id();
        format!(
            "add it, byte for byte, to the {list} of the application `{app_id}` in Logto's console; or \
             {correct}"
        )
    }

    /// How to find out whether a URI is in this list of Logto's console.
    pub(super) fn comparison(&self, list: &str) -> String {
        let app_id = self.oidc.app_id();
        format!(
            "compare it, byte for byte, with the {list} of the application `{app_id}` in Logto's console"
        )
    }

    /// How to find out what a diagnosis cannot see, but a sign-in can.
    pub(super) fn attempt(&self) -> String {
        let app_id = self.oidc.app_id();
        format!(
            "sign in once at the site; if that fails, the log of this process names the cause, and so does \
             the audit log in Logto's console, under the application `{app_id}`"
        )
    }
}

impl Case {
    /// A hash of everything on which the findings depend.
    pub fn fingerprint(&self, listening: &Listening) -> String {
        let issuer = &self.issuer;
        let mut texts = vec![env!("CARGO_PKG_VERSION").to_owned(), issuer.identifier().into()];
        texts.push(format!("{listening:?} {:?}", issuer.clock_skew()));
        texts.push(format!("{:?}", issuer.signing_algorithm()));
        let mut hash = Sha256::new();
        if let Some(application) = &self.application {
            let Application { oidc, addresses, scopes, resources, sessions, site } = application;
            hash.update(oidc.fingerprint());
            let uris = addresses.iter().flat_map(|it| [&it.redirect_uri, &it.post_sign_out_uri]);
            texts.extend(uris.map(Url::to_string));
            texts.push(scopes.join(" "));
            texts.extend(resources.iter().cloned());
            texts.push(format!("{site:?} {} {}", sessions.has_store(), sessions.reads_user_info()));
        }
        for text in texts {
            hash.update(text.len().to_be_bytes());
            hash.update(text);
        }
        URL_SAFE_NO_PAD.encode(hash.finalize())
    }
}
