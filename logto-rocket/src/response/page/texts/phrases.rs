//! [`Phrases`]: everything that pages say, in one language.

use super::kept::Kept;
use super::label::Label;
use super::topic::Topic;
use crate::error::Lack;
use crate::request::NotListed;

/// Everything that pages say, in one language. A language that lacks a text does not compile.
pub(crate) trait Phrases {
    /// The title of a page, and its text where none is made for the request.
    fn words(&self, topic: Topic) -> Words;

    /// What a link or a button says.
    fn label(&self, label: Label) -> &'static str;

    /// What a library of scripts shows for the moment in which it leaves to the browser.
    fn hand_over(&self) -> Words;

    /// The sentences after the text of a page that leads to a sign-in in a new tab.
    fn sign_in_in_new_tab(&self, kept: Kept) -> &'static str;

    /// The sentence before the text of a page whose user is signed in.
    fn signed_in_as(&self, name: &str) -> String;

    /// The same of a user who signed in and is not let in.
    fn refused(&self, name: &str) -> String;

    /// What the account of a refused user lacks; at least one.
    fn lacking(&self, lacks: &[Lack]) -> String;

    /// The text of the page at a host that is none of the site's: what the request has sent, and where
    /// the site is.
    fn unlisted_host(&self, why: &NotListed, site: &str) -> String;
}

/// What a page says: a title and a sentence or two.
#[derive(Clone, Copy)]
pub(crate) struct Words {
    pub title: &'static str,
    pub text: &'static str,
}

/// Words, as the tables of the languages write them.
pub(super) const fn words(title: &'static str, text: &'static str) -> Words {
    Words { title, text }
}

/// Several names in a row, with a word between the last two.
pub(super) fn joined(names: &[&str], or: &str) -> String {
    match names {
        [] => String::new(),
        [name] => (*name).to_owned(),
        [names @ .., last] => format!("{} {or} {last}", names.join(", ")),
    }
}
