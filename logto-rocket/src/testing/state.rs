use std::collections::{BTreeSet, HashMap};
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore as _;
use serde::{Deserialize, Serialize};

use super::authorization_request::AuthorizationRequest;
use super::dev_provider::Kept;
use super::faults::Faults;
use super::invitation::Invitation;
use super::keys::Keys;
use super::management::ManagementToken;
use super::params::Params;
use super::requests::Log;
use super::settings::{App, Settings};
use super::tamper::Tamper;
use super::user::User;
use super::webhooks::Webhooks;
use crate::clock::Clock;

/// Seconds; as measured at a Logto with its default settings.
pub(super) const CODE_LIFE: u64 = 60;
pub(super) const PUSHED_LIFE: u64 = 60;
pub(super) const ACCESS_TOKEN_LIFE: u64 = 3_600;
pub(super) const ID_TOKEN_LIFE: u64 = 3_600;
pub(super) const REFRESH_TOKEN_LIFE: u64 = 1_209_600;
pub(super) const SESSION_LIFE: u64 = 1_209_600;
pub(super) const GRANT_LIFE: u64 = 15_552_000;
pub(super) const SUBJECT_TOKEN_LIFE: u64 = 600;

/// All that the provider knows. The endpoints are methods of it, in the modules above.
pub(super) struct State {
    pub(super) settings: Settings,
    /// `http://127.0.0.1:PORT`
    pub(super) endpoint: String,
    pub(super) clock: Clock,
    pub(super) keys: Keys,
    pub(super) users: Vec<User>,
    /// By the value of the session cookie.
    pub(super) sessions: HashMap<String, Session>,
    /// Sign-ins under way, by the value of the interaction cookie.
    pub(super) interactions: HashMap<String, AuthorizationRequest>,
    pub(super) grants: HashMap<String, Grant>,
    pub(super) codes: HashMap<String, Code>,
    pub(super) access_tokens: HashMap<String, AccessToken>,
    pub(super) refresh_tokens: HashMap<String, RefreshToken>,
    pub(super) subject_tokens: HashMap<String, SubjectToken>,
    /// By the text of the token.
    pub(super) management_tokens: HashMap<String, ManagementToken>,
    pub(super) invitations: Vec<Invitation>,
    pub(super) pushed: HashMap<String, Pushed>,
    /// Sign-outs that wait for their form, by its `xsrf` value.
    pub(super) sign_outs: HashMap<String, SignOut>,
    /// Logout tokens that are not sent yet.
    pub(super) pending_logouts: Vec<PendingLogout>,
    pub(super) webhooks: Webhooks,
    pub(super) faults: Faults,
    pub(super) tampers: Vec<Tamper>,
    pub(super) access_token_tampers: Vec<Tamper>,
    pub(super) requests: Log,
    /// Where a provider for development keeps what a restart must not lose.
    pub(super) kept: Option<Kept>,
}

/// A browser that is signed in at the provider.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Session {
    /// The `sid` of tokens; not the value of the cookie.
    pub(super) id: String,
    pub(super) user: String,
    pub(super) authenticated_at: u64,
    /// The applications that took part in it, whatever became of their grants.
    pub(super) apps: BTreeSet<String>,
    /// The grants of this session, by application.
    pub(super) grants: HashMap<String, String>,
}

/// What a user granted to an application in one session. All tokens of it die with it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Grant {
    pub(super) scopes: BTreeSet<String>,
    pub(super) resources: BTreeSet<String>,
    pub(super) expires_at: u64,
}

/// What a code and the tokens that come from it have in common.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Authorization {
    pub(super) app: String,
    pub(super) user: String,
    pub(super) grant: String,
    /// Empty where the tokens belong to none.
    pub(super) session: String,
    /// What OIDC and Logto define, in the order of the request.
    pub(super) user_scopes: Vec<String>,
    /// What the resources define, in the order of the request.
    pub(super) resource_scopes: Vec<String>,
    pub(super) resources: Vec<String>,
    pub(super) nonce: Option<String>,
    /// In the ID token only if the request asked for a fresh sign-in.
    pub(super) auth_time: Option<u64>,
}

impl Authorization {
    pub(super) fn has_scope(&self, scope: &str) -> bool {
        self.user_scopes.iter().any(|s| s == scope)
    }

    /// Without `offline_access` the tokens end with the session.
    pub(super) fn is_offline(&self) -> bool {
        self.has_scope("offline_access")
    }
}

