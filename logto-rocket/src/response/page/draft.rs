//! [`PageDraft`]: a page before it is known in which language and in which format it is answered.

use std::io::Cursor;

use rocket::http::{ContentType, Header, Status};
use rocket::{Request, Response};

use super::hook::PageHook;
use super::language::Language;
use super::texts::{Kept, Label, Phrases, Topic, phrases};
use super::{ActionKind, BuiltInPage, PageAction};
use crate::client::Client;
use crate::error::Lack;
use crate::local_path::LocalPath;
use crate::request::{Kind, Loader, NotListed, host_of, prefers_html, turbo_frame};
use crate::response::problem::Problem;
use crate::shown::is_invisible;

/// The most characters of a user's name that a page shows.
const MAX_NAME: usize = 80;
/// What is shown of a text of the application, in characters.
const MAX_TEXT: usize = 1_000;

/// A page of this crate: what it is about and where it leads.
pub(crate) struct PageDraft {
    status: Status,
    topic: Topic,
    text: Text,
    person: Option<Person>,
    cause: Option<String>,
    actions: Vec<(Label, LocalPath, ActionKind)>,
    kept: Option<Kept>,
    /// Where the sign-in starts, for programs.
    sign_in: Option<LocalPath>,
    forward: Option<LocalPath>,
    secret_address: bool,
}

/// Whom a page is about, by a name that fits it.
enum Person {
    SignedIn(String),
    /// Who signed in at Logto, and is not let in here.
    Refused(String),
}

/// What a page says below its title.
enum Text {
    /// The text of its topic.
    OfTopic,
    /// What the application tells the user.
    OfApplication(String),
    /// What the user's account lacks.
    Lacking(Vec<Lack>),
    /// What the request has sent, and where the site and its home page are.
    UnlistedHost { why: NotListed, site: String, home: String },
}

impl PageDraft {
    pub fn new(status: Status, topic: Topic) -> Self {
        Self {
            status,
            topic,
            text: Text::OfTopic,
            person: None,
            cause: None,
            actions: Vec::new(),
            kept: None,
            sign_in: None,
            forward: None,
            secret_address: false,
        }
    }

    /// Says who is signed in.
    pub fn signed_in_as(mut self, display_name: Option<&str>) -> Self {
        self.person = display_name.map(|name| Person::SignedIn(shortened(name)));
        self
    }

    /// Says who signed in and is refused, and why, if the application tells that.
    pub fn refused(mut self, display_name: &str, why: Option<&str>) -> Self {
        self.person = Some(Person::Refused(shortened(display_name)));
        let why = why.map(|why| legible(why, MAX_TEXT)).filter(|why| !why.is_empty());
        if let Some(why) = why {
            self.text = Text::OfApplication(why);
        }
        self
    }

    /// Says what kinds of things the account lacks, if any are known.
    pub fn lacking(mut self, lacks: &[Lack]) -> Self {
        if !lacks.is_empty() {
            self.text = Text::Lacking(lacks.to_vec());
        }
        self
    }

    /// Says where the site is, and that the request is for another host. `home` is the URL of its home page.
    pub fn unlisted_host(mut self, why: NotListed, site: String, home: String) -> Self {
        self.text = Text::UnlistedHost { why, site, home };
        self
    }

    /// A further line for the developers of the application, in Rocket's debug profile only: it may contain
    /// what users should not see, such as addresses of the configuration.
    pub fn cause(mut self, request: &Request<'_>, cause: String) -> Self {
        if request.rocket().config().profile == rocket::Config::DEBUG_PROFILE {
            self.cause = Some(cause);
        }
        self
    }

    /// A link.
    pub fn link(self, label: Label, address: LocalPath) -> Self {
        self.action(label, address, ActionKind::Link)
    }

    /// A link to a sign-in in a new tab, and what to do in this one afterwards.
    pub fn sign_in_in_new_tab(mut self, kept: Kept, address: LocalPath) -> Self {
        self.kept = Some(kept);
        self.action(Label::SignInInNewTab, address, ActionKind::NewTab)
    }

    /// A button that posts to an address, which may redirect to Logto. A page with one cannot be framed.
    pub fn post(self, label: Label, address: LocalPath) -> Self {
        self.action(label, address, ActionKind::Post)
    }

    /// Navigates to a path automatically, as a navigation that starts on this page.
    pub fn forward(mut self, path: LocalPath) -> Self {
        self.forward = Some(path);
        self
    }

    /// The address of the sign-in, for programs.
    pub fn sign_in(mut self, address: LocalPath) -> Self {
        self.sign_in = Some(address);
        self
    }

    /// Hides the address of the request, which contains a code, from the linked pages.
    pub fn secret_address(mut self) -> Self {
        self.secret_address = true;
        self
    }

