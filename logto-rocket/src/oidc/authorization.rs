//! [`Authorization`]: the URL that the browser is redirected to, and the secrets of this sign-in.

use std::borrow::Cow;

use openidconnect::core::CoreAuthPrompt;
use openidconnect::http::StatusCode;
use openidconnect::{CsrfToken, LanguageTag, LoginHint, PkceCodeChallenge, RedirectUrl, Scope};
use serde::Deserialize;
use url::Url;

use super::http::bad_answer;
use super::secrets::Verifier;
use super::sign_in::SignInOptions;
use super::sign_in_values::{DirectSignIn, Prompt, are_locales, is_hint, is_word};
use super::types::Flow;
use super::{Oidc, named};
use crate::error::{Call, Error};
use crate::names::{ORGANIZATIONS_RESOURCE, scope};

/// The parameters that [`SignInOptions::extra`] must not set: those that protect a sign-in, and
/// those that have a method.
const RESERVED: [&str; 28] = [
    "client_id",
    "client_secret",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "prompt",
    "max_age",
    "resource",
    "request",
    "request_uri",
    "registration",
    "claims",
    "id_token_hint",
    "dpop_jkt",
    "first_screen",
    "interaction_mode",
    "identifier",
    "login_hint",
    "direct_sign_in",
    "ui_locales",
    "organization_id",
    "one_time_token",
];

/// The URL that a browser is sent to, and the secrets by which its answer is known again.
#[derive(Clone, Debug)]
pub(crate) struct Authorization {
    /// The URL to redirect the browser to. It contains `state`, `nonce` and the challenge, so it is
    /// for this browser only.
    pub url: Url,
    /// The PKCE verifier, which is sent with the code. `state`, which Logto returns with the answer, and
    /// `nonce`, which Logto returns in the ID token, are hashes of the verifier.
    pub verifier: Verifier,
    /// All scopes asked for.
    pub scopes: Vec<String>,
    /// All resources asked for.
    pub resources: Vec<String>,
}

impl Oidc {
    /// Begins a sign-in. `scopes` and `resources` are what every sign-in asks for, and the options add to
    /// them. For everything that the options do not set, the configuration decides.
    ///
    /// A sign-in for organizations asks for Logto's resource of organizations too: without it the
    /// tokens for an organization would have no permissions.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidOption`] for an option that cannot be sent; the errors of discovery; with pushed
    /// authorization requests also [`Error::Refused`] and the other errors of a call.
    pub(crate) async fn authorize(
        &self,
        redirect_uri: &Url,
        options: &SignInOptions,
        scopes: &[String],
        resources: &[String],
    ) -> Result<Authorization, Error> {
        options.check()?;
        let options = self.client.sign_in.complete(options);
        let prompt = options.prompt.as_ref().unwrap_or(&self.client.prompt);
        let scopes = union(scopes, &options.scopes);
        let mut resources = union(resources, &options.resources);
        if scopes.iter().any(|asked| asked == scope::ORGANIZATIONS) {
            resources = union(&resources, &[ORGANIZATIONS_RESOURCE.to_owned()]);
        }

        let provider = self.provider().await?;
        let requests = self.requests(&provider).disable_openid_scope();
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let verifier = Verifier::from(verifier.secret().as_str());
        let (state, nonce) = (verifier.state(), verifier.nonce());
        let mut request = requests
            .authorize_url(
                Flow::AuthorizationCode,
                move || CsrfToken::new(state.reveal().to_owned()),
                move || openidconnect::Nonce::new(nonce.reveal().to_owned()),
            )
            .set_redirect_uri(Cow::Owned(RedirectUrl::from_url(redirect_uri.clone())))
            .set_pkce_challenge(challenge)
            .add_scopes(scopes.iter().cloned().map(Scope::new));
        for prompt in prompt {
            request = request.add_prompt(match prompt {
                Prompt::None => CoreAuthPrompt::None,
                Prompt::Login => CoreAuthPrompt::Login,
                Prompt::Consent => CoreAuthPrompt::Consent,
            });
        }
        for locale in &options.ui_locales {
            request = request.add_ui_locale(LanguageTag::new(locale.clone()));
        }
        if let Some(hint) = &options.login_hint {
            request = request.set_login_hint(LoginHint::new(hint.clone()));
        }
        if let Some(max_age) = options.max_age {
            request = request.set_max_age(max_age);
        }
        for (name, value) in options.parameters() {
            request = request.add_extra_param(name, value);
        }
        for resource in &resources {
            request = request.add_extra_param("resource", resource.clone());
        }
        let (url, _, _) = request.url();
        let url = if self.client.pushed_authorization { self.push(&url).await? } else { url };
        Ok(Authorization { url, verifier, scopes, resources })
    }

