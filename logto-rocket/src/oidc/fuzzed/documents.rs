//! [`documents`]: discovery documents and key sets.

use openidconnect::IssuerUrl;
use url::Url;

use crate::oidc::discovery::Provider;
use crate::oidc::keys::KeySet;
use crate::oidc::settings::IssuerSettings;

const ISSUER: &str = "https://logto.example.com/oidc";

/// Reads a text as a discovery document and as a key set.
///
/// # Panics
///
/// If `endpoint` is configured and an endpoint of the document is on another origin, or if `issuer` is
/// configured and an endpoint is not on an https origin.
pub fn documents(text: &str) {
    let issuer = IssuerUrl::new(ISSUER.to_owned()).expect("a URL");
    for endpoint_given in [true, false] {
        let settings =
            IssuerSettings { endpoint_given, ..IssuerSettings::of_a_test(ISSUER.into()) };
        let metadata = serde_json::from_str(text).ok();
        let provider = metadata.and_then(|it| Provider::read(&it, &settings, issuer.url()).ok());
        for url in provider.iter().flat_map(endpoints) {
            let is_own = url.origin() == issuer.url().origin();
            assert!(is_own || !endpoint_given && url.scheme() == "https", "{url}");
            assert!(url.username().is_empty() && url.password().is_none(), "{url}");
        }
    }
    if let Some(Ok(keys)) = serde_json::from_str(text).ok().map(KeySet::new) {
        assert!(!keys.is_empty());
    }
}

fn endpoints(provider: &Provider) -> impl Iterator<Item = &Url> {
    let Provider {
        authorization,
        token,
        keys,
        user_info,
        revocation,
        introspection,
        pushed_authorization,
        end_session,
        names_issuer: _,
    } = provider;
    let all = [user_info, revocation, introspection, pushed_authorization, end_session];
    [authorization, token, keys].into_iter().chain(all.into_iter().flatten())
}
