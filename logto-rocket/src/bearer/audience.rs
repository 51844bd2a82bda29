//! [`TokenAudience`]: what an access token can be for, as a type.

use crate::oidc::RequiredAudience;
use crate::resource::{Resource, uri_of};

/// The audience of an access token, as a type: one that [`resource!`](crate::resource) makes, or
/// [`Organizations`].
#[diagnostic::on_unimplemented(
    message = "no access token is for `{Self}`",
    label = "this type is neither an API resource nor `Organizations`",
    note = "make one with `resource!(pub Orders = \"https://api.example.com/orders\");`"
)]
pub trait TokenAudience: Send + Sync + 'static {
    /// The indicator of the API resource; `None` for organizations.
    #[doc(hidden)]
    const RESOURCE: Option<&'static str>;
}

/// The audience of organization tokens: [`Bearer<Organizations>`](crate::Bearer). Such a token has the
/// permissions in one organization.
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::{Bearer, Organizations, authenticated};
///
/// #[authenticated(bearer, organization = "<org>", scope = "read:invoices")]
/// #[get("/orgs/<org>/invoices")]
/// fn invoices(org: &str, caller: Bearer<Organizations>) -> String {
///     assert_eq!(caller.organization_id(), Some(org));
///     format!("the invoices that {} may read", caller.subject())
/// }
/// # fn main() { let _ = routes![invoices]; }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Organizations;

impl<R: Resource> TokenAudience for R {
    const RESOURCE: Option<&'static str> = Some(uri_of::<R>());
}

impl TokenAudience for Organizations {
    const RESOURCE: Option<&'static str> = None;
}

/// A parameter accepts the tokens that the requirement of its route accepts: both name the same type.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "expected `{Required}`, found `{Self}`",
    label = "the access tokens of this route are for `{Required}`",
    note = "the type in `Bearer<…>` or `Caller<…>` is the audience of the tokens: the \
            `resource` of the requirement, or `Organizations` if it has an `organization` and \
            no resource"
)]
pub trait SameAudience<Required> {}

impl<R: TokenAudience> SameAudience<R> for R {}

/// Compiles if both are the same.
#[doc(hidden)]
pub const fn same_audience<Found: SameAudience<Required>, Required>() {}

/// The audience that a token must have if the route has no requirement.
pub(crate) fn required_audience<R: TokenAudience>() -> RequiredAudience<'static> {
    match const { R::RESOURCE } {
        Some(uri) => RequiredAudience::Resource { uri, organization: None },
        None => RequiredAudience::AnyOrganization,
    }
}
