//! [`TestProvider`]: the layer of a test provider, and what it needs to know of the layers below it.

use rocket::figment::value::{Dict, Map, Value};
use rocket::figment::{self, Figment, Metadata, Profile, Provider, Source};

use super::reader::Reader;
use super::{Config, read, secret_keys};

/// The keys that lead to another Logto, so that a test provider takes the place of all of them.
const OF_ANOTHER_LOGTO: [&str; 3] = ["endpoint", "issuer", "internal_endpoint"];

/// The keys that a test provider sets. They override all other layers, the environment included.
#[derive(Clone, Debug)]
pub(crate) struct TestProvider {
    name: &'static str,
    values: Dict,
}

/// What is configured beside a test provider.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// Whether there is an `endpoint` or an `issuer`, right or wrong.
    pub(crate) has_logto: bool,
    /// The `app_id`, if it is a text.
    pub(crate) app_id: Option<String>,
    /// The `app_secret`, if it is a text.
    pub(crate) app_secret: Option<String>,
    /// Whether there is a key that encrypts cookies, right or wrong.
    pub(crate) has_secret_key: bool,
}

impl TestProvider {
    /// The layer of a provider at `endpoint`. `name` says in messages where its values come from.
    pub(crate) fn new(name: &'static str, endpoint: &str) -> Self {
        let values = Dict::from([("endpoint".to_owned(), endpoint.into())]);
        Self { name, values }
    }

    /// Sets one more key.
    pub(crate) fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.values.insert(key.to_owned(), value.into());
        self
    }

    /// The values of the table `logto` with this layer above it.
    pub(super) fn above(&self, logto: Value, layers: &Figment) -> Value {
        let Value::Dict(tag, mut table) = logto else { return logto };
        for key in OF_ANOTHER_LOGTO {
            table.remove(key);
        }
        if let Ok(Value::Dict(_, own)) = layers.find_value("logto") {
            table.extend(own.into_iter().filter(|(key, _)| self.values.contains_key(key)));
        }
        Value::Dict(tag, table)
    }
}

impl Provider for TestProvider {
    fn metadata(&self) -> Metadata {
        Metadata::from("the test provider", Source::Custom(self.name.to_owned()))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let logto = Dict::from([("logto".into(), self.values.clone().into())]);
        Ok(Profile::Global.collect(logto))
    }
}

/// What the layers hold that a test provider must know. Errors in them are reported when they are
/// read; where there is nothing to be read, a Logto counts as given.
pub(crate) fn given(figment: &Figment, config: Option<&Config>) -> Given {
    let Ok((mut reader, _)) = read::open(figment, config) else {
        return Given { has_logto: true, ..Given::default() };
    };
    let mut text = |key| reader.text(key, |text| Ok(text.to_owned()));
    let (app_id, app_secret) = (text("app_id"), text("app_secret"));
    Given {
        has_logto: reader.has("endpoint") || reader.has("issuer"),
        app_id,
        app_secret,
        has_secret_key: has_secret_key(&reader),
    }
}

/// Rocket's own key counts unless it is all zeroes, which is Rocket's default.
fn has_secret_key(reader: &Reader) -> bool {
    let of_rocket = || reader.rockets_key();
    reader.has("secret_keys")
        || of_rocket().is_some_and(|value| !matches!(secret_keys::key(&value), Ok(None)))
}
