//! What this crate answers: challenges, built-in pages, problem documents, redirects.

mod catchers;
mod challenge;
mod handler_error;
pub(crate) mod onward;
mod page;
mod problem;
mod program;
pub(crate) mod redirect;

pub(crate) use self::catchers::{CATCHER, catchers};
pub use self::challenge::Challenge;
pub(crate) use self::page::PageHook;
pub(crate) use self::page::texts::{self, label};
pub use self::page::{ActionKind, BuiltInPage, PageAction};
