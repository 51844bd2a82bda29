//! What a request is, and what it has found out.

mod bearer;
mod client_address;
mod current_user;
mod headers;
mod host;
mod kind;
mod loader;
mod on_route;
mod origin;
mod return_to;
mod state;
#[cfg(all(test, feature = "testing"))]
pub(crate) mod tests;
mod user;

pub(crate) use self::bearer::{presents_token, token_of};
pub(crate) use self::client_address::client_address;
pub(crate) use self::current_user::CurrentUser;
pub(crate) use self::headers::{header, is_htmx, prefers_html};
pub(crate) use self::host::{NotListed, host_of, listed_host};
pub(crate) use self::kind::Kind;
pub(crate) use self::loader::{Loader, takes_turbo_streams, turbo_frame};
pub(crate) use self::on_route::{Accepted, Credentials};
pub(crate) use self::origin::Initiator;
pub(crate) use self::return_to::{own_path, return_to};
pub(crate) use self::state::{RequestState, SessionWrite, Writes};
pub(crate) use self::user::user_of;
