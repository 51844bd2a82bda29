use super::answer::Refused;
use super::callback::{Callback, Failure, ResponseMode};
use super::params::Params;
use super::settings::{ORGANIZATIONS, Settings};

/// What Logto itself gives a meaning to; every other scope belongs to a resource.
pub(super) const USER_SCOPES: [&str; 13] = [
    "openid",
    "offline_access",
    "profile",
    "email",
    "phone",
    "address",
    "custom_data",
    "identities",
    "roles",
    "urn:logto:scope:organizations",
    "urn:logto:scope:organization_roles",
    "urn:logto:scope:sessions",
    "urn:logto:scope:trusted_devices",
];

/// A valid authorization request.
#[derive(Clone)]
pub(super) struct AuthorizationRequest {
    pub(super) app: String,
    pub(super) callback: Callback,
    /// What Logto defines, without `offline_access` unless the prompt has `consent`.
    pub(super) user_scopes: Vec<String>,
    /// What the resources of this request define.
    pub(super) resource_scopes: Vec<String>,
    pub(super) resources: Vec<String>,
    pub(super) nonce: Option<String>,
    pub(super) challenge: Option<String>,
    pub(super) prompts: Vec<String>,
    pub(super) max_age: Option<u64>,
    pub(super) screen: Screen,
}

/// The sign-in page.
#[derive(Clone)]
pub(super) struct Screen {
    pub(super) path: &'static str,
    /// The extra parameters, which Logto passes on in the page's query.
    pub(super) hints: Vec<(&'static str, String)>,
}

/// Why an authorization request is not served.
pub(super) enum Invalid {
    /// A page, because the redirect URI is not known to be the application's.
    Shown(Refused),
    /// A callback to the application.
    Returned(Callback, Failure),
}

impl AuthorizationRequest {
    pub(super) fn parse(
        settings: &Settings,
        issuer: String,
        params: &Params,
    ) -> Result<Self, Invalid> {
        let (app, callback) = Callback::parse(settings, issuer, params).map_err(Invalid::Shown)?;
        Self::parse_rest(settings, params, app, &callback)
            .map_err(|failure| Invalid::Returned(callback, failure))
    }

    pub(super) fn has_prompt(&self, prompt: &str) -> bool {
        self.prompts.iter().any(|p| p == prompt)
    }

    /// `auth_time` is in the ID token only if the request asked for a fresh sign-in.
    pub(super) fn wants_auth_time(&self) -> bool {
        self.max_age.is_some() || self.has_prompt("login")
    }

