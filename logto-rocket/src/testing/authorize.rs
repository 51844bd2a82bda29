use std::collections::{BTreeSet, HashMap};

use super::answer::{Answer, Refused};
use super::authorization_request::{AuthorizationRequest, Invalid};
use super::callback::{Callback, Failure};
use super::client_auth::Credentials;
use super::pages;
use super::params::Params;
use super::state::{
    Authorization, CODE_LIFE, Code, GRANT_LIFE, Grant, PUSHED_LIFE, Pushed, SESSION_LIFE, Session,
    State, random,
};
use super::user::User;

/// The names of Logto's own cookies.
pub(super) const SESSION_COOKIE: &str = "_session";
pub(super) const INTERACTION_COOKIE: &str = "_interaction";

const PUSHED_URI: &str = "urn:ietf:params:oauth:request_uri:";
const INTERACTION_LIFE: u64 = 3_600;

/// What becomes of an authorization request.
pub(super) enum Decision {
    /// Back to the application with these parameters.
    Return(Callback, Vec<(&'static str, String)>),
    /// To the sign-in page.
    SignIn(Box<AuthorizationRequest>),
    /// A page, and no way back.
    Show(Refused),
}

impl State {
    /// `GET` or `POST /oidc/auth`
    pub(super) fn authorize(&mut self, params: &Params, session: Option<&str>) -> Answer {
        match self.decide(params, session) {
            Decision::Return(callback, params) => returned(&callback, &params),
            Decision::Show(refused) => refused.into(),
            Decision::SignIn(request) => {
                let location = request.screen.location(&request.app);
                let interaction = random();
                self.interactions.insert(interaction.clone(), *request);
                Answer::see_other(&location).with_cookie(
                    INTERACTION_COOKIE,
                    &interaction,
                    INTERACTION_LIFE,
                )
            }
        }
    }

    /// `POST /oidc/request`
    pub(super) fn push(
        &mut self,
        params: &Params,
        credentials: &Credentials,
    ) -> Result<Answer, Refused> {
        let app = self.authenticate(credentials)?.id.clone();
        match AuthorizationRequest::parse(&self.settings, self.issuer(), params) {
            Ok(_) => {}
            Err(Invalid::Shown(refused)) => return Err(refused),
            Err(Invalid::Returned(_, Failure(error, description))) => {
                return Err(Refused::new(400, error, description.unwrap_or_default()));
            }
        }
        let request_uri = format!("{PUSHED_URI}{}", random());
        let expires_at = self.now() + PUSHED_LIFE;
        let pushed = Pushed { app, params: params.clone(), expires_at };
        self.pushed.insert(request_uri.clone(), pushed);
        let body = serde_json::json!({ "expires_in": PUSHED_LIFE, "request_uri": request_uri });
        Ok(Answer::json(201, &body).with("Cache-Control", "no-store"))
    }

    pub(super) fn decide(&mut self, params: &Params, session: Option<&str>) -> Decision {
        let pushed = match self.take_pushed(params) {
            Ok(pushed) => pushed,
            Err(refused) => return Decision::Show(refused),
        };
        let params = pushed.as_ref().unwrap_or(params);
        let request = match AuthorizationRequest::parse(&self.settings, self.issuer(), params) {
            Ok(request) => request,
            Err(Invalid::Shown(refused)) => return Decision::Show(refused),
            Err(Invalid::Returned(callback, failure)) => {
                let params = callback.failure(&failure);
                return Decision::Return(callback, params);
            }
        };
        let silent = self.session(session).filter(|session| {
            let age = self.now().saturating_sub(session.authenticated_at);
            let fresh = request.max_age.is_none_or(|max_age| max_age > 0 && age <= max_age);
            fresh && !request.has_prompt("login")
        });
        let Some(silent) = silent else {
            if request.has_prompt("none") {
                let description = Some("End-User authentication is required");
                return fail(request.callback, &Failure("login_required", description));
            }
            return Decision::SignIn(Box::new(request));
        };
        if request.has_prompt("none") && !self.is_granted(silent, &request) {
            let description = Some("requested scopes not granted");
            return fail(request.callback, &Failure("consent_required", description));
        }
        // `silent` came from the cookie, so there is one.
        let cookie = session.unwrap_or_default().to_owned();
        self.complete(request, &cookie)
    }

    /// Signs a user in at the provider and returns the value of the session cookie. A session of
    /// the same user goes on; that of another user ends.
    pub(super) fn sign_in(&mut self, username: &str, cookie: Option<&str>) -> Option<String> {
        let now = self.now();
        let milliseconds = now * 1000;
        let user = self.user_named(username).filter(|user| !user.suspended)?;
        user.updated_at = milliseconds;
        let user = user.id().to_owned();
        let before = cookie.and_then(|cookie| self.sessions.remove(cookie));
        let session = match before {
            Some(session) if session.user == user => Session { authenticated_at: now, ..session },
            ended => {
                if let Some(ended) = ended {
                    self.note_logout(&ended);
                }
                let (apps, grants) = (BTreeSet::new(), HashMap::new());
                Session { id: random(), user, authenticated_at: now, apps, grants }
            }
        };
        let cookie = random();
        self.sessions.insert(cookie.clone(), session);
        Some(cookie)
    }

    /// Gives out a code to the user of a session.
    pub(super) fn complete(&mut self, request: AuthorizationRequest, cookie: &str) -> Decision {
        let now = self.now();
        let Some(session) = self.sessions.get_mut(cookie) else {
            return fail(request.callback, &Failure("login_required", None));
        };
        if request.user_scopes.is_empty() && request.resource_scopes.is_empty() {
            return fail(request.callback, &Failure("access_denied", None));
        }
        session.apps.insert(request.app.clone());
        let grant = session.grants.entry(request.app.clone()).or_insert_with(random).clone();
        let authorization = Authorization {
            app: request.app.clone(),
            user: session.user.clone(),
            grant: grant.clone(),
            session: session.id.clone(),
            user_scopes: request.user_scopes.clone(),
            resource_scopes: request.resource_scopes.clone(),
            resources: request.resources.clone(),
            nonce: request.nonce.clone(),
            auth_time: request.wants_auth_time().then_some(session.authenticated_at),
        };
        let grant = self.grants.entry(grant).or_insert_with(|| Grant {
            scopes: BTreeSet::new(),
            resources: BTreeSet::new(),
            expires_at: now + GRANT_LIFE,
        });
        grant.scopes.extend(request.user_scopes.into_iter().chain(request.resource_scopes));
        grant.resources.extend(request.resources);
        let code = random();
        let issued = Code {
            authorization,
            redirect_uri: request.callback.redirect_uri.clone(),
            challenge: request.challenge,
            expires_at: now + CODE_LIFE,
            consumed: false,
        };
        self.codes.insert(code.clone(), issued);
        let params = request.callback.params(&[("code", code)]);
        Decision::Return(request.callback, params)
    }

    /// `GET /sign-in` and its like
    pub(super) fn sign_in_page(&self, interaction: Option<&str>) -> Answer {
        let Some(request) = interaction.and_then(|id| self.interactions.get(id)) else {
            return Answer::html(400, pages::unknown_session());
        };
        let users: Vec<&User> = self.users.iter().filter(|user| !user.suspended).collect();
        Answer::html(200, pages::sign_in(request, &users, &self.issuer()))
    }

    /// `POST /sign-in` with `username`, or with `cancel`
    pub(super) fn submit_sign_in(
        &mut self,
        params: &Params,
        interaction: Option<&str>,
        session: Option<&str>,
    ) -> Answer {
        let id = interaction.unwrap_or_default();
        let Some(request) = self.interactions.get(id).cloned() else {
            return Answer::html(400, pages::unknown_session());
        };
        if params.get("cancel").is_some() {
            self.interactions.remove(id);
            return Answer::see_other(&request.callback.redirect_uri)
                .without_cookie(INTERACTION_COOKIE);
        }
        let username = params.get("username").unwrap_or_default();
        let Some(cookie) = self.sign_in(username, session) else {
            return Answer::html(422, pages::no_such_user(username));
        };
        self.interactions.remove(id);
        let answer = match self.complete(request, &cookie) {
            Decision::Return(callback, params) => returned(&callback, &params),
            Decision::Show(refused) => refused.into(),
            Decision::SignIn(_) => Answer::html(400, pages::unknown_session()),
        };
        answer.with_cookie(SESSION_COOKIE, &cookie, SESSION_LIFE).without_cookie(INTERACTION_COOKIE)
    }

    /// Whether this session granted all that is asked for, which `prompt=none` demands.
    fn is_granted(&self, session: &Session, request: &AuthorizationRequest) -> bool {
        let grant = session.grants.get(&request.app).and_then(|id| self.grants.get(id));
        grant.is_some_and(|grant| {
            let mut scopes = request.user_scopes.iter().chain(&request.resource_scopes);
            scopes.all(|scope| grant.scopes.contains(scope))
                && request.resources.iter().all(|resource| grant.resources.contains(resource))
        })
    }

    /// The parameters that were pushed before, each time once.
    fn take_pushed(&mut self, params: &Params) -> Result<Option<Params>, Refused> {
        let Some(uri) = params.get("request_uri").filter(|uri| uri.starts_with(PUSHED_URI)) else {
            return Ok(None);
        };
        let now = self.now();
        let app = params.get("client_id").ok_or_else(|| Refused::missing("client_id"))?;
        match self.pushed.remove(uri) {
            Some(pushed) if now < pushed.expires_at && pushed.app == app => Ok(Some(pushed.params)),
            _ => {
                let description = "request_uri is invalid, expired, or was already used";
                Err(Refused::new(400, "invalid_request_uri", description))
            }
        }
    }
}

/// Sends the browser back to the application.
fn returned(callback: &Callback, params: &[(&'static str, String)]) -> Answer {
    if callback.is_form_post() {
        let failed = params.iter().any(|(name, _)| *name == "error");
        let status = if failed { 400 } else { 200 };
        return Answer::html(status, pages::form_post(&callback.redirect_uri, params));
    }
    Answer::see_other(&callback.url(params))
}

fn fail(callback: Callback, failure: &Failure) -> Decision {
    let params = callback.failure(failure);
    Decision::Return(callback, params)
}
