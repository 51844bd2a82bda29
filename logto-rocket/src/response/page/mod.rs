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

/// A page of this crate, for the hook [`pages`](crate::LogtoFairing::pages): for browsers; a program
/// gets the same as a problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)), in English.
///
/// All texts are plain and must be escaped, as template engines do: some contain a user's name. They
/// hold no secret and nothing of Logto's descriptions.
///
/// A template gets its fields by name, for example `{{ title }}`.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct BuiltInPage {
    /// The stable code of what the page is about, such as `denied`. The manual [lists](crate::guide::pages#codes)
    /// all codes.
    pub code: &'static str,
    /// The status that the response has, whatever a hook makes of the page.
    pub status: Status,
    /// The language of all texts, as the request asks for it.
    pub language: Language,
    /// The name of the site: `site_name`, or the host of the request, which is one of `base_url` or
    /// `base_urls`.
    pub site_name: String,
    /// The title.
    pub title: &'static str,
    /// A sentence or a few. Of a signed-in user who is refused it says who that is, and what kind of
    /// thing the account lacks.
    pub text: String,
    /// A further line for the developers of the application, in English; only in Rocket's debug profile.
    pub detail: Option<String>,
    /// Where the page leads, the most likely first. It is never empty.
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
    /// What it says, in the language of the page.
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
    pub const CODES: &'static [&'static str] = Topic::CODES;
}
