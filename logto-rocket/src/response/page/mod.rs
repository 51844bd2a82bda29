//! [`BuiltInPage`]: what this crate itself answers to a person or a program.

mod hook;
mod html;
mod policy;
pub(crate) mod texts;

use std::io::Cursor;

use rocket::http::{ContentType, Header, Status};
use rocket::{Request, Response};
use serde::Serialize;

pub(crate) use self::hook::PageHook;
use self::texts::Words;
use super::problem::Problem;
use crate::client::Client;
use crate::local_path::LocalPath;
use crate::request::{Kind, Loader, prefers_html, turbo_frame};

/// A page of this crate, for the hook [`pages`](crate::LogtoFairing::pages): for browsers; a program
/// gets the same as a problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)).
///
/// All texts are plain and must be escaped, as template engines do: some contain a user's name. They
/// hold no secret and nothing of Logto's descriptions.
///
/// A template gets its fields by name, for example `{{ title }}`.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct BuiltInPage {
    /// The stable code of what the page is about, such as `denied`. The manual [lists](crate#codes)
    /// all codes.
    pub code: &'static str,
    /// The status that the response has, whatever a hook makes of the page.
    pub status: Status,
    /// The title, in English.
    pub title: &'static str,
    /// A sentence or two, in English.
    pub text: String,
    /// A further line for the developers of the application; only in Rocket's debug profile.
    pub detail: Option<String>,
    /// Where the page leads, the most likely first. It is never empty.
    pub actions: Vec<PageAction>,
    /// Where the sign-in starts, for programs.
    #[serde(skip)]
    sign_in: Option<LocalPath>,
    #[serde(skip)]
    form_target: Option<String>,
    #[serde(skip)]
    forward: Option<LocalPath>,
    #[serde(skip)]
    secret_address: bool,
}

/// A link or a button of a [`BuiltInPage`].
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PageAction {
    /// What it says, in English.
    pub label: &'static str,
    /// Where it leads, on this site.
    pub address: LocalPath,
    /// How it leads there.
    pub kind: ActionKind,
}

/// How a [`PageAction`] leads to its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ActionKind {
    /// A link with `target="_top"`, which libraries that load pages leave to the browser.
    Link,
    /// A link with `target="_blank"`: what is in this tab, such as a form's input, stays.
    NewTab,
    /// A button in a form that posts to the address.
    Post,
}

impl BuiltInPage {
    /// The codes of all pages, for a test that your own texts are complete.
    pub const CODES: &'static [&'static str] = texts::CODES;

    pub(crate) fn new(status: Status, Words { code, title, text }: Words) -> Self {
        Self {
            code,
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

    /// A text that is made for the request.
    pub(crate) fn text(mut self, text: String) -> Self {
        self.text = text;
        self
    }

    /// A further line for the developers of the application, in Rocket's debug profile only: it may
    /// name what strangers should not know, such as addresses of the configuration.
    pub(crate) fn cause(mut self, request: &Request<'_>, cause: String) -> Self {
        if request.rocket().config().profile == rocket::Config::DEBUG_PROFILE {
            self.detail = Some(cause);
        }
        self
    }

    /// A link.
    pub(crate) fn link(self, label: &'static str, address: LocalPath) -> Self {
        self.action(label, address, ActionKind::Link)
    }

    /// A link that opens in a new tab.
    pub(crate) fn new_tab(self, label: &'static str, address: LocalPath) -> Self {
        self.action(label, address, ActionKind::NewTab)
    }

    /// A button that posts to an address, which may redirect to the origin `target`.
    pub(crate) fn post(mut self, label: &'static str, address: LocalPath, target: String) -> Self {
        self.form_target = Some(target);
        self.action(label, address, ActionKind::Post)
    }

    /// Navigates to a path automatically, as a navigation that starts on this page.
    pub(crate) fn forward(mut self, path: LocalPath) -> Self {
        self.forward = Some(path);
        self
    }

    /// The address of the sign-in, for programs.
    pub(crate) fn sign_in(mut self, address: LocalPath) -> Self {
        self.sign_in = Some(address);
        self
    }

    /// Hides the address of the request, which contains a code, from the linked pages.
    pub(crate) fn secret_address(mut self) -> Self {
        self.secret_address = true;
        self
    }

    /// The response, in the format that the request prefers. Caches do not store it.
    pub(crate) fn respond(self, request: &Request<'_>) -> Response<'static> {
        let page = self.with_a_way_out(request);
        if !shows_pages(request) {
            return page.respond_to_program();
        }
        let own = PageHook::html(request, &page);
        let policy = page.content_security_policy(request, own.is_some());
        let mut response = Response::build();
        response
            .status(page.status)
            .raw_header("Cache-Control", "no-store")
            .header(ContentType::HTML)
            .header(Header::new("Content-Security-Policy", policy))
            .raw_header("Referrer-Policy", page.referrer_policy())
            // For Unpoly, which shows only what it has asked for unless it is told.
            .raw_header("X-Up-Target", "body");
        if let (Some(path), Some(_)) = (&page.forward, &own) {
            response.header(Header::new("Refresh", format!("0; url={path}")));
        }
        let html = own.unwrap_or_else(|| page.html(turbo_frame(request)));
        response.sized_body(html.len(), Cursor::new(html)).finalize()
    }

    /// The response to a program. Caches do not store it.
    pub(crate) fn respond_to_program(self) -> Response<'static> {
        let json = self.problem().to_json();
        Response::build()
            .status(self.status)
            .raw_header("Cache-Control", "no-store")
            .header(ContentType::new("application", "problem+json"))
            .sized_body(json.len(), Cursor::new(json))
            .finalize()
    }

    /// With a link home at the end, and links that fit a frame if the request is a frame's.
    fn with_a_way_out(mut self, request: &Request<'_>) -> Self {
        let home = Client::of(request.rocket())
            .map_or_else(LocalPath::root, |client| client.settings().after_sign_in.clone());
        if self.forward.is_none() && self.actions.iter().all(|action| action.address != home) {
            self = self.link(texts::label::HOME, home);
        }
        if Kind::at_route(request) == Kind::Frame {
            let links = self.actions.iter_mut().filter(|it| it.kind == ActionKind::Link);
            links.for_each(|link| link.kind = ActionKind::NewTab);
        }
        self
    }

    fn action(mut self, label: &'static str, address: LocalPath, kind: ActionKind) -> Self {
        self.actions.push(PageAction { label, address, kind });
        self
    }

    fn problem(&self) -> Problem<'_> {
        Problem {
            r#type: format!("urn:logto-rocket:{}", self.code),
            title: self.title,
            status: self.status.code,
            detail: self.detail.as_deref().unwrap_or(&self.text),
            sign_in: self.sign_in.as_ref().map(LocalPath::as_str),
        }
    }
}

/// Whether a person sees the answer: the request prefers HTML, or comes from a library that shows it.
fn shows_pages(request: &Request<'_>) -> bool {
    let shown = matches!(Loader::of(request), Some(Loader::Turbo | Loader::Unpoly));
    shown || prefers_html(request)
}
