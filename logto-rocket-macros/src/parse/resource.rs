//! [`Resource`]: the API resource that scopes belong to.

use std::fmt::{self, Display, Formatter};

use syn::parse::{ParseStream, Result};
use syn::{Error, Lit, Path};

use super::key::Key;
use super::path::path_name;
use super::text::Text;

/// The API resource that the scopes beside it belong to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Resource {
    /// By its indicator.
    Uri(Text),
    /// By a type that has the indicator.
    Type(Path),
}

impl Resource {
    pub(super) fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(Lit) {
            let uri = Text::parse(input, Key::Resource.example())?;
            return match invalid(&uri.value) {
                None => Ok(Self::Uri(uri)),
                Some(message) => Err(Error::new(uri.span, message)),
            };
        }
        let span = input.span();
        Path::parse_mod_style(input).map(Self::Type).map_err(|_| {
            let message = "expected a type made by `resource!`, or the URI of the API resource: \
                           `resource = Orders`, `resource = \"https://api.example.com\"`";
            Error::new(span, message)
        })
    }
}

impl Display for Resource {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uri(uri) => uri.fmt(f),
            Self::Type(path) => f.write_str(&path_name(path)),
        }
    }
}

/// The message for an invalid resource indicator
/// ([RFC 8707, section 2](https://www.rfc-editor.org/rfc/rfc8707#section-2)).
fn invalid(uri: &str) -> Option<String> {
    let message = |what: &str| Some(format!("the URI of a resource {what}"));
    if let Some(wrong) = uri.chars().find(|c| !c.is_ascii_graphic()) {
        return message(&format!("cannot contain {wrong:?}"));
    }
    if uri.contains(',') {
        return message(
            "cannot contain a comma; for two resources write `all(resource = …, scope = …)` each",
        );
    }
    if let Some((before, _)) = uri.split_once('#') {
        return message(&format!("cannot have a fragment: {before:?}"));
    }
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    match uri.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) && !rest.trim_matches('/').is_empty() => None,
        _ => message("must be absolute, as it is registered at Logto: \"https://api.example.com\""),
    }
}
