//! [`TestProvider`]: the layer of a test provider.

use rocket::figment::value::{Dict, Map, Value};
use rocket::figment::{self, Metadata, Profile, Provider, Source};

/// The keys that say where Logto is. A test provider takes the place of all of them.
const PLACES: [&str; 3] = ["endpoint", "issuer", "internal_endpoint"];

/// The keys that a test provider sets. They override all other layers, the environment included.
#[derive(Clone, Debug)]
pub(crate) struct TestProvider {
    values: Dict,
}

impl TestProvider {
    /// The layer of a provider at `endpoint`, with an application there.
    pub(crate) fn new(endpoint: &str, app_id: &str, app_secret: &str) -> Self {
        let values = [("endpoint", endpoint), ("app_id", app_id), ("app_secret", app_secret)];
        Self { values: values.map(|(key, value)| (key.to_owned(), value.into())).into() }
    }

    /// The keys that encrypt cookies.
    pub(crate) fn secret_key(mut self, key: &str) -> Self {
        self.values.insert("secret_keys".into(), vec![key].into());
        self
    }

    /// The merged table `logto`, without what leads to another Logto.
    pub(super) fn alone(&self, logto: Value) -> Value {
        let Value::Dict(tag, mut table) = logto else { return logto };
        table.retain(|key, _| self.values.contains_key(key) || !PLACES.contains(&key.as_str()));
        Value::Dict(tag, table)
    }
}

impl Provider for TestProvider {
    fn metadata(&self) -> Metadata {
        Metadata::from("a test provider", Source::Custom("the test provider".into()))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let logto = Dict::from([("logto".into(), self.values.clone().into())]);
        Ok(Profile::Global.collect(logto))
    }
}
