//! [`Strangers`]: what the fuzz targets of the routes send, from a text that somebody made up, and what must
//! hold of the answer. The targets and the test that replays their corpora both call it here.

mod site;
mod store;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_rocket::LocalPath;
use rocket::http::uri::Origin;
use rocket::http::{Accept, ContentType, Header, Status};
use rocket::local::blocking::{Client, LocalRequest};

use self::site::{ORIGIN, signature};
use self::store::OneAnswer;

/// Strangers at a site where nobody has signed in, whose Logto is out of reach.
pub struct Strangers {
    client: Client,
    stored: Client,
    store: OneAnswer,
}

impl Default for Strangers {
    fn default() -> Self {
        Self::new()
    }
}

impl Strangers {
    /// At a site with sessions in cookies, and at one with sessions in a store.
    ///
    /// # Panics
    ///
    /// If a site does not launch.
    pub fn new() -> Self {
        let store = OneAnswer::default();
        let client = Client::untracked(site::in_cookies()).expect("a launch");
        let stored = Client::untracked(site::in_store(store.clone())).expect("a launch");
        Self { client, stored, store }
    }

    /// Sends what a text says to the target of this name; whether there is one.
    ///
    /// # Panics
    ///
    /// If the answer is not as it must be.
    pub fn send(&self, target: &str, text: &str) -> bool {
        match target {
            "callback" => self.callback(text),
            "cookies" => self.cookies(text),
            "local_path" => local_path(text),
            "logout_token" => self.logout_token(text),
            "records" => self.record(text),
            "webhook" => self.webhook(text),
            _ => return false,
        }
        true
    }

    /// A path of the crate's own routes, with its query: none completes a sign-in or leads to another site.
    fn callback(&self, text: &str) {
        let url = format!("/auth/{text}");
        if Origin::parse(&url).is_ok() {
            let status = answer(self.client.get(url).header(Accept::HTML));
            assert!(status.code < 500 || status == Status::ServiceUnavailable, "{status}");
        }
    }

    /// A `Cookie` header: none signs anybody in.
    fn cookies(&self, text: &str) {
        // The local client parses no `Cookie` header, and some cookies are read from it.
        let cookies = text.split(['\n', ';']).filter_map(|cookie| cookie.trim().split_once('='));
        for client in [&self.client, &self.stored] {
            let request = cookies.clone().fold(client.get("/"), |request, (name, value)| {
                request.cookie((name.to_owned(), value.to_owned()))
            });
            let header = Header::new("Cookie", text.replace('\n', "; "));
            assert_eq!(answer(request.header(header)), Status::Ok);
        }
    }

    /// The body of a back-channel logout, as it is or, behind `parts `, a token of these parts: the keys
    /// that could tell a good signature are out of reach.
    fn logout_token(&self, text: &str) {
        let body = match text.strip_prefix("parts ") {
            Some(parts) => {
                let parts = parts.split('|').map(|part| URL_SAFE_NO_PAD.encode(part));
                format!("logout_token={}", parts.collect::<Vec<_>>().join("."))
            }
            None => text.to_owned(),
        };
        let request = self.client.post("/auth/backchannel-logout").header(ContentType::Form);
        let status = answer(request.body(body));
        assert!([Status::BadRequest, Status::ServiceUnavailable].contains(&status), "{status}");
    }

    /// What a store has under the id of a session: a version, a line break, and what is sealed. It signs
    /// nobody in.
    fn record(&self, text: &str) {
        let (version, sealed) = text.split_once('\n').unwrap_or(("0", text));
        self.store.set(version.parse().unwrap_or_default(), sealed);
        // A secret as a browser has it.
        let cookie = ("session", URL_SAFE_NO_PAD.encode([7; 32]));
        assert_eq!(answer(self.stored.get("/").cookie(cookie)), Status::Ok);
    }

    /// The body of a webhook, behind `signed ` with its signature: one that is not signed is not read.
    fn webhook(&self, text: &str) {
        let (body, signature) = match text.strip_prefix("signed ") {
            Some(body) => (body, signature(body.as_bytes())),
            None => (text, "0".repeat(64)),
        };
        let length = Header::new("Content-Length", body.len().to_string());
        let request = self.client.post("/auth/webhook").body(body).header(length);
        let status = answer(request.header(Header::new("logto-signature-sha-256", signature)));
        if text.starts_with("signed ") {
            assert!([Status::NoContent, Status::BadRequest].contains(&status), "{status}");
        } else {
            assert_eq!(status, Status::Unauthorized);
        }
    }
}

/// A text as a path of this site: what is accepted leads nowhere else.
fn local_path(text: &str) {
    if let Ok(path) = text.parse::<LocalPath>() {
        assert!(stays(path.as_str()), "{path:?}");
        let again = path.as_str().parse::<LocalPath>();
        assert_eq!(again.as_ref().map(LocalPath::as_str), Ok(path.as_str()));
    }
}

/// The status of an answer, which is no error of the server and leads to no other site.
fn answer(request: LocalRequest<'_>) -> Status {
    let response = request.dispatch();
    assert_ne!(response.status(), Status::InternalServerError);
    if let Some(location) = response.headers().get_one("Location") {
        assert!(stays(location), "{location:?}");
    }
    response.status()
}

/// Whether a browser that follows `location` stays on this site.
fn stays(location: &str) -> bool {
    let here = url::Url::parse(ORIGIN).expect("a URL");
    here.join(location).is_ok_and(|there| {
        let again = here.join(&there[url::Position::BeforePath..]);
        there.origin() == here.origin() && again.is_ok_and(|again| again.origin() == here.origin())
    })
}
