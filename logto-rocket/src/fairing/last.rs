//! What has to come after all other fairings of the application, in whatever order they are attached.
//!
//! If a fairing attaches another one while it ignites, Rocket ignites the new fairing after all that were
//! attached before, and calls it last for each response. [`LogtoFairing`](super::LogtoFairing) therefore
//! attaches [`AfterOthers`], which ignites after every fairing of the application. [`AfterOthers`] attaches
//! [`Answering`], which comes after all fairings that those fairings attach.

use std::sync::{Arc, Mutex};

use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::{Build, Request, Response, Rocket};

use super::caching::PublicCaching;
use super::store::Builder;
use super::{diagnose, launch, protected, response, store};
use crate::client::Client;
use crate::diagnose::Arrivals;
use crate::response::catchers;

/// Builds the store, checks the routes that `requires!(…).guard(…)` guards, and registers the catchers that
/// no other fairing has registered.
pub(super) struct AfterOthers(Mutex<Option<Builder>>);

/// Writes what guards and routes have noted into each response.
struct Answering {
    public_caching: PublicCaching,
    arrivals: Arc<Arrivals>,
}

impl AfterOthers {
    /// With what builds the store, if it is to be built.
    pub fn new(builder: Option<Builder>) -> Self {
        Self(Mutex::new(builder))
    }
}

#[rocket::async_trait]
impl Fairing for AfterOthers {
    fn info(&self) -> Info {
        Info { name: "Logto Sign-In: Catchers", kind: Kind::Ignite }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        protected::declare(&rocket);
        if protected::lacks_sessions(&rocket) {
            return Err(rocket);
        }
        if let Some(builder) = launch::take(&self.0)
            && !store::build(builder, &rocket).await
        {
            return Err(rocket);
        }
        let settings = Client::of(&rocket).map(|client| client.settings());
        let is_above_routes =
            |path: &str| settings.map_or(path == "/", |settings| settings.is_above_routes(path));
        let registered = catchers(rocket.catchers(), is_above_routes);
        let rocket = registered
            .into_iter()
            .fold(rocket, |rocket, (base, catchers)| rocket.register(base, catchers));
        let arrivals = diagnose::arrivals(&rocket);
        Ok(rocket.attach(Answering { public_caching: PublicCaching::default(), arrivals }))
    }
}

#[rocket::async_trait]
impl Fairing for Answering {
    fn info(&self) -> Info {
        Info { name: "Logto Sign-In: Responses", kind: Kind::Response }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        response::write(request, response, &self.public_caching);
        diagnose::answered(request, &self.arrivals);
    }
}
