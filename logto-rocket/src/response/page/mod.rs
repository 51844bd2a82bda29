//! [`BuiltInPage`]: what this crate itself answers to a person or a program.

pub(crate) mod texts;

use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, PreEscaped, html};
use rocket::http::{ContentType, Header, SameSite, Status};
use rocket::{Request, Response};
use sha2::{Digest, Sha256};

use self::texts::Text;
use super::problem::Problem;
use crate::client::Client;
use crate::local_path::LocalPath;
use crate::request::{Kind, Loader, prefers_html};

const STYLE: &str = "\
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}\
body{margin:0;min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText}\
main{max-width:26rem;padding:2rem}h1{font-size:1.4rem;margin:0 0 .5rem}p{margin:0 0 1rem}\
form{margin:0}code{font-size:.9em}\
.act{display:inline-block;font:inherit;padding:.55rem 1.1rem;margin:.25rem .5rem .25rem 0;\
border:0;border-radius:.5rem;background:#5d34f2;color:#fff;text-decoration:none;cursor:pointer}";

/// A page for browsers, and a problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457))
/// for programs.
pub(crate) struct BuiltInPage {
    status: Status,
    title: &'static str,
    text: String,
    detail: Option<String>,
    actions: Vec<Action>,
    sign_in: Option<LocalPath>,
    form_target: Option<String>,
    forward: Option<LocalPath>,
    secret_address: bool,
}

enum Action {
    Link { label: &'static str, href: LocalPath, new_tab: bool },
    Post { label: &'static str, action: LocalPath },
}

impl BuiltInPage {
    pub fn new(status: Status, Text { title, text }: Text) -> Self {
        Self::with(status, title, text)
    }

    /// A page whose text is made for the request.
    pub fn with(status: Status, title: &'static str, text: impl Into<String>) -> Self {
        Self {
            status,
            title,
            text: text.into(),
            detail: None,
            actions: Vec::new(),
            sign_in: None,
            form_target: None,
            forward: None,
            secret_address: false,
        }
    }

    /// A further line for the developers of the application.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// A link that stands out.
    pub fn link(mut self, label: &'static str, href: LocalPath) -> Self {
        self.actions.push(Action::Link { label, href, new_tab: false });
        self
    }

    /// A link that opens in a new tab.
    pub fn new_tab(mut self, label: &'static str, href: LocalPath) -> Self {
        self.actions.push(Action::Link { label, href, new_tab: true });
        self
    }

    /// A button that posts to `action`, which may redirect to the origin `target`.
    pub fn post(mut self, label: &'static str, action: LocalPath, target: String) -> Self {
        self.actions.push(Action::Post { label, action });
        self.form_target = Some(target);
        self
    }

    /// Navigates to a path automatically, as a navigation that starts on this page.
    pub fn forward(mut self, path: LocalPath) -> Self {
        self.forward = Some(path);
        self
    }

    /// The address of the sign-in, for programs.
    pub fn sign_in(mut self, uri: LocalPath) -> Self {
        self.sign_in = Some(uri);
        self
    }

    /// Hides the address of the request, which contains a code, from the linked pages.
    pub fn secret_address(mut self) -> Self {
        self.secret_address = true;
        self
    }

    /// The response, in the format that the request prefers. Caches do not store it.
    pub fn respond(self, request: &Request<'_>) -> Response<'static> {
        let mut response = Response::build();
        response.status(self.status).raw_header("Cache-Control", "no-store");
        if shows_pages(request) {
            let in_frame = Kind::at_route(request) == Kind::Frame;
            let html = self.html(in_frame);
            let framed = in_frame && self.form_target.is_none();
            let ancestors = if framed { frame_ancestors(request) } else { "'none'" };
            let policy = self.content_security_policy(ancestors);
            response
                .header(ContentType::HTML)
                .header(Header::new("Content-Security-Policy", policy))
                .raw_header("Referrer-Policy", self.referrer_policy())
                // For Unpoly, which shows only what it has asked for unless it is told.
                .raw_header("X-Up-Target", "body")
                .sized_body(html.len(), Cursor::new(html));
        } else {
            let json = self.problem().to_json();
            response
                .header(ContentType::new("application", "problem+json"))
                .sized_body(json.len(), Cursor::new(json));
        }
        response.finalize()
    }

    fn html(&self, in_frame: bool) -> String {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    @if let Some(path) = &self.forward {
                        meta http-equiv="refresh" content={ "0; url=" (path) };
                    }
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    main {
                        h1 { (self.title) }
                        p { (self.text) }
                        @if let Some(detail) = &self.detail { p { code { (detail) } } }
                        @for action in &self.actions {
                            @match action {
                                Action::Link { label, href, new_tab } => {
                                    // No library of scripts follows a link with a target.
                                    @let target = if *new_tab || in_frame { "_blank" } else { "_top" };
                                    a.act href=(href) target=(target) rel="noopener" { (label) }
                                }
                                Action::Post { label, action } => {
                                    form method="post" action=(action) {
                                        button.act { (label) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        .into_string()
    }

    fn problem(&self) -> Problem<'_> {
        Problem {
            r#type: "about:blank",
            title: self.title,
            status: self.status.code,
            detail: self.detail.as_deref().unwrap_or(&self.text),
            sign_in: self.sign_in.as_ref().map(LocalPath::as_str),
        }
    }

    fn content_security_policy(&self, frame_ancestors: &str) -> String {
        let style = STANDARD.encode(Sha256::digest(STYLE));
        let forms = match &self.form_target {
            Some(target) => format!("'self' {target}"),
            None => "'none'".into(),
        };
        format!(
            "default-src 'none'; style-src 'sha256-{style}'; form-action {forms}; \
             base-uri 'none'; frame-ancestors {frame_ancestors}"
        )
    }

    /// A form submission must contain its origin; with `no-referrer` a browser sends `Origin:
    /// null`.
    fn referrer_policy(&self) -> &'static str {
        if !self.secret_address && (self.form_target.is_some() || !self.actions.is_empty()) {
            "same-origin"
        } else {
            "no-referrer"
        }
    }
}

/// Whether a person sees the answer: the request prefers HTML, or comes from a library that shows it.
fn shows_pages(request: &Request<'_>) -> bool {
    let shown = matches!(Loader::of(request), Some(Loader::Turbo | Loader::Unpoly));
    shown || prefers_html(request)
}

/// Who may frame a page that answers a frame, and has no button: the site itself, and other sites if
/// the application's cookies are sent there (`same_site = "none"`).
fn frame_ancestors(request: &Request<'_>) -> &'static str {
    let client = Client::of(request.rocket());
    match client.map(|client| client.settings().session.same_site) {
        Some(SameSite::None) => "*",
        _ => "'self'",
    }
}
