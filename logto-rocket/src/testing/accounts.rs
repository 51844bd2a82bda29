//! What a test can do to the users of a provider, their sessions and tokens.

use serde_json::Value;

use super::backchannel_logout::send_pending_logouts;
use super::error::IdpError;
use super::idp::Idp;
use super::user::User;
use super::webhooks::Data;

impl Idp {
    /// The id of a user, which is `sub` in the tokens; `None` if there is no such user.
    pub fn user_id(&self, username: &str) -> Option<String> {
        self.state().user_named(username).map(|user| user.id().to_owned())
    }

    /// Suspends a user. Nobody can sign in as the user, and the user's tokens are refused.
    pub fn suspend(&self, username: &str) {
        self.change(username, |user| user.suspended = true);
        self.report_user("User.SuspensionStatus.Updated", username, "/is-suspended", Data::User);
    }

    /// Ends a suspension.
    pub fn reinstate(&self, username: &str) {
        self.change(username, |user| user.suspended = false);
        self.report_user("User.SuspensionStatus.Updated", username, "/is-suspended", Data::User);
    }

    /// Gives a user a global role. The tokens have it from the next refresh on.
    pub fn add_role(&self, username: &str, role: &str) {
        self.change(username, |user| user.add_role(role));
    }

    /// Takes a global role from a user. The tokens lack it from the next refresh on.
    pub fn remove_role(&self, username: &str, role: &str) {
        self.change(username, |user| user.remove_role(role));
    }

    /// Ends a user's membership in an organization.
    pub fn leave_organization(&self, username: &str, organization: &str) {
        self.change(username, |user| user.leave(organization));
        self.report_left(username, organization);
    }

    /// Sets a claim of a user, or replaces an existing one. The tokens have it from the next refresh on.
    pub fn set_claim(&self, username: &str, name: &str, value: impl Into<Value>) {
        let value = value.into();
        self.change(username, |user| user.set_claim(name, value));
        self.report_user("User.Data.Updated", username, "", Data::User);
    }

    /// Sets the custom data of a user, which must be an object. User info has it from now on.
    pub fn set_custom_data(&self, username: &str, data: impl Into<Value>) {
        let data = data.into();
        self.change(username, |user| user.set_custom_data(data));
        self.report_user("User.Data.Updated", username, "/custom-data", Data::CustomData);
    }

    /// Ends all opaque access tokens, so that user info answers 401. Refresh tokens stay valid.
    pub fn expire_access_tokens(&self) {
        self.state().access_tokens.clear();
    }

    /// Ends all sessions at the provider, as an administrator or the expiry does. Refresh tokens with
    /// `offline_access` stay valid.
    pub fn end_sessions(&self) {
        self.state().sessions.clear();
    }

    /// Ends all sessions of a user at the provider, as a sign-out at the provider does. Posts logout tokens if
    /// there is a [back-channel logout URI](super::Builder::backchannel_logout). Refresh tokens with
    /// `offline_access` stay valid.
    pub async fn sign_out(&self, username: &str) {
        let user = self.user_id(username);
        {
            let mut state = self.state();
            let ended =
                state.sessions.extract_if(|_, session| Some(&session.user) == user.as_ref());
            let ended: Vec<_> = ended.map(|(_, session)| session).collect();
            for session in ended {
                state.note_logout(&session);
            }
        }
        send_pending_logouts(&self.shared).await;
    }

    /// A back-channel logout token for a user's latest session and the first application. It has a
    /// `sid` if the provider was built with
    /// [`session_required`](super::Builder::session_required).
    ///
    /// # Errors
    ///
    /// [`IdpError::UnknownUser`] if there is no such user.
    pub fn logout_token(&self, username: &str) -> Result<String, IdpError> {
        let user = self.known_user_id(username)?;
        let state = self.state();
        let sessions = state.sessions.values().filter(|session| session.user == user);
        let latest = sessions.max_by_key(|session| session.authenticated_at);
        let sid = latest.filter(|_| state.settings.session_required).map(|s| s.id.as_str());
        Ok(state.logout_token(&user, sid, self.app_id()))
    }

    /// A subject token for a user, as Logto's Management API makes one for impersonation: it can be
    /// exchanged once, within ten minutes, if the provider was built with
    /// [`token_exchange`](super::Builder::token_exchange).
    ///
    /// # Errors
    ///
    /// [`IdpError::UnknownUser`] if there is no such user.
    pub fn subject_token(&self, username: &str) -> Result<String, IdpError> {
        self.any_subject_token(username, false)
    }

    /// A personal access token of a user, which can be exchanged any number of times.
    ///
    /// # Errors
    ///
    /// [`IdpError::UnknownUser`] if there is no such user.
    pub fn personal_access_token(&self, username: &str) -> Result<String, IdpError> {
        self.any_subject_token(username, true)
    }

    fn any_subject_token(&self, username: &str, is_personal: bool) -> Result<String, IdpError> {
        let user = self.known_user_id(username)?;
        Ok(self.state().subject_token(user, is_personal))
    }

    fn known_user_id(&self, username: &str) -> Result<String, IdpError> {
        self.user_id(username).ok_or_else(|| IdpError::UnknownUser(username.to_owned()))
    }

    fn change(&self, username: &str, change: impl FnOnce(&mut User)) {
        match self.state().user_named(username) {
            Some(user) => change(user),
            None => {
                log::error!("The test provider has no user `{username}`, so nothing was changed.");
            }
        }
    }
}