    fn parse_rest(
        settings: &Settings,
        params: &Params,
        app: String,
        callback: &Callback,
    ) -> Result<Self, Failure> {
        let invalid = |description| Failure("invalid_request", Some(description));
        if params.repeated("resource").is_some() {
            return Err(invalid("parameters must not be provided twice"));
        }
        for (name, error) in [
            ("request", "request_not_supported"),
            ("request_uri", "request_uri_not_supported"),
            ("registration", "registration_not_supported"),
        ] {
            if params.get(name).is_some() {
                return Err(Failure(error, None));
            }
        }
        match params.get("response_type") {
            Some("code") => {}
            Some(_) => {
                let description = "unsupported response_type requested";
                return Err(Failure("unsupported_response_type", Some(description)));
            }
            None => return Err(invalid("missing required parameter 'response_type'")),
        }
        if ResponseMode::parse(params.get("response_mode")).is_none() {
            let description = "unsupported response_mode requested";
            return Err(Failure("unsupported_response_mode", Some(description)));
        }
        let prompts = space_separated(params.get("prompt"));
        if prompts.iter().any(|p| !["none", "login", "consent"].contains(&p.as_str())) {
            return Err(invalid("unsupported prompt value requested"));
        }
        if prompts.len() > 1 && prompts.iter().any(|p| p == "none") {
            return Err(invalid("prompt none must only be used alone"));
        }
        let max_age = match params.get("max_age").map(str::parse) {
            None => None,
            Some(Ok(seconds)) => Some(seconds),
            Some(Err(_)) => return Err(invalid("invalid max_age parameter value")),
        };
        let challenge = challenge(params).map_err(invalid)?;
        let resources = resources(settings, params)?;
        let consent = prompts.iter().any(|p| p == "consent");
        let (user_scopes, resource_scopes): (Vec<_>, Vec<_>) = space_separated(params.get("scope"))
            .into_iter()
            .partition(|s| USER_SCOPES.contains(&s.as_str()));
        let nonce = params.get("nonce").map(str::to_owned);
        if nonce.is_some() && !user_scopes.iter().any(|s| s == "openid") {
            return Err(invalid("openid scope must be requested when using the nonce parameter"));
        }
        Ok(Self {
            app,
            callback: callback.clone(),
            user_scopes: user_scopes
                .into_iter()
                .filter(|scope| consent || scope != "offline_access")
                .collect(),
            resource_scopes: resource_scopes
                .into_iter()
                .filter(|scope| resources.iter().any(|r| settings.defines(r, scope)))
                .collect(),
            resources,
            nonce,
            challenge,
            prompts,
            max_age,
            screen: Screen::parse(params),
        })
    }
}

impl Screen {
    /// One extra parameter with a bad value voids them all, without an error: so does Logto.
    fn parse(params: &Params) -> Self {
        let plain = Self { path: "/sign-in", hints: Vec::new() };
        let path = match (params.get("first_screen"), params.get("interaction_mode")) {
            (Some("sign_in" | "signIn"), _) | (None, None | Some("signIn")) => "/sign-in",
            (Some("register"), _) | (None, Some("signUp")) => "/register",
            (Some("reset_password"), _) => "/reset-password",
            (Some("identifier:sign_in"), _) => "/identifier-sign-in",
            (Some("identifier:register"), _) => "/identifier-register",
            (Some("single_sign_on"), _) => "/single-sign-on",
            _ => return plain,
        };
        let identifiers = space_separated(params.get("identifier"));
        if identifiers.iter().any(|i| !["username", "email", "phone"].contains(&i.as_str())) {
            return plain;
        }
        if let Some(direct) = params.get("direct_sign_in") {
            let target = direct.strip_prefix("social:").or_else(|| direct.strip_prefix("sso:"));
            if target.is_none_or(str::is_empty) {
                return plain;
            }
        }
        let hints = ["identifier", "login_hint", "one_time_token", "organization_id", "ui_locales"];
        let hints = hints.into_iter().filter_map(|name| Some((name, params.get(name)?.to_owned())));
        Self { path, hints: hints.collect() }
    }

    /// The address of the page, for example `/sign-in?app_id=…`.
    pub(super) fn location(&self, app: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("app_id", app).extend_pairs(&self.hints);
        format!("{}?{}", self.path, query.finish())
    }
}

fn challenge(params: &Params) -> Result<Option<String>, &'static str> {
    match (params.get("code_challenge"), params.get("code_challenge_method")) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err("code_challenge must be provided with code_challenge_method"),
        (Some(challenge), _) if challenge.len() < 43 => {
            Err("code_challenge must be a string with a minimum length of 43 characters")
        }
        (Some(challenge), Some("S256")) => Ok(Some(challenge.to_owned())),
        (Some(_), _) => Err("not supported value of code_challenge_method"),
    }
}

/// A resource may be repeated, and several may stand in one parameter with commas.
fn resources(settings: &Settings, params: &Params) -> Result<Vec<String>, Failure> {
    let resources: Vec<_> = params
        .all("resource")
        .flat_map(|value| value.split(','))
        .map(|value| value.trim().to_owned())
        .collect();
    let known = |r: &String| r == ORGANIZATIONS || settings.has_resource(r);
    if resources.iter().all(known) {
        return Ok(resources);
    }
    let description = "resource indicator is missing, or unknown";
    Err(Failure("invalid_target", Some(description)))
}

/// The values of a space-separated parameter, each once.
pub(super) fn space_separated(text: Option<&str>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.unwrap_or_default().split_whitespace() {
        if !words.iter().any(|w| w == word) {
            words.push(word.to_owned());
        }
    }
    words
}
