//! [`TestProvider`]: the layer of a test provider.

use rocket::figment::value::{Dict, Map, Value};
use rocket::figment::{self, Metadata, Profile, Provider, Source};

/// The keys that say where Logto is, how it signs and whom this server trusts there. They are about another
/// Logto, so a test provider ignores them wherever they are set.
const OF_LOGTO: [&str; 5] =
    ["endpoint", "issuer", "internal_endpoint", "signing_algorithm", "ca_certificates"];

/// The keys of which a test provider ignores the environment variables as well. Their values in Rocket.toml
/// and in code are those of the application or of the test, and are used or replaced.
const OF_ENVIRONMENT: [&str; 4] = ["app_id", "app_secret", "timeout", "connect_timeout"];

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

    /// Whether a test provider ignores the environment variables of this key.
    pub(super) fn overrides(key: &str) -> bool {
        OF_LOGTO.contains(&key) || OF_ENVIRONMENT.contains(&key)
    }

    /// The merged table `logto`, without what is about another Logto.
    pub(super) fn alone(&self, logto: Value) -> Value {
        let Value::Dict(tag, mut table) = logto else { return logto };
        table.retain(|key, _| self.values.contains_key(key) || !OF_LOGTO.contains(&key.as_str()));
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
