use std::time::Duration;

use reqwest::header::CONTENT_TYPE;

use super::shared::Shared;
use super::state::{PendingLogout, Session, State};

/// How long Logto waits for an application, and the user with it.
const TIMEOUT: Duration = Duration::from_millis(2500);

impl State {
    /// Notes a logout token for the end of a session, if the application took part in it.
    pub(super) fn note_logout(&mut self, session: &Session) {
        let Some(uri) = self.settings.backchannel_logout_uri.clone() else { return };
        let app = self.settings.apps.first().filter(|app| session.apps.contains(&app.id));
        let Some(app) = app.map(|app| app.id.clone()) else { return };
        let sid = self.settings.session_required.then_some(session.id.as_str());
        let token = self.logout_token(&session.user, sid, &app);
        self.pending_logouts.push(PendingLogout { uri, token });
    }
}

/// Posts the noted logout tokens, each once. Whatever the application answers, the user goes on.
pub(super) async fn send_pending_logouts(shared: &Shared) {
    let pending = std::mem::take(&mut shared.lock().pending_logouts);
    for PendingLogout { uri, token } in pending {
        let client = reqwest::Client::builder()
            .use_rustls_tls()
            .no_proxy()
            .tls_built_in_root_certs(false)
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT);
        if let Ok(client) = client.build() {
            let request = client
                .post(uri)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(format!("logout_token={token}"));
            request.send().await.ok();
        }
    }
}
