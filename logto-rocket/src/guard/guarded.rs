//! The methods of [`Requirement`]: they check users, and guard routes that the application did not
//! write.

use rocket::futures::future::BoxFuture;
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request, Route};

use super::{authenticated, note};
use crate::error::Refusal;
use crate::request::RequestState;
use crate::requirement::needs::{ByClaims, ByUser};
use crate::requirement::{Requirement, Tree, Written, decide, is_met_by_claims};
use crate::trace::Span;
use crate::user::LogtoUser;

/// What stands between the name of a route and the requirement that guards it.
const GUARDED_BY: &str = " guarded by ";

/// The name of a route's handler.
pub(crate) fn handler(route: &Route) -> Option<&str> {
    route.name.as_deref()?.split(GUARDED_BY).next()
}

/// The requirements that guard a route as values, as they display.
pub(crate) fn requirements(route: &Route) -> impl Iterator<Item = Written<'_>> {
    route.name.as_deref().unwrap_or_default().split(GUARDED_BY).skip(1).map(Written)
}

impl<N> Requirement<N> {
    /// Whether the user's claims meet the requirement. If the claims do not decide a requirement, the result is
    /// `false`, also under `not`. This function makes no request to Logto.
    pub fn check_claims(&self, user: &LogtoUser) -> bool
    where
        N: ByClaims,
    {
        let is_met = is_met_by_claims(self.tree(), user);
        let decided = if is_met { Ok(()) } else { Err(Refusal::Denied("".into())) };
        note(&Span::decision(self), &decided);
        is_met
    }

    /// Whether the user meets the requirement, decided as by `#[authenticated]`. As the error of a
    /// handler, the refusal gives the same response as the attribute.
    ///
    /// # Errors
    ///
    /// [`Refusal::Denied`] if the requirement is not met or cannot be decided, [`Refusal::Unavailable`] if the
    /// decision depends on Logto, which does not answer, and the refusals that another sign-in resolves.
    // Not an `async fn`: its future would have the bound too, and the compiler would report one error
    // three times.
    pub fn check<'u>(&self, user: &'u LogtoUser) -> BoxFuture<'u, Result<(), Refusal>>
    where
        N: ByUser,
    {
        let tree = self.tree();
        Box::pin(async move {
            let span = Span::decision(tree);
            let decided = span.around(decide(tree, user)).await;
            note(&span, &decided);
            decided
        })
    }

    /// Guards routes that you did not write, such as those of a file server. A user who does not meet the
    /// requirement is refused before the handlers run. Rank, format and sentinels of the routes stay the same,
    /// and the names of the routes contain the requirement. The launch lists the requirement and warns about
    /// conditions that nobody meets, as for an attribute. The launch fails if the requirement accepts sessions
    /// and `Logto::resource_server()` is attached. If no fairing is attached, each request gets 500.
    ///
    /// With `bearer`, this function declares the API resource with its scopes, as an attribute does, so that
    /// programs find its metadata. For users it declares nothing: the configuration must contain the scopes and
    /// resources that the requirement names.
    ///
    /// If a file server does not find a file, it *forwards* the request to the next route that matches. This
    /// requirement does not guard that route.
    ///
    /// ```
    /// # use logto_rocket::requires;
    /// use rocket::fs::{FileServer, Options};
    ///
    /// # fn launch() -> rocket::Rocket<rocket::Build> {
    /// let files = FileServer::new(".", Options::None);
    /// rocket::build().mount("/files", requires!(role = "staff").guard(files))
    /// # }
    /// ```
    pub fn guard(&self, routes: impl Into<Vec<Route>>) -> Vec<Route> {
        let mut routes = routes.into();
        for route in &mut routes {
            let name = route.name.as_deref().unwrap_or("route");
            route.name = Some(format!("{name}{GUARDED_BY}{}", self.tree().with_uris()).into());
            let inner = std::mem::replace(&mut route.handler, Box::new(Nothing));
            route.handler = Box::new(Guarded { tree: self.tree(), inner });
        }
        routes
    }
}

/// A handler behind a requirement.
#[derive(Clone)]
struct Guarded {
    tree: Tree,
    inner: Box<dyn Handler>,
}

#[rocket::async_trait]
impl Handler for Guarded {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let decided = authenticated::decide(request, RequestState::of(request), self.tree).await;
        match decided {
            Ok(()) => self.inner.handle(request, data).await,
            Err(refusal) => Outcome::Error(refusal.status()),
        }
    }
}

/// A placeholder while a handler is moved.
#[derive(Clone)]
struct Nothing;

#[rocket::async_trait]
impl Handler for Nothing {
    async fn handle<'r>(&self, _: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        Outcome::Error(rocket::http::Status::InternalServerError)
    }
}
