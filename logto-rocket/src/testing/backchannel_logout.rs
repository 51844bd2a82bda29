use std::time::Duration;

use reqwest::header::CONTENT_TYPE;

use super::routes::Shared;
use super::state::{Session, State};

/// How long Logto waits for an application, and the user with it.
const PATIENCE: Duration = Duration::from_millis(2500);

/// A logout token on its way to the application.
pub(super) struct Farewell {
    uri: String,
    token: String,
}

impl State {
    /// Notes that the application is to be told of the end of a session, if it took part in it.
    pub(super) fn bid_farewell(&mut self, session: &Session) {
        let Some(uri) = self.settings.backchannel_logout_uri.clone() else { return };
        let app = self.settings.apps.first().filter(|app| session.apps.contains(&app.id));
        let Some(app) = app.map(|app| app.id.clone()) else { return };
        let sid = self.settings.session_required.then_some(session.id.as_str());
        let token = self.logout_token(&session.user, sid, &app);
        self.farewells.push(Farewell { uri, token });
    }
}

/// Posts what was noted, each once. Whatever the application answers, the user goes on.
pub(super) async fn send_farewells(shared: &Shared) {
    let farewells = std::mem::take(&mut shared.lock().farewells);
    for Farewell { uri, token } in farewells {
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_built_in_root_certs(false)
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE);
        if let Ok(client) = client.build() {
            let request = client
                .post(uri)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(format!("logout_token={token}"));
            request.send().await.ok();
        }
    }
}
