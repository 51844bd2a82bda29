//! [`Page`]: a template that has access to the user.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::time::Duration;

use rocket::http::{Method, Status};
use rocket::request::{FromRequest, Outcome};
use rocket::response::{self, Responder};
use rocket::{Ignite, Request, Rocket, Sentinel};
use rocket_dyn_templates::Template;
use serde::Serialize;
use serde_json::Value;

use crate::claims::Claims;
use crate::client::Client;
use crate::error::Refusal;
use crate::guard::is_detached;
use crate::local_path::LocalPath;
use crate::request::{RequestState, own_path, user_of};
use crate::user::LogtoUser;

/// How long a page waits to find out who is signed in.
const PAGE_TIMEOUT: Duration = Duration::from_millis(500);

/// A guard that renders a template with access to the signed-in user, with any engine.
///
/// Besides its own context, a template gets these values:
///
/// | name | value |
/// | --- | --- |
/// | `logto.is_authenticated` | whether a user is signed in |
/// | `logto.is_unknown` | whether the user is unknown, because the session store did not answer in time or Logto did not confirm old claims. `logto.is_authenticated` is then false |
/// | `logto.user` | the signed-in user, or nothing: `id`, `display_name`, `claims`, and, as far as the sign-in asks for them, `picture`, `email`, `roles` and `organizations`; the last two are lists, which may be empty |
/// | `logto.sign_in` | a link to the sign-in, which returns to this page |
/// | `logto.sign_out` | the address to which a form posts to sign out |
/// | `logto.prefix` | the path of `base_url`, or nothing. The links of a site below a path begin with it: `{{ logto.prefix }}/orders` |
///
/// The guard never refuses a request. It waits at most 500 ms for the session store and for Logto. If a route
/// is for signed-in users only, add [`#[authenticated]`](crate::authenticated). Caches never store a page.
/// Without [`Logto::fairing()`](crate::Logto::fairing) the launch fails.
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::{Page, RenderedPage};
/// use rocket_dyn_templates::context;
///
/// #[get("/")]
/// fn index(page: Page<'_>) -> RenderedPage {
///     page.render("index", context! { title: "Welcome" })
/// }
/// ```
pub struct Page<'r> {
    visitor: Option<Visitor<'r>>,
}

/// A page with its template and its context, from [`Page::render`]: the response of a handler or a
/// catcher.
///
/// The response is 500 if the template is missing or does not render, if the context is not a map or
/// a struct, or if the fairing of `rocket_dyn_templates` is not attached.
#[must_use = "a page has no effect unless it is returned as the response"]
pub struct RenderedPage {
    name: Cow<'static, str>,
    context: Option<Value>,
}

/// What a template gets as `logto`.
#[derive(Serialize)]
struct Visitor<'r> {
    is_authenticated: bool,
    is_unknown: bool,
    user: Option<Person<'r>>,
    sign_in: String,
    sign_out: String,
    prefix: &'r str,
}

/// What a template gets as `logto.user`.
#[derive(Serialize)]
struct Person<'r> {
    id: &'r str,
    display_name: &'r str,
    picture: Option<&'r str>,
    email: Option<&'r str>,
    roles: &'r [String],
    organizations: &'r [String],
    claims: &'r Claims,
}

impl<'r> Person<'r> {
    fn of(user: &'r LogtoUser) -> Self {
        let claims = user.claims();
        Self {
            id: user.id(),
            display_name: user.display_name(),
            picture: claims.picture.as_deref(),
            email: claims.email.as_deref(),
            roles: claims.roles.as_deref().unwrap_or_default(),
            organizations: claims.organizations.as_deref().unwrap_or_default(),
            claims,
        }
    }
}

impl<'r> Page<'r> {
    /// The page for a request, in an asynchronous catcher. If no guard has asked for the user before,
    /// it is loaded, under the same limit of 500 ms.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::{Page, RenderedPage};
    /// use rocket::Request;
    /// use rocket_dyn_templates::context;
    ///
    /// #[catch(404)]
    /// async fn not_found(request: &Request<'_>) -> RenderedPage {
    ///     Page::of(request).await.render("not_found", context! {})
    /// }
    /// ```
    pub async fn of(request: &'r Request<'_>) -> Self {
        let Some(client) = Client::of(request.rocket()) else { return Self { visitor: None } };
        let state = RequestState::of(request);
        state.personal();
        let found = tokio::time::timeout(PAGE_TIMEOUT, user_of(request, state)).await;
        let (user, is_unknown) = match found {
            Ok(Ok(user)) => (Some(user), false),
            Ok(Err(Refusal::Unavailable { .. })) | Err(_) => (None, true),
            Ok(Err(_)) => (None, false),
        };
        let here = own_path(request, client).filter(|_| request.method() == Method::Get);
        let visitor = Visitor {
            is_authenticated: user.is_some(),
            is_unknown,
            user: user.map(Person::of),
            sign_in: client.sign_in_uri(here.as_ref().map(LocalPath::as_str)),
            sign_out: client.sign_out_uri(),
            prefix: client.settings().base_urls.prefix.as_str(),
        };
        Self { visitor: Some(visitor) }
    }

    /// The template `name` with a context, which must be a map or a struct. A member `logto` of the context is
    /// replaced.
    pub fn render(
        self,
        name: impl Into<Cow<'static, str>>,
        context: impl Serialize,
    ) -> RenderedPage {
        let visitor = self.visitor.and_then(|it| serde_json::to_value(it).ok());
        let context = match (serde_json::to_value(context), visitor) {
            (Ok(Value::Object(mut members)), Some(visitor)) => {
                members.insert("logto".into(), visitor);
                Some(Value::Object(members))
            }
            _ => None,
        };
        RenderedPage { name: name.into(), context }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Page<'r> {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Self::of(request).await)
    }
}

impl Sentinel for Page<'_> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_detached(rocket, "the guard `Page`") || Template::abort(rocket)
    }
}

impl<'r> Responder<'r, 'static> for RenderedPage {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let Some(context) = self.context else {
            log::error!(
                "The page `{}` cannot be rendered: the Logto fairing is not attached, or \
                the context is not a map or a struct.",
                self.name
            );
            return Err(Status::InternalServerError);
        };
        Template::render(self.name, context).respond_to(request)
    }
}

impl fmt::Debug for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page").finish_non_exhaustive()
    }
}

impl fmt::Debug for RenderedPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RenderedPage").field("name", &self.name).finish_non_exhaustive()
    }
}
