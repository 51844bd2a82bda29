//! The headers that keep a page from harm, whoever has made its HTML.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rocket::Request;
use rocket::http::SameSite;
use sha2::{Digest, Sha256};

use super::html::STYLE;
use super::{ActionKind, BuiltInPage};
use crate::client::Client;
use crate::request::Kind;

impl BuiltInPage {
    /// What the page may load. HTML of the application's own may load what is on this site; nothing
    /// may come from elsewhere, to which the address of a callback could go.
    pub(super) fn content_security_policy(&self, request: &Request<'_>, is_own: bool) -> String {
        let load = if is_own {
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
             object-src 'none'"
                .to_owned()
        } else {
            format!(
                "default-src 'none'; style-src 'sha256-{}'",
                STANDARD.encode(Sha256::digest(STYLE))
            )
        };
        let forms = match Client::of(request.rocket()).filter(|_| self.has_button()) {
            Some(client) => format!("'self' {}", client.logto_origin()),
            None if is_own => "'self'".into(),
            None => "'none'".into(),
        };
        let ancestors = self.frame_ancestors(request);
        format!("{load}; form-action {forms}; base-uri 'none'; frame-ancestors {ancestors}")
    }

    /// A form submission must contain its origin; with `no-referrer` a browser sends `Origin:
    /// null`.
    pub(super) fn referrer_policy(&self) -> &'static str {
        if self.secret_address { "no-referrer" } else { "same-origin" }
    }

    /// Who may frame a page that answers a frame, and has no button: the site itself, and other sites
    /// if the application's cookies are sent there (`same_site = "none"`).
    fn frame_ancestors(&self, request: &Request<'_>) -> &'static str {
        if self.has_button() || Kind::at_route(request) != Kind::Frame {
            return "'none'";
        }
        let client = Client::of(request.rocket());
        match client.map(|client| client.settings().session.same_site) {
            Some(SameSite::None) => "*",
            _ => "'self'",
        }
    }

    /// Whether it has a form, which posts to a route that redirects to Logto.
    fn has_button(&self) -> bool {
        self.actions.iter().any(|action| action.kind == ActionKind::Post)
    }
}
