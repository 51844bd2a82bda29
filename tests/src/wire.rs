//! What passes between browser, application and provider, taken apart.

use std::collections::BTreeMap;

use logto_rocket::Clock;
use rocket::local::asynchronous::Client;
use url::Url;

use crate::app::{App, config_for, launch};

/// The parameters of a URL; of one that comes twice, the last.
///
/// # Panics
///
/// If it is no absolute URL.
pub fn query(url: &str) -> BTreeMap<String, String> {
    Url::parse(url).expect("an absolute URL").query_pairs().into_owned().collect()
}

/// The path and query of an absolute URL.
///
/// # Panics
///
/// If it is no absolute URL.
pub fn path_of(url: &str) -> String {
    Url::parse(url).expect("an absolute URL")[url::Position::BeforePath..].to_owned()
}

impl App {
    /// A second process of the same application, with a clock of its own.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub async fn second_process(&self, clock: Clock) -> Client {
        launch(&clock, config_for(&self.idp), Vec::new()).await
    }
}