    /// The response, in the format and the language that the request prefers. Caches do not store it.
    pub fn respond(self, request: &Request<'_>) -> Response<'static> {
        if !shows_pages(request) {
            return self.respond_to_program();
        }
        let page = self.page(request);
        let own = PageHook::html(request, &page);
        let policy = page.content_security_policy(request, own.is_some());
        let mut response = Response::build();
        response
            .status(page.status)
            .raw_header("Cache-Control", "no-store")
            .raw_header("Vary", "Accept-Language")
            .header(ContentType::HTML)
            .header(Header::new("Content-Security-Policy", policy))
            .raw_header("Referrer-Policy", page.referrer_policy())
            // Without this header, Unpoly shows only the part of the page that it requested.
            .raw_header("X-Up-Target", "body");
        if let (Some(path), Some(_)) = (&page.forward, &own) {
            response.header(Header::new("Refresh", format!("0; url={path}")));
        }
        if own.is_none() {
            // The HTML of the application may be in any language.
            response.raw_header("Content-Language", page.language.tag());
        }
        let html = own.unwrap_or_else(|| page.html(turbo_frame(request)));
        response.sized_body(html.len(), Cursor::new(html)).finalize()
    }

    /// The response to a program. Caches do not store it.
    pub fn respond_to_program(self) -> Response<'static> {
        let english = phrases(Language::English);
        let mut text = self.text(english);
        if let Some(cause) = &self.cause {
            text = format!("{text} Details: {cause}.");
        }
        let problem = Problem {
            r#type: format!("urn:logto-rocket:{}", self.topic.code()),
            title: english.words(self.topic).title,
            status: self.status.code,
            detail: &text,
            sign_in: self.sign_in.as_ref().map(LocalPath::as_str),
        };
        let json = problem.to_json();
        Response::build()
            .status(self.status)
            .raw_header("Cache-Control", "no-store")
            .header(ContentType::new("application", "problem+json"))
            .sized_body(json.len(), Cursor::new(json))
            .finalize()
    }

    /// The page as the request is to get it: in its language, with a link home at the end, and with links
    /// that fit a frame if the request is a frame's.
    fn page(self, request: &Request<'_>) -> BuiltInPage {
        let client = Client::of(request.rocket());
        let language = Language::of(request);
        let phrases = phrases(language);
        let person = self.person.as_ref().map(|person| match person {
            Person::SignedIn(name) => phrases.signed_in_as(name),
            Person::Refused(name) => phrases.refused(name),
        });
        let text = match person {
            Some(person) => format!("{person} {}", self.text(phrases)),
            None => self.text(phrases),
        };
        let home = match &self.text {
            // A path leads to this page again.
            Text::UnlistedHost { home, .. } => home.clone(),
            _ => client.map_or_else(|| "/".into(), |it| it.settings().after_sign_in.to_string()),
        };
        let actions = self.actions.into_iter();
        let mut actions: Vec<_> =
            actions.map(|(label, to, kind)| (label, to.into(), kind)).collect();
        if self.forward.is_none() && actions.iter().all(|(_, address, _)| *address != home) {
            actions.push((Label::Home, home, ActionKind::Link));
        }
        let is_frame = Kind::at_route(request) == Kind::Frame;
        let actions = actions.into_iter().map(|(label, address, kind)| PageAction {
            label: phrases.label(label),
            address,
            kind: if is_frame && kind == ActionKind::Link { ActionKind::NewTab } else { kind },
        });
        BuiltInPage {
            code: self.topic.code(),
            status: self.status,
            language,
            site_name: client.map_or_else(String::new, |client| {
                client.site_name(host_of(request, client)).to_owned()
            }),
            title: phrases.words(self.topic).title,
            text,
            detail: self.cause,
            actions: actions.collect(),
            forward: self.forward,
            secret_address: self.secret_address,
        }
    }

    /// What it says below its title, besides whom it is about.
    fn text(&self, phrases: &dyn Phrases) -> String {
        let text = match &self.text {
            Text::OfTopic => phrases.words(self.topic).text.to_owned(),
            Text::OfApplication(text) => text.clone(),
            Text::Lacking(lacks) => phrases.lacking(lacks),
            Text::UnlistedHost { why, site, .. } => phrases.unlisted_host(why, site),
        };
        match self.kept {
            Some(kept) => format!("{text} {}", phrases.sign_in_in_new_tab(kept)),
            None => text,
        }
    }

    fn action(mut self, label: Label, address: LocalPath, kind: ActionKind) -> Self {
        self.actions.push((label, address, kind));
        self
    }
}

/// A user's name in one line, which is not longer than a page can show.
fn shortened(name: &str) -> String {
    legible(name, MAX_NAME)
}

/// A text without characters that hide or reorder others, and without all beyond a number of characters.
fn legible(text: &str, longest: usize) -> String {
    let words = text.split(|char: char| char.is_whitespace() || is_invisible(char));
    let text = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text,
    }
}

/// Whether a person sees the answer: the request prefers HTML, or comes from a library that shows it.
fn shows_pages(request: &Request<'_>) -> bool {
    let shown = matches!(Loader::of(request), Some(Loader::Turbo | Loader::Unpoly));
    shown || prefers_html(request)
}
