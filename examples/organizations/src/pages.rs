//! The pages. Who may see each stands above it.

use logto_rocket::{Error, LogtoUser, Page, RenderedPage, authenticated};
use rocket::form::Form;
use rocket::request::FlashMessage;
use rocket::response::{Flash, Redirect};
use rocket::{Route, State};
use rocket_dyn_templates::context;

use crate::invitations::Invitations;

type All = State<Invitations>;

/// What the page before has left to say.
type Said<'r> = Option<FlashMessage<'r>>;

pub fn routes() -> Vec<Route> {
    routes![home, accept, organization, settings, invite]
}

/// For everybody: the organizations and the invitations of the user.
#[get("/")]
async fn home(user: Option<LogtoUser>, all: &All, page: Page<'_>, said: Said<'_>) -> RenderedPage {
    page.render("home", context! { open: all.of(user.as_ref()).await, said })
}

/// For the user whom the invitation is for.
#[authenticated]
#[post("/invitations/<id>")]
async fn accept(id: &str, user: &LogtoUser, all: &All) -> Result<Flash<Redirect>, Error> {
    match all.accept(user, id).await {
        Ok(org) => {
            // The session learns of the membership.
            user.refresh().await?;
            Ok(Flash::success(Redirect::to(uri!(organization(org))), "Welcome!"))
        }
        Err(why) => Ok(Flash::error(Redirect::to(uri!(home)), why)),
    }
}

/// For all members of the organization.
#[authenticated(organization = "<org>")]
#[get("/orgs/<org>")]
fn organization(org: &str, user: &LogtoUser, page: Page<'_>, said: Said<'_>) -> RenderedPage {
    page.render("organization", context! { org, roles: user.organization_roles(org), said })
}

/// For members with the role `admin` in the organization.
#[authenticated(organization = "<org>", organization_role = "admin")]
#[get("/orgs/<org>/settings")]
async fn settings(org: &str, all: &All, page: Page<'_>, said: Said<'_>) -> RenderedPage {
    page.render("settings", context! { org, open: all.open(("organizationId", org)).await, said })
}

/// For members whose roles in the organization permit `invite:member`.
#[authenticated(organization = "<org>", scope = "invite:member")]
#[post("/orgs/<org>/invitations", data = "<address>")]
async fn invite(org: &str, address: Form<String>, user: &LogtoUser, all: &All) -> Flash<Redirect> {
    let (address, back) = (address.trim().to_lowercase(), Redirect::to(uri!(settings(org))));
    match all.send(user, &address, org).await {
        Ok(_) => Flash::success(back, format!("{address} is invited.")),
        Err(why) => Flash::error(back, why),
    }
}
