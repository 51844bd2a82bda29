//! [`Case`]: what a diagnosis looks at.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::Url;

use super::site::Site;
use crate::oidc::{Issuer, Oidc};
use crate::session::Sessions;

/// What a diagnosis looks at.
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

impl Case {
    /// A hash of all that is looked at.
    pub fn fingerprint(&self) -> String {
        let mut texts = vec![env!("CARGO_PKG_VERSION").to_owned(), self.issuer.identifier().into()];
        let mut hash = Sha256::new();
        if let Some(application) = &self.application {
            let Application { oidc, addresses, resources, sessions, site } = application;
            hash.update(oidc.fingerprint());
            let uris = addresses.iter().flat_map(|it| [&it.redirect_uri, &it.post_sign_out_uri]);
            texts.extend(uris.map(Url::to_string));
            texts.extend(resources.iter().cloned());
            texts.push(format!("{site:?} {}", sessions.has_store()));
        }
        for text in texts {
            hash.update(text.len().to_be_bytes());
            hash.update(text);
        }
        URL_SAFE_NO_PAD.encode(hash.finalize())
    }
}
