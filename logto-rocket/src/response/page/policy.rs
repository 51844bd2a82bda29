//! The security headers of a page (`Content-Security-Policy`, `Referrer-Policy`). They are the same for HTML
//! of this crate and of the application, except for what the HTML may load.

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
    /// What the page may load. HTML of the application may load resources of this site. No page may load
    /// anything from another site, which could learn the address of a callback.
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

    /// The sites that may frame this page. A page with a button, or one that no frame has requested, must not
    /// be framed. Any other page may be framed by this site, and also by other sites if browsers send the
    /// session's cookie there (`same_site = "none"`).
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
