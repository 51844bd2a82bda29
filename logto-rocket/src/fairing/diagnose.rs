//! When a diagnosis runs by itself, and [`Diagnosis::of`].

use std::sync::Arc;

use rocket::{Build, Orbit, Phase, Request, Rocket};

use crate::client::Client;
use crate::diagnose::{Arrivals, Case, Diagnosis, Doctor, Listening, diagnose_by_itself};
use crate::resource_server::{ResourceServer, WELL_KNOWN};

impl Diagnosis {
    /// The [diagnosis](crate::Logto::diagnose) of the application to which a fairing of this crate is attached.
    /// `None` if none is attached. With [`Logto::resource_server()`](crate::Logto::resource_server) the
    /// diagnosis checks only the endpoint, issuer, clock and signing keys.
    ///
    /// The Rocket may be ignited and not yet launched, for example if a command-line option asks only for the
    /// diagnosis. The diagnosis then cannot find out whether `base_url` leads to the site.
    ///
    /// ```no_run
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::{Diagnosis, Logto};
    ///
    /// #[rocket::main]
    /// async fn main() -> Result<(), rocket::Error> {
    ///     let rocket = rocket::build().attach(Logto::fairing()).ignite().await?;
    ///     if std::env::args().any(|argument| argument == "--diagnose") {
    ///         if let Some(diagnosis) = Diagnosis::of(&rocket).await {
    ///             println!("{diagnosis}");
    ///         }
    ///         return Ok(());
    ///     }
    ///     rocket.launch().await.map(drop)
    /// }
    /// ```
    pub async fn of<P: Phase>(rocket: &Rocket<P>) -> Option<Self> {
        if let Some(client) = Client::of(rocket) {
            if let Some(port) = rocket.figment().extract_inner("port").ok().filter(|it| *it > 0) {
                client.launched_at(port);
            }
            return Some(client.diagnose().await);
        }
        let server = ResourceServer::of(rocket)?;
        Some(Box::pin(server.doctor().diagnose(|| server.case())).await)
    }
}

/// Lets a diagnosis run by itself after the first request over the network.
pub(super) fn plan(doctor: &Doctor, is_wanted: bool) {
    if is_wanted && cfg!(debug_assertions) {
        doctor.arrivals().watch_for_the_first();
    }
}

/// The requests that a diagnosis watches for.
pub(super) fn arrivals(rocket: &Rocket<Build>) -> Arc<Arrivals> {
    let doctor = doctor(rocket).map(|(doctor, _)| Arc::clone(doctor.arrivals()));
    doctor.unwrap_or_default()
}

/// Says where Rocket listens.
pub(super) fn lifted_off(rocket: &Rocket<Orbit>) {
    let (Some((doctor, path)), config) = (doctor(rocket), rocket.config()) else { return };
    let (address, port, has_tls) = (config.address, config.port, config.tls_enabled());
    doctor.listens(Listening { address, port, has_tls, path });
}

/// Notes a request that has been answered, and begins the diagnosis after the first over the network.
pub(super) fn answered(request: &Request<'_>, arrivals: &Arrivals) {
    if !arrivals.note(request) {
        return;
    }
    let rocket = request.rocket();
    if let (Some((doctor, _)), Some(case)) = (doctor(rocket), case(rocket)) {
        rocket::tokio::spawn(diagnose_by_itself(Arc::clone(doctor), case));
    }
}

/// The [`Doctor`] of the application, and the path of a mounted route of this crate.
fn doctor<P: Phase>(rocket: &Rocket<P>) -> Option<(&Arc<Doctor>, String)> {
    let client = Client::of(rocket).map(|it| (it.doctor(), it.diagnosed_path().to_string()));
    client.or_else(|| Some((ResourceServer::of(rocket)?.doctor(), WELL_KNOWN.to_owned())))
}

fn case(rocket: &Rocket<Orbit>) -> Option<Case> {
    let client = Client::of(rocket).map(|client| client.case());
    client.or_else(|| Some(ResourceServer::of(rocket)?.case()))
}