pub(super) struct Code {
    pub(super) authorization: Authorization,
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<String>,
    pub(super) expires_at: u64,
    pub(super) consumed: bool,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct AccessToken {
    pub(super) authorization: Authorization,
    pub(super) expires_at: u64,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct RefreshToken {
    pub(super) authorization: Authorization,
    pub(super) issued_at: u64,
    /// When the first token of the chain was issued.
    pub(super) chain_began_at: u64,
    /// When it was used and another one given out in its place. Such a token is not kept.
    #[serde(skip)]
    pub(super) consumed_at: Option<Instant>,
}

/// A token that can be exchanged for one in the name of a user.
pub(super) struct SubjectToken {
    pub(super) user: String,
    /// A personal access token, which does not expire and works more than once.
    pub(super) is_personal: bool,
    pub(super) expires_at: u64,
}

pub(super) struct Pushed {
    pub(super) app: String,
    pub(super) params: Params,
    pub(super) expires_at: u64,
}

/// A sign-out that was found in order and waits for its form.
pub(super) struct SignOut {
    /// Where the browser goes afterwards, `state` included; else to a page of the provider's own.
    pub(super) destination: Option<String>,
}

/// A logout token that is to be sent to the application.
pub(super) struct PendingLogout {
    pub(super) uri: String,
    pub(super) token: String,
}

impl State {
    pub(super) fn new(settings: Settings, users: Vec<User>, keys: Keys, clock: Clock) -> Self {
        let webhooks = Webhooks::new(settings.webhook_url.clone());
        Self {
            webhooks,
            settings,
            endpoint: String::new(),
            clock,
            keys,
            users,
            sessions: HashMap::new(),
            interactions: HashMap::new(),
            grants: HashMap::new(),
            codes: HashMap::new(),
            access_tokens: HashMap::new(),
            refresh_tokens: HashMap::new(),
            subject_tokens: HashMap::new(),
            management_tokens: HashMap::new(),
            invitations: Vec::new(),
            pushed: HashMap::new(),
            sign_outs: HashMap::new(),
            pending_logouts: Vec::new(),
            faults: Faults::default(),
            tampers: Vec::new(),
            access_token_tampers: Vec::new(),
            requests: Log::default(),
            kept: None,
        }
    }

    pub(super) fn issuer(&self) -> String {
        format!("{}/oidc", self.endpoint)
    }

    pub(super) fn now(&self) -> u64 {
        self.clock.now()
    }

    pub(super) fn app(&self, id: &str) -> Option<&App> {
        self.settings.app(id)
    }

    pub(super) fn user_named(&mut self, username: &str) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.username() == username)
    }

    /// A user who may use tokens: exists and is not suspended.
    pub(super) fn active_user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id() == id && !user.suspended)
    }

    /// The session of a browser, if it lives and its user is not suspended.
    pub(super) fn session(&self, cookie: Option<&str>) -> Option<&Session> {
        let session = self.sessions.get(cookie?)?;
        let lives = self.now() < session.authenticated_at.saturating_add(SESSION_LIFE);
        (lives && self.active_user(&session.user).is_some()).then_some(session)
    }

    /// Whether the grant behind tokens still stands, and, where it must, the session.
    pub(super) fn is_active(&self, authorization: &Authorization) -> bool {
        let grant = self.grants.get(&authorization.grant);
        let granted = grant.is_some_and(|grant| self.now() < grant.expires_at);
        let session = || self.sessions.values().any(|s| s.id == authorization.session);
        granted
            && self.active_user(&authorization.user).is_some()
            && (authorization.is_offline() || authorization.session.is_empty() || session())
    }

    /// Ends a grant and with it all tokens that came from it.
    pub(super) fn revoke(&mut self, grant: &str) {
        self.grants.remove(grant);
        for session in self.sessions.values_mut() {
            session.grants.retain(|_, id| id != grant);
        }
        self.access_tokens.retain(|_, token| token.authorization.grant != grant);
        self.refresh_tokens.retain(|_, token| token.authorization.grant != grant);
    }

    /// What these roles permit on a resource.
    pub(super) fn permissions(&self, user: &User, resource: &str) -> BTreeSet<String> {
        self.settings.permissions(user.roles(), false, resource)
    }

    /// What a member's organization roles permit, on a resource or in the organization itself.
    pub(super) fn organization_permissions(
        &self,
        user: &User,
        organization: &str,
        resource: &str,
    ) -> BTreeSet<String> {
        let roles = user.membership(organization).map_or(&[][..], |m| m.roles.as_slice());
        self.settings.permissions(roles, true, resource)
    }
}

/// 256 random bits in 43 characters, the form of Logto's codes, tokens and ids.
pub(super) fn random() -> String {
    let mut bytes = [0; 32];
    rand::thread_rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}
