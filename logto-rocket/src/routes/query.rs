//! [`Query`]: the parameters of a request, of its query or its form, each read once.

use rocket::Request;

/// The decoded parameters of a request.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub fn of(request: &Request<'_>) -> Self {
        let query = request.uri().query().map_or("", |query| query.as_str());
        Self::parse(query.as_bytes())
    }

    /// Those of a form that a request has as its body, as
    /// [`form_urlencoded`](https://url.spec.whatwg.org/#concept-urlencoded).
    pub fn parse(form: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(form).into_owned().collect())
    }

    /// The first parameter with this name, unless it is empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name)?;
        Some(found.1.as_str()).filter(|value| !value.is_empty())
    }

    /// The name of a parameter that occurs more than once.
    pub fn repeated(&self) -> Option<&str> {
        self.0.iter().enumerate().find_map(|(at, (name, _))| {
            let before = self.0.iter().take(at).any(|(known, _)| known == name);
            before.then_some(name.as_str())
        })
    }
}
