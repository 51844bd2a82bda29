//! [`Registration`]: registers the URIs of an application at a running provider.

use url::Url;

use super::idp::Idp;
use super::shared::Shared;

/// Registers the URIs of an application at a running provider. It does not keep the provider running.
#[derive(Clone)]
pub(crate) struct Registration(Shared);

impl Registration {
    /// A URI to which the provider may send a browser after a sign-in.
    pub(crate) fn redirect_uri(&self, uri: Url) {
        self.0.lock().settings.redirect_uris.add(uri);
    }

    /// A URI to which the provider may send a browser after a sign-out.
    pub(crate) fn post_logout_redirect_uri(&self, uri: Url) {
        self.0.lock().settings.post_logout_redirect_uris.add(uri);
    }
}

impl Idp {
    /// Registers the URIs of an application that is given this provider.
    pub(crate) fn registration(&self) -> Registration {
        Registration(self.shared.clone())
    }
}
