//! Webhooks: what Logto reports of users takes effect at once, and nobody else reports anything.

mod captured;
mod claims;
mod endings;
mod hook;
mod large_bodies;
mod launch;
mod memory_for_bodies;
mod processes;
mod programs;
mod requests;

use std::time::Duration;

use logto_rocket::SessionConfig;
use logto_rocket_tests::app::App;
use logto_rocket_tests::builder::Builder;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// An application with webhooks, which confirms claims for no other reason.
fn builder<'a>() -> Builder<'a> {
    let session = SessionConfig::new().revalidate_after(48 * HOUR).max_stale(96 * HOUR);
    App::builder().webhooks().config(move |config| config.session(session))
}

async fn app() -> App {
    builder().start().await
}
