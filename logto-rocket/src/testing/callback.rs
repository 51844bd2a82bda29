use url::Url;

use super::answer::Refused;
use super::params::Params;
use super::settings::Settings;

/// Where and how the browser returns to the application.
#[derive(Clone)]
pub(super) struct Callback {
    pub(super) redirect_uri: String,
    mode: ResponseMode,
    state: Option<String>,
    issuer: String,
}

/// The `error` and `error_description` of a callback.
pub(super) struct Failure(pub(super) &'static str, pub(super) Option<&'static str>);

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ResponseMode {
    Query,
    Fragment,
    FormPost,
}

impl Callback {
    /// Without a known application and one of its redirect URIs nothing is sent anywhere.
    pub(super) fn parse(
        settings: &Settings,
        issuer: String,
        params: &Params,
    ) -> Result<(String, Self), Refused> {
        let app = params.get("client_id").ok_or_else(|| Refused::missing("client_id"))?;
        if settings.app(app).is_none() {
            return Err(Refused::new(400, "invalid_client", format!("invalid client {app}")));
        }
        let redirect_uri =
            params.get("redirect_uri").ok_or_else(|| Refused::missing("redirect_uri"))?;
        if !settings.redirect_uris.has(redirect_uri) {
            let description =
                "redirect_uri did not match any of the client's registered redirect_uris";
            return Err(Refused::new(400, "invalid_redirect_uri", description));
        }
        let mode = ResponseMode::parse(params.get("response_mode"));
        let callback = Self {
            redirect_uri: redirect_uri.to_owned(),
            mode: mode.unwrap_or(ResponseMode::Query),
            state: params.get("state").map(str::to_owned),
            issuer,
        };
        Ok((app.to_owned(), callback))
    }

    pub(super) fn is_form_post(&self) -> bool {
        self.mode == ResponseMode::FormPost
    }

    /// All parameters of a callback: these, then `state` if one was sent, and `iss`.
    pub(super) fn params(&self, result: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
        let mut params = result.to_vec();
        params.extend(self.state.clone().map(|state| ("state", state)));
        params.push(("iss", self.issuer.clone()));
        params
    }

    pub(super) fn failure(&self, failure: &Failure) -> Vec<(&'static str, String)> {
        let mut error = vec![("error", failure.0.to_owned())];
        error.extend(failure.1.map(|description| ("error_description", description.to_owned())));
        self.params(&error)
    }

    /// The URL that the browser is sent to with these parameters.
    pub(super) fn url(&self, params: &[(&'static str, String)]) -> String {
        let Ok(mut url) = Url::parse(&self.redirect_uri) else { return self.redirect_uri.clone() };
        if self.mode == ResponseMode::Fragment {
            let mut fragment = url::form_urlencoded::Serializer::new(String::new());
            url.set_fragment(Some(&fragment.extend_pairs(params).finish()));
        } else {
            url.query_pairs_mut().extend_pairs(params);
        }
        url.into()
    }
}

impl ResponseMode {
    pub(super) fn parse(mode: Option<&str>) -> Option<Self> {
        match mode {
            None | Some("query") => Some(Self::Query),
            Some("fragment") => Some(Self::Fragment),
            Some("form_post") => Some(Self::FormPost),
            Some(_) => None,
        }
    }
}
