//! [`Language`]: the language of a page.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::fmt;

use rocket::Request;
use serde::Serialize;

/// The language of a [`BuiltInPage`](super::BuiltInPage), as the `Accept-Language` of the request asks for
/// it ([RFC 9110, section 12.5.4](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4)).
///
/// The language with the highest weight wins. `de-AT` counts as German, and `*` stands for each language that
/// the header does not name. If no language fits, or the header is malformed or absent, the language is
/// English. In a template the value is the tag of the language: `<html lang="{{ language }}">`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum Language {
    /// English, `en`.
    #[default]
    #[serde(rename = "en")]
    English,
    /// German, `de`.
    #[serde(rename = "de")]
    German,
}

impl Language {
    /// All languages. If several fit equally well, the first of them is chosen.
    const ALL: [Self; 2] = [Self::English, Self::German];

    /// The tag of the language ([BCP 47](https://www.rfc-editor.org/info/bcp47)), for the attribute `lang`.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// # use logto_rocket::Logto;
    /// use rocket::response::content::RawHtml;
    ///
    /// # fn escaped(text: &str) -> String { text.to_owned() }
    /// Logto::fairing().pages(|_request, page| {
    ///     let (tag, title) = (page.language.tag(), escaped(page.title));
    ///     Some(RawHtml(format!("<html lang='{tag}'><title>{title}</title>…")))
    /// });
    /// ```
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The language that a request asks for.
    pub(crate) fn of(request: &Request<'_>) -> Self {
        Self::preferred(request.headers().get("Accept-Language"))
    }

    /// The language that these headers ask for, which are one list.
    fn preferred<'v>(headers: impl Iterator<Item = &'v str>) -> Self {
        let elements = headers.flat_map(|header| header.split(',')).map(trimmed);
        // A recipient ignores empty elements: RFC 9110, section 5.6.1.2.
        let ranges = elements.filter(|element| !element.is_empty()).map(Range::parse);
        let Some(ranges) = ranges.collect::<Option<Vec<_>>>() else { return Self::default() };
        let wanted = Self::ALL.into_iter().filter_map(|language| {
            let (place, weight) = language.weight(&ranges)?;
            (weight > 0).then_some((Reverse(weight), place, language))
        });
        let best = wanted.min_by_key(|(weight, place, _)| (*weight, *place));
        best.map_or(Self::default(), |(_, _, language)| language)
    }

    /// The weight of the language in a list, and its position in the list.
    fn weight(self, ranges: &[Range<'_>]) -> Option<(usize, u16)> {
        let heaviest = |primary: &str| {
            let named = ranges.iter().enumerate();
            let named = named.filter(|(_, range)| range.primary.eq_ignore_ascii_case(primary));
            let weights = named.map(|(place, range)| (place, range.weight));
            weights.min_by_key(|(_, weight)| Reverse(*weight))
        };
        heaviest(self.tag()).or_else(|| heaviest("*"))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// An element of `Accept-Language`.
struct Range<'v> {
    /// The first subtag of the language, or `*`.
    primary: &'v str,
    /// In thousandths; 0 says that the language is not wanted.
    weight: u16,
}

impl<'v> Range<'v> {
    /// Reads an element: a language range ([RFC 4647, section
    /// 2.1](https://www.rfc-editor.org/rfc/rfc4647#section-2.1)) and perhaps its weight.
    fn parse(element: &'v str) -> Option<Self> {
        let (range, weight) = match element.split_once(';') {
            Some((range, weight)) => (trimmed(range), thousandths(trimmed(weight))?),
            None => (element, 1000),
        };
        let mut subtags = range.split('-');
        let primary = subtags.next()?;
        let has_length = |subtag: &str| (1..=8).contains(&subtag.len());
        let is_right = range == "*"
            || has_length(primary)
                && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
                && subtags.all(|subtag| {
                    has_length(subtag) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
                });
        is_right.then_some(Self { primary, weight })
    }
}

/// Reads a weight: `q=`, and a number from 0 to 1 with at most three decimals ([RFC 9110, section
/// 12.4.2](https://www.rfc-editor.org/rfc/rfc9110#section-12.4.2)).
fn thousandths(weight: &str) -> Option<u16> {
    let number = weight.strip_prefix("q=").or_else(|| weight.strip_prefix("Q="))?;
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let are_decimals = decimals.len() <= 3 && decimals.bytes().all(|byte| byte.is_ascii_digit());
    let decimals: u16 = format!("{decimals:0<3}").parse().ok().filter(|_| are_decimals)?;
    match whole {
        "0" => Some(decimals),
        "1" if decimals == 0 => Some(1000),
        _ => None,
    }
}

/// Without the blanks around it that a list may have.
fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}
