//! The pages: a profile with a form, and the list of all accounts.

use logto_rocket::{Error, Logto, Page, RenderedPage, authenticated};
use rocket::form::Form;
use rocket::request::FlashMessage;
use rocket::response::{Debug, Flash, Redirect};
use rocket::{Route, State};
use rocket_dyn_templates::context;
use sqlx::AnyPool;

use crate::account::Account;

type Database = State<AnyPool>;
type Answer<T> = Result<T, Debug<sqlx::Error>>;

pub fn routes() -> Vec<Route> {
    routes![home, profile, save, accounts, block]
}

#[get("/")]
fn home(page: Page<'_>) -> RenderedPage {
    page.render("home", context! {})
}

#[authenticated]
#[get("/profile")]
fn profile(account: Account, page: Page<'_>, said: Option<FlashMessage<'_>>) -> RenderedPage {
    page.render("profile", context! { account, said })
}

#[derive(FromForm)]
struct Profile<'r> {
    #[field(validate = len(..=500))]
    about: &'r str,
}

/// Saves the form and leads back to the page, so that a reload sends nothing again.
#[authenticated]
#[post("/profile", data = "<form>")]
async fn save(row: Account, form: Form<Profile<'_>>, all: &Database) -> Answer<Flash<Redirect>> {
    let save = sqlx::query("UPDATE accounts SET about = $2 WHERE id = $1");
    save.bind(row.id).bind(form.about).execute(&**all).await?;
    Ok(Flash::success(Redirect::to(uri!(profile)), "Saved."))
}

#[authenticated(role = "admin")]
#[get("/accounts")]
async fn accounts(database: &Database, page: Page<'_>) -> Answer<RenderedPage> {
    let all = sqlx::query_as("SELECT * FROM accounts ORDER BY name, id");
    let all: Vec<Account> = all.fetch_all(&**database).await?;
    Ok(page.render("accounts", context! { all }))
}

#[derive(FromForm)]
struct Block<'r> {
    #[field(validate = len(..=200))]
    why: &'r str,
}

/// Blocks an account, which ends all sessions of the user; or admits it again if no reason is given.
#[authenticated(role = "admin")]
#[post("/accounts/<id>/block", data = "<form>")]
async fn block(
    id: &str,
    form: Form<Block<'_>>,
    database: &Database,
    logto: &Logto,
) -> Answer<Result<Redirect, Error>> {
    let why = Some(form.why.trim()).filter(|why| !why.is_empty());
    let block = sqlx::query("UPDATE accounts SET blocked = $2 WHERE id = $1");
    block.bind(id).bind(why).execute(&**database).await?;
    let ended = if why.is_some() { logto.sessions().end_all_of(id).await } else { Ok(()) };
    Ok(ended.map(|()| Redirect::to(uri!(accounts))))
}
