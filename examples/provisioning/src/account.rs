//! [`Account`]: what this site itself knows of a user.

use logto_rocket::{LogtoUser, OnSignIn, Refusal, SignInRefusal};
use rocket::outcome::try_outcome;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::serde::Serialize;
use sqlx::any::install_default_drivers;
use sqlx::{AnyPool, Error, FromRow};

const ROW: &str = "SELECT * FROM accounts WHERE id = $1 AND blocked IS NULL";

/// The row of a user.
#[derive(FromRow, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct Account {
    pub id: String,
    pub name: String,
    pub about: String,
    pub sign_ins: i64,
    /// Why the user is blocked, in words for the user.
    pub blocked: Option<String>,
}

/// Connects to a database and migrates it.
pub async fn connect(url: &str) -> Result<AnyPool, Error> {
    install_default_drivers();
    let database = AnyPool::connect(url).await?;
    sqlx::migrate!().run(&database).await?;
    Ok(database)
}

/// Makes the row of a user who signs in, or brings it up to date. A blocked user is not let in.
pub fn provision<'a>(request: &'a Request<'_>, user: &'a LogtoUser) -> OnSignIn<'a> {
    Box::pin(async move {
        let database = request.rocket().state::<AnyPool>().ok_or("no database")?;
        let account: Account = sqlx::query_as(
            "INSERT INTO accounts (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE
             SET name = excluded.name, sign_ins = accounts.sign_ins + 1 RETURNING *",
        )
        .bind(user.id())
        .bind(user.display_name())
        .fetch_one(database)
        .await?;
        let Some(why) = account.blocked else { return Ok(()) };
        Err(SignInRefusal::new(format!("Your account is blocked. Reason: {why}")).into())
    })
}

/// The row of the signed-in user, if the user is not blocked.
#[rocket::async_trait]
impl<'r> FromRequest<'r> for Account {
    type Error = Refusal;
    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Refusal> {
        let user = try_outcome!(request.guard::<&LogtoUser>().await);
        let database = request.rocket().state::<AnyPool>().expect("attached in main.rs");
        let row = sqlx::query_as(ROW).bind(user.id()).fetch_one(database).await;
        row.map_or_else(|error| refusal(&error).refuse(request), Outcome::Success)
    }
}

/// Without a row the user has been blocked since the sign-in, or the row was deleted. With any other error
/// the database does not answer.
fn refusal(error: &Error) -> Refusal {
    match error {
        Error::RowNotFound => Refusal::Denied("a row in `accounts` that is not blocked".into()),
        _ => Refusal::Unavailable { why: error.to_string(), retry_after: None },
    }
}
