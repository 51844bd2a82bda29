//! `GET sign-out-callback`: where Logto sends the browser after signing out.

use rocket::{Request, Response};

use super::go;
use crate::logto::Logto;
use crate::redirect::LocalPath;
use crate::visit::Visit;

/// Goes where the sign-out was asked to end.
pub(super) fn respond(logto: &Logto, request: &Request<'_>) -> Response<'static> {
    let cookies = logto.keeper().cookies();
    let return_to = cookies.post_logout(request).and_then(|path| path.parse::<LocalPath>().ok());
    if return_to.is_some() {
        Visit::of(request).writes().cookies.extend(cookies.post_logout_write(None));
    }
    go(return_to.as_ref().unwrap_or(&logto.settings().after_sign_out))
}
