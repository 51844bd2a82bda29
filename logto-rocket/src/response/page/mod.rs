//! [`BuiltInPage`]: what this crate itself answers to a person or a program.

mod draft;
mod hook;
mod html;
mod language;
mod policy;
pub(crate) mod texts;

use rocket::http::Status;
use serde::Serialize;

pub(crate) use self::draft::PageDraft;
pub(crate) use self::hook::PageHook;
pub use self::language::Language;
use self::texts::Topic;
use crate::local_path::LocalPath;

/// A page of this crate for browsers, which the hook [`pages`](crate::LogtoFairing::pages) can render. A
/// program gets the same content as a problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)), in
/// English.
///
/// All texts are plain text, and some contain a user's name. Escape them, as template engines do. They contain
/// no secret and none of Logto's error descriptions.
///
/// A template gets the fields by name, for example `{{ title }}`.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct BuiltInPage {
    /// The stable code of the page, such as `denied`. The manual [lists](crate::guide::pages#codes) all codes.
    pub code: &'static str,
    /// The status of the response. A hook cannot change it.
    pub status: Status,
    /// The language of all texts, which the request determines.
    pub language: Language,
    /// The name of the site: `site_name`, or the host of the request, which is one of `base_url` or
    /// `base_urls`.
    pub site_name: String,
    /// The title.
    pub title: &'static str,
    /// One or more sentences. If a guard of this crate refuses a signed-in user, they name the user and the kind
    /// of right that the account lacks.
    pub text: String,
    /// A further line for the developers of the application, in English; only in Rocket's debug profile.
    pub detail: Option<String>,
    /// The links and buttons of the page, the most likely one first. The list is never empty.
    pub actions: Vec<PageAction>,
    #[serde(skip)]
    forward: Option<LocalPath>,
    #[serde(skip)]
    secret_address: bool,
}

/// A link or a button of a [`BuiltInPage`].
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PageAction {
    /// The text of the link or button, in the language of the page.
    pub label: &'static str,
    /// Where it leads: a path on this site, or, at a host that is none of the site's, the URL of the site.
    pub address: String,
    /// How it leads to the address.
    pub kind: ActionKind,
}

/// How a [`PageAction`] leads to its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ActionKind {
    /// A link with `target="_top"`, which libraries that load pages leave to the browser.
    Link,
    /// A link with `target="_blank"`, so that this tab keeps its content, such as the input in a form.
    NewTab,
    /// A button in a form that posts to the address.
    Post,
}

impl BuiltInPage {
    /// The codes of all pages, for a test that your own texts are complete.
    pub const CODES: &'static [&'static str] = Topic::CODES;
}
