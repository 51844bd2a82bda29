//! What this crate answers: challenges, built-in pages, problem documents, redirects.

mod catchers;
mod challenge;
mod handler_error;
pub(crate) mod onward;
mod page;
mod problem;
mod program;
pub(crate) mod redirect;
mod refuse;
mod sign_in_loop;

pub(crate) use self::catchers::{CATCHER, catchers};
pub use self::challenge::Challenge;
pub(crate) use self::page::texts::{Kept, Label, Topic};
pub use self::page::{ActionKind, BuiltInPage, Language, PageAction};
pub(crate) use self::page::{PageDraft, PageHook};
pub(crate) use self::sign_in_loop::sign_in_loop;
#[cfg(feature = "testing")]
pub(crate) use self::sign_in_loop::{in_spite_of_a_loop, is_in_a_loop};
