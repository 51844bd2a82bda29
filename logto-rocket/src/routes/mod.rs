//! The routes that the fairing mounts under `base`, one file each.

mod backchannel_logout;
mod callback;
mod initiated_sign_in;
mod query;
mod resource_metadata;
mod sign_in;
mod sign_out;
mod sign_out_callback;
mod unlisted_host;
mod user;
mod webhook;

use rocket::http::Method;
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request, Response, Route};

pub(crate) use self::resource_metadata::resource_metadata;
pub(crate) use self::webhook::webhook;
use crate::client::Client;
use crate::flows::SignInBuilder;
use crate::oidc::FirstScreen;
use crate::request::{RequestState, listed_host};

/// What a route does.
#[derive(Clone, Copy)]
enum Action {
    SignIn,
    InitiatedSignIn,
    SignUp,
    Callback,
    SignOut,
    SignOutCallback,
    BackchannelLogout,
    User,
    /// HEAD of any of them, without effect: Rocket would serve it by GET.
    Head,
}

/// All routes, to be mounted under `base`.
pub(crate) fn all(client: &Client) -> Vec<Route> {
    let names = &client.settings().routes;
    let needed = [
        (Method::Get, &names.sign_in, Action::SignIn),
        (Method::Post, &names.sign_in, Action::InitiatedSignIn),
        (Method::Head, &names.sign_in, Action::Head),
        (Method::Get, &names.sign_in_callback, Action::Callback),
        (Method::Head, &names.sign_in_callback, Action::Head),
        (Method::Get, &names.sign_out, Action::SignOut),
        (Method::Post, &names.sign_out, Action::SignOut),
        (Method::Head, &names.sign_out, Action::Head),
        (Method::Get, &names.sign_out_callback, Action::SignOutCallback),
        (Method::Head, &names.sign_out_callback, Action::Head),
    ];
    let others = [
        (Method::Get, &names.sign_up, Action::SignUp),
        (Method::Head, &names.sign_up, Action::Head),
        (Method::Post, &names.backchannel_logout, Action::BackchannelLogout),
        (Method::Get, &names.user, Action::User),
    ];
    let others =
        others.into_iter().filter_map(|(method, name, it)| Some((method, name.as_ref()?, it)));
    needed.into_iter().chain(others).map(|(method, name, it)| route(method, name, it)).collect()
}

fn route(method: Method, name: &str, action: Action) -> Route {
    let mut route = Route::new(method, &format!("/{name}"), action);
    route.name = Some("logto".into());
    route
}

impl Action {
    /// Whether the route makes sense only at a host of the site. At any other host, the browser would come
    /// back from Logto to a host to which its cookies are not sent.
    fn is_at_one_host(self) -> bool {
        match self {
            Self::SignIn
            | Self::InitiatedSignIn
            | Self::SignUp
            | Self::Callback
            | Self::SignOut => true,
            Self::SignOutCallback | Self::BackchannelLogout | Self::User | Self::Head => false,
        }
    }
}

#[rocket::async_trait]
impl Handler for Action {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let Some(client) = Client::of(request.rocket()) else {
            return Outcome::Error(rocket::http::Status::InternalServerError);
        };
        RequestState::of(request).guarded(None);
        let host = match listed_host(request, client) {
            Err(why) if self.is_at_one_host() => {
                return Outcome::Success(unlisted_host::respond(client, request, &why));
            }
            host => host.unwrap_or_default(),
        };
        let sign_in = || SignInBuilder::new(client, host);
        Outcome::Success(match self {
            Self::SignIn => sign_in::respond(client, request, host, sign_in()).await,
            Self::InitiatedSignIn => initiated_sign_in::respond(client, request, data).await,
            Self::SignUp => {
                let sign_up = sign_in().first_screen(FirstScreen::Register);
                sign_in::respond(client, request, host, sign_up).await
            }
            Self::Callback => callback::respond(client, request, host).await,
            Self::SignOut => sign_out::respond(client, request, host).await,
            Self::SignOutCallback => sign_out_callback::respond(client, request, host),
            Self::BackchannelLogout => backchannel_logout::respond(client, request, data).await,
            Self::User => user::respond(client, request).await,
            Self::Head => Response::build().finalize(),
        })
    }
}
