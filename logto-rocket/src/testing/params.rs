use serde_json::Value;

/// The parameters of one request, from its query or its form, in the order in which they came.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    /// Reads `application/x-www-form-urlencoded` text, as it stands in a query and in a form.
    pub(super) fn urlencoded(text: &str) -> Self {
        Self(url::form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    /// Reads a JSON object; its strings and lists of strings become parameters.
    pub(super) fn json(text: &str) -> Option<Self> {
        let Ok(Value::Object(members)) = serde_json::from_str(text) else { return None };
        let mut pairs = Vec::new();
        for (name, value) in members {
            match value {
                Value::String(value) => pairs.push((name, value)),
                Value::Array(values) => pairs.extend(
                    values.iter().filter_map(Value::as_str).map(|v| (name.clone(), v.to_owned())),
                ),
                _ => {}
            }
        }
        Some(Self(pairs))
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The first value of a parameter. An empty one counts as not sent (RFC 6749, section 3.1).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    /// The first parameter, other than `but`, that is there twice.
    pub(super) fn repeated(&self, but: &str) -> Option<&str> {
        let mut seen = std::collections::HashSet::new();
        self.0.iter().map(|(n, _)| n.as_str()).find(|n| *n != but && !seen.insert(*n))
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(n, _)| n.as_str())
    }
}
