//! [`Query`]: the parameters of a request, of its query or its form, each read once.

use std::collections::HashSet;

use rocket::Request;

/// The decoded parameters of a request.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub fn of(request: &Request<'_>) -> Self {
        let query = request.uri().query().map_or("", |query| query.as_str());
        Self::parse(query.as_bytes())
    }

    /// The parameters of a form in the body of a request, in the format
    /// [`form_urlencoded`](https://url.spec.whatwg.org/#concept-urlencoded).
    pub fn parse(form: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(form).into_owned().collect())
    }

    /// The first parameter with this name, unless it is empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name)?;
        Some(found.1.as_str()).filter(|value| !value.is_empty())
    }

    /// The name of a parameter that occurs more than once. It is found with a set, because an address can have 16,000
    /// parameters, and a comparison of each pair would take too long.
    pub fn repeated(&self) -> Option<&str> {
        let mut seen = HashSet::new();
        let mut names = self.0.iter().map(|(name, _)| name.as_str());
        names.find(|name| !seen.insert(*name))
    }
}
