//! The word `background`.

use proc_macro2::Span;
use syn::Error;

use super::accepts::Accepts;
use super::bearer::twice;
use super::errors::Errors;
use super::key::Key;
use super::list::List;

/// Where the list says that requests are made in the background, if it does. Adds an error to it if the
/// word is given twice, or if no session is accepted.
pub(super) fn check(all: &mut List, accepts: Accepts) -> Option<Span> {
    let mut errors = Errors::default();
    let mut words = all.words.iter().filter(|word| word.key == Key::Background);
    let first = words.next().map(|word| word.at);
    words.for_each(|word| errors.add(twice(word)));
    if let (Some(at), Accepts::Bearer) = (first, accepts) {
        errors.add(without_session(at));
    }
    all.errors.take(errors.or(()));
    first
}

fn without_session(at: Span) -> Error {
    let message = "`background` is about the activity of sessions, but this route accepts \
                   access tokens only; leave it out";
    Error::new(at, message)
}
