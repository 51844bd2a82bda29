//! [`Page`]: a template that has access to the user.

use std::borrow::Cow;

use rocket::Request;
use rocket::http::Method;
use rocket::response::{self, Responder};
use rocket_dyn_templates::Template;
use serde::Serialize;
use serde_json::Value;

use crate::at_once::at_once;
use crate::client::Client;
use crate::local_path::LocalPath;
use crate::request::{RequestState, user_of};
use crate::user::LogtoUser;

/// A template that has access to the signed-in user, with any engine.
///
/// Besides its own context a template has
///
/// | name | value |
/// | --- | --- |
/// | `logto.is_authenticated` | whether a user is signed in |
/// | `logto.user` | `id`, `display_name` and `claims`, or nothing |
/// | `logto.sign_in` | a link to the sign-in, which returns to this page |
/// | `logto.sign_out` | the address to which a form posts to sign out |
///
/// Caches never store a page. The response is 500 if the template is missing or does not render, or
/// if the fairing of `rocket_dyn_templates` is not attached.
///
/// ```
/// # #[macro_use] extern crate rocket;
/// use logto_rocket::Page;
/// use rocket_dyn_templates::context;
///
/// #[get("/")]
/// fn index() -> Page {
///     Page::render("index", context! { title: "Welcome" })
/// }
/// ```
#[derive(Debug)]
pub struct Page {
    name: Cow<'static, str>,
    context: Option<Value>,
}

#[derive(Serialize)]
struct Context<'a> {
    logto: Visitor<'a>,
    #[serde(flatten)]
    own: &'a Value,
}

#[derive(Serialize)]
struct Visitor<'a> {
    is_authenticated: bool,
    user: Option<LogtoUser>,
    sign_in: &'a str,
    sign_out: &'a str,
}

impl Page {
    /// The template `name` with a context, which is a map or a struct. Its member `logto`, if it
    /// has one, is replaced.
    pub fn render(name: impl Into<Cow<'static, str>>, context: impl Serialize) -> Self {
        let context = serde_json::to_value(context).ok().map(|mut context| {
            if let Value::Object(members) = &mut context {
                members.remove("logto");
            }
            context
        });
        Self { name: name.into(), context }
    }
}

impl<'r> Responder<'r, 'static> for Page {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let internal = rocket::http::Status::InternalServerError;
        let (Some(client), Some(own)) = (Client::of(request.rocket()), self.context) else {
            log::error!(
                "The page `{}` cannot be rendered: the Logto fairing is not attached, or \
                the context is not a map or a struct.",
                self.name
            );
            return Err(internal);
        };
        let state = RequestState::of(request);
        state.personal();
        let user = at_once(user_of(request, state)).and_then(Result::ok).cloned();
        let here = Some(request.uri().to_string()).filter(|_| request.method() == Method::Get);
        let here = here.and_then(|here| here.parse::<LocalPath>().ok());
        let context = Context {
            logto: Visitor {
                is_authenticated: user.is_some(),
                user,
                sign_in: &client.sign_in_uri(here.as_ref().map(LocalPath::as_str)),
                sign_out: &client.sign_out_uri(),
            },
            own: &own,
        };
        Template::render(self.name, context).respond_to(request)
    }
}
