//! Types that say what the decision of a [`Requirement`](crate::Requirement) needs.
//!
//! [`requires!`](crate::requires) selects the type according to the requirement, so that a check without the
//! necessary data is a compile error. A constant must name the type unless the claims are enough:
//!
//! ```
//! use logto_rocket::{Requirement, needs, requires};
//!
//! const STAFF: Requirement = requires!(role = "staff");
//! const BILLING: Requirement<needs::Answers> =
//!     requires!(organization = "org_1", scope = "manage:billing");
//! # let _ = (STAFF, BILLING);
//! ```

/// The decision needs only the user's claims.
pub enum Claims {}

/// The decision needs an asynchronous answer: an access token from Logto for a `scope`, or a
/// function of the application for a `check`.
pub enum Answers {}

/// The decision needs the request, because the requirement accepts access tokens, or because a function finds
/// the organization.
pub enum Request {}

/// Requirements that the claims of a user decide.
#[diagnostic::on_unimplemented(
    message = "the claims alone do not decide this requirement",
    label = "it names a `scope`, a `check`, or an organization that a function finds",
    note = "`.check(&user).await` decides it, if it needs no request"
)]
pub trait ByClaims: sealed::Sealed {}

/// What can be decided for a user.
#[diagnostic::on_unimplemented(
    message = "this requirement is decided for a request, not for a user",
    label = "it accepts access tokens (`bearer`), or a function finds its organization in the request",
    note = "`.guard(routes)` and `#[authenticated(…)]` decide it"
)]
pub trait ByUser: sealed::Sealed {}

impl ByClaims for Claims {}
impl ByUser for Claims {}
impl ByUser for Answers {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Claims {}
    impl Sealed for super::Answers {}
}
