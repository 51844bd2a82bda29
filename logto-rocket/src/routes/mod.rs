//! The doors: what the fairing mounts under `base`.

mod callback;
mod query;
mod sign_in;
mod sign_out;
mod sign_out_callback;
mod user;

use rocket::http::Method;
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request, Response, Route};

use crate::challenge::redirect;
use crate::logto::Logto;
use crate::visit::Visit;

/// One door. The methods it does not list answer nothing: Rocket would serve HEAD by GET.
#[derive(Clone, Copy)]
enum Door {
    SignIn,
    SignUp,
    Callback,
    SignOut,
    SignOutCallback,
    User,
    /// HEAD of any of them, without effect.
    Head,
}

/// All doors, as routes.
pub(crate) fn doors(logto: &Logto) -> Vec<Route> {
    let mut doors = vec![
        route(Method::Get, "/sign-in", Door::SignIn),
        route(Method::Get, "/sign-up", Door::SignUp),
        route(Method::Get, "/sign-in-callback", Door::Callback),
        route(Method::Get, "/sign-out", Door::SignOut),
        route(Method::Post, "/sign-out", Door::SignOut),
        route(Method::Get, "/sign-out-callback", Door::SignOutCallback),
    ];
    for path in ["/sign-in", "/sign-up", "/sign-in-callback", "/sign-out", "/sign-out-callback"] {
        doors.push(route(Method::Head, path, Door::Head));
    }
    if logto.settings().user_route {
        doors.push(route(Method::Get, "/user", Door::User));
    }
    doors
}

fn route(method: Method, path: &str, door: Door) -> Route {
    let mut route = Route::new(method, path, door);
    route.name = Some("logto".into());
    route
}

#[rocket::async_trait]
impl Handler for Door {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        let Some(logto) = Logto::fetch(request.rocket()) else {
            return Outcome::Error(rocket::http::Status::InternalServerError);
        };
        Visit::of(request).guarded(None);
        Outcome::Success(match self {
            Self::SignIn => sign_in::respond(logto, request, logto.sign_in()).await,
            Self::SignUp => sign_in::respond(logto, request, logto.sign_up()).await,
            Self::Callback => callback::respond(logto, request).await,
            Self::SignOut => sign_out::respond(logto, request).await,
            Self::SignOutCallback => sign_out_callback::respond(logto, request),
            Self::User => user::respond(logto, request).await,
            Self::Head => Response::build().finalize(),
        })
    }
}

/// A redirect to a path on this site.
fn go(path: &crate::redirect::LocalPath) -> Response<'static> {
    redirect(rocket::http::Status::SeeOther, path.as_str().to_owned())
}