    /// Sends the request to Logto and returns the URL that refers to it ([RFC
    /// 9126](https://www.rfc-editor.org/rfc/rfc9126)).
    async fn push(&self, url: &Url) -> Result<Url, Error> {
        #[derive(Deserialize)]
        struct Pushed {
            request_uri: String,
        }
        let call = Call::PushedAuthorization;
        let provider = self.provider().await?;
        let endpoint =
            named(provider.pushed_authorization.as_ref(), "pushed_authorization_request_endpoint")?;
        let body = url.query().unwrap_or_default();
        let request = self.credentials().form(call, endpoint, body)?;
        let response = self.issuer.http.send(call, request).await?;
        if !matches!(response.status(), StatusCode::CREATED | StatusCode::OK) {
            return Err(self.issuer.http.refusal(call, &response));
        }
        let pushed: Pushed = serde_json::from_slice(response.body())
            .map_err(|_| bad_answer(call, "it contains no `request_uri`"))?;
        let mut url = url.clone();
        url.query_pairs_mut()
            .clear()
            .append_pair("client_id", &self.client.id)
            .append_pair("request_uri", &pushed.request_uri);
        Ok(url)
    }
}

impl SignInOptions {
    fn check(&self) -> Result<(), Error> {
        let refuse = |option, why: &str| Err(Error::InvalidOption { option, why: why.into() });
        if let Some(prompt) = &self.prompt
            && prompt.contains(&Prompt::None)
            && prompt.iter().any(|prompt| *prompt != Prompt::None)
        {
            return refuse("prompt", "`none` cannot be combined with other values; leave it out");
        }
        if self.login_hint.as_deref().is_some_and(|hint| !is_hint(hint)) {
            return refuse("login_hint", "it is empty, too long or contains control characters");
        }
        if self.organization_id.as_deref().is_some_and(|id| !is_word(id)) {
            return refuse(
                "organization_id",
                "it must be an id at Logto: visible ASCII without spaces",
            );
        }
        if self.one_time_token.as_ref().is_some_and(|token| !is_word(token.reveal())) {
            return refuse("one_time_token", "it must be visible ASCII without spaces");
        }
        if !are_locales(self.ui_locales.iter().map(String::as_str)) {
            let why = "they must be at most eight language tags such as `fr-CA`, of at most 35 characters each";
            return refuse("ui_locales", why);
        }
        if let Some(method) = &self.direct_sign_in {
            method.to_string().parse::<DirectSignIn>()?;
        }
        if !self.scopes.iter().all(|scope| is_word(scope)) {
            return refuse(
                "scope",
                "each must be visible ASCII without spaces; add them one by one",
            );
        }
        if !self.resources.iter().all(|resource| is_word(resource)) {
            return refuse(
                "resource",
                "each must be the indicator of an API resource at Logto, a URI",
            );
        }
        if let Some((name, _)) =
            self.extra.iter().find(|(name, _)| RESERVED.contains(&name.as_str()))
        {
            return refuse(
                "extra",
                &format!("`{name}` is reserved: it protects the sign-in or has its own method"),
            );
        }
        if self.extra.iter().any(|(name, _)| !is_word(name)) {
            return refuse("extra", "a parameter's name must be visible ASCII without spaces");
        }
        Ok(())
    }

    /// The parameters that are Logto's own or the caller's.
    fn parameters(&self) -> Vec<(String, String)> {
        let identifiers: Vec<_> = self.identifiers.iter().map(|it| it.as_str()).collect();
        let logto = [
            ("first_screen", self.first_screen.map(|screen| screen.to_string())),
            ("identifier", (!identifiers.is_empty()).then(|| identifiers.join(" "))),
            ("direct_sign_in", self.direct_sign_in.as_ref().map(ToString::to_string)),
            ("organization_id", self.organization_id.clone()),
            ("one_time_token", self.one_time_token.as_ref().map(|it| it.reveal().to_owned())),
        ];
        logto
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .chain(self.extra.iter().cloned())
            .collect()
    }
}

/// Both lists in order, each entry once.
fn union(first: &[String], second: &[String]) -> Vec<String> {
    let mut all = Vec::with_capacity(first.len() + second.len());
    for entry in first.iter().chain(second) {
        if !all.contains(entry) {
            all.push(entry.clone());
        }
    }
    all
}
