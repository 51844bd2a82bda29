//! The management port: what a cluster and Prometheus ask for. It is not for the public.

use logto_rocket::{Health, Logto, Readiness};
use metrics_exporter_prometheus::PrometheusHandle;
use rocket::config::Ident;
use rocket::figment::Figment;
use rocket::figment::providers::Env;
use rocket::{Build, Rocket, State};

/// A Rocket of its own, on a port that no proxy in front passes on.
pub fn rocket(logto: Logto, recorded: PrometheusHandle) -> Rocket<Build> {
    let figment = Figment::from(rocket::Config::default())
        .merge(("ident", Ident::none()))
        .merge(("address", "127.0.0.1"))
        .merge(("port", 9000))
        .merge(Env::prefixed("MANAGEMENT_").only(&["address", "port"]).global());
    rocket::custom(figment)
        .manage(logto)
        .manage(recorded)
        .mount("/", routes![alive, ready, metrics])
}

/// Whether the process runs. It asks neither Logto nor the session store: a restart brings neither back.
#[get("/livez")]
fn alive() {}

/// Whether the process can serve its users: 200 or 503.
///
/// Without Logto it can, once it has Logto's keys: sessions go on, and only new sign-ins fail. If this were
/// 503 then, the whole fleet would be taken out of service at once.
#[get("/readyz")]
fn ready(readiness: Readiness) -> Readiness {
    if !matches!(readiness.logto(), Health::Ok) || !readiness.is_ready() {
        warn!("{readiness}");
    }
    readiness
}

/// The metrics, as Prometheus reads them.
#[get("/metrics")]
fn metrics(recorded: &State<PrometheusHandle>) -> String {
    recorded.run_upkeep();
    recorded.render()
}
