//! [`Organization`]: the organization of a requirement.

use std::fmt::{self, Display, Formatter};

use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser, Result};
use syn::{Error, Ident, Lit, Path};

use super::key::Key;
use super::path::{parse_function, path_name};
use super::text::Text;

/// The organization of a requirement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Organization {
    /// The one with this id.
    Id(Text),
    /// The one whose id is in this segment of the route's path; without the angle brackets.
    Segment(Text),
    /// The one that this function returns.
    Resolver(Path),
}

impl Organization {
    pub(super) fn parse(input: ParseStream<'_>) -> Result<Self> {
        if !input.peek(Lit) {
            return parse_function(input, Key::Organization).map(Self::Resolver);
        }
        let text = Text::parse(input, Key::Organization.example())?;
        if text.value.starts_with('<') || text.value.ends_with('>') {
            return segment(&text).map(Self::Segment);
        }
        if let Some(wrong) = text.value.chars().find(|c| !c.is_ascii_graphic()) {
            return Err(Error::new(
                text.span,
                format!("the id of an organization cannot contain {wrong:?}"),
            ));
        }
        Ok(Self::Id(text))
    }
}

impl Display for Organization {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Segment(name) => write!(f, "\"<{}>\"", name.value),
            Self::Resolver(path) => f.write_str(&path_name(path)),
        }
    }
}

fn segment(text: &Text) -> Result<Text> {
    let name = text.value.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    let Some(name) = name else {
        return Err(Error::new(
            text.span,
            format!("a segment is written between `<` and `>`: `{}`", Key::Organization.example()),
        ));
    };
    if let Some(name) = name.strip_suffix("..") {
        return Err(Error::new(
            text.span,
            format!(
                "`<{name}..>` matches many segments, and the id of an organization is one: `<{name}>`"
            ),
        ));
    }
    if Ident::parse_any.parse_str(name).is_err() {
        return Err(Error::new(text.span, format!("`<{name}>` cannot be the name of a segment")));
    }
    Ok(Text { value: name.to_owned(), span: text.span })
}
