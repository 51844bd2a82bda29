//! [`LocalPath`]: the only type that redirects on this site accept.

mod prefix;
mod resolved;

use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use url::Url;

pub(crate) use self::prefix::Prefix;

/// What is percent-encoded besides what is not ASCII. Control characters have been refused.
const BLANKS: &AsciiSet = &CONTROLS.add(b' ');

/// The longest path that is accepted, in bytes.
const MAX_LENGTH: usize = 2048;

/// A path with an optional query that always stays on this site, in every browser. It is the path that the
/// browser sees: for a site below a path of its host, it begins with the path of the site.
///
/// A `LocalPath` begins with exactly one `/`, consists of visible ASCII without `\`, has no fragment, and is at
/// most 2,048 bytes long. It still begins with exactly one `/` after the normalization of the [WHATWG URL
/// Standard](https://url.spec.whatwg.org/), which browsers follow.
///
/// ```
/// use logto_rocket::LocalPath;
///
/// assert!("/account?tab=keys".parse::<LocalPath>().is_ok());
/// assert!("//evil.example".parse::<LocalPath>().is_err());
/// assert!("https://evil.example".parse::<LocalPath>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalPath(String);

/// Why a text is not a [`LocalPath`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotLocal {
    /// The text does not begin with exactly one `/`, so it may name another site.
    NotOneSlash,
    /// The text contains a character that is not allowed in a path or query, such as a space, `\`, `#` or a
    /// control character.
    Character,
    /// The text is longer than 2,048 bytes, or as a page to return to longer than 1,024 bytes.
    TooLong,
    /// The page to return to is not below the path of `base_url`, so it belongs to another application on the
    /// same host.
    OtherApplication,
}

impl LocalPath {
    /// The root of the site, `/`.
    pub fn root() -> Self {
        Self("/".into())
    }

    /// The path and query, as they are sent in a `Location` header.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path that a text from a request means, if it stays on the site of this origin. A leading origin
    /// and a fragment are removed. Spaces and characters outside ASCII are percent-encoded.
    pub(crate) fn of_visitor(text: &str, origin: &str) -> Result<Self, NotLocal> {
        let rest = text.strip_prefix(origin).unwrap_or(text);
        let is_own =
            rest.len() < text.len() && (rest.is_empty() || rest.starts_with(['/', '?', '#']));
        let path = if is_own { rest } else { text };
        let path = path.split('#').next().unwrap_or_default();
        let slash = if is_own && !path.starts_with('/') { "/" } else { "" };
        if path.chars().any(char::is_control) {
            return Err(NotLocal::Character);
        }
        format!("{slash}{}", utf8_percent_encode(path, BLANKS)).parse()
    }

    /// A path below this one, which has no query. The segments are of letters, digits, `-`, `_`, `.`
    /// and `~`.
    pub(crate) fn join(&self, segments: &str) -> Self {
        Self(format!("{}/{}", self.0.trim_end_matches('/'), segments.trim_matches('/')))
    }

    /// The path with one more parameter. It stays on this site, whatever the parameter is. It may be longer
    /// than a parsed path.
    pub(crate) fn with_parameter(&self, name: &str, value: &str) -> Self {
        let separator = if self.0.contains('?') { '&' } else { '?' };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let query = query.append_pair(name, value).finish();
        Self(format!("{}{separator}{query}", self.0))
    }
}

impl LocalPath {
    /// The path without the parameters of this name.
    pub(crate) fn without_parameter(&self, name: &str) -> Self {
        let Some((path, query)) = self.0.split_once('?') else { return self.clone() };
        let is_named = |pair: &&str| {
            url::form_urlencoded::parse(pair.as_bytes()).any(|(found, _)| found == name)
        };
        let rest: Vec<_> = query.split('&').filter(|pair| !is_named(pair)).collect();
        let rest = rest.join("&");
        Self(if rest.is_empty() { path.to_owned() } else { format!("{path}?{rest}") })
    }
}

impl FromStr for LocalPath {
    type Err = NotLocal;

    fn from_str(text: &str) -> Result<Self, NotLocal> {
        if text.len() > MAX_LENGTH {
            return Err(NotLocal::TooLong);
        }
        if !text.starts_with('/') || text.starts_with("//") {
            return Err(NotLocal::NotOneSlash);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'#')) {
            return Err(NotLocal::Character);
        }
        if resolves_here(text) { Ok(Self(text.into())) } else { Err(NotLocal::NotOneSlash) }
    }
}

impl TryFrom<String> for LocalPath {
    type Error = NotLocal;

    fn try_from(text: String) -> Result<Self, NotLocal> {
        text.parse()
    }
}

impl From<LocalPath> for String {
    fn from(path: LocalPath) -> Self {
        path.0
    }
}

impl fmt::Display for LocalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for NotLocal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotOneSlash => "a path on this site must begin with exactly one `/`",
            Self::Character => {
                "a path on this site must be visible ASCII without `\\` and `#`; percent-encode the rest"
            }
            Self::TooLong => {
                "a path on this site may have at most 2,048 bytes, and a page to return to at \
                 most 1,024"
            }
            Self::OtherApplication => {
                "a page to return to must be below the path of `base_url`; this one belongs to \
                 another application on the same host"
            }
        })
    }
}

impl std::error::Error for NotLocal {}

/// Whether `path` also stays on its site if it is resolved according to the URL standard, even twice:
/// `/.//host` resolves to `//host`, which is another site.
fn resolves_here(path: &str) -> bool {
    let Ok(site) = Url::parse("https://site.invalid") else { return false };
    site.join(path).is_ok_and(|url| url.origin() == site.origin() && !url.path().starts_with("//"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitors_text_is_the_path_that_it_means_or_none() {
        let of = |text| LocalPath::of_visitor(text, "https://site.example").map(String::from);
        for (text, path) in [
            ("/a?b=c", "/a?b=c"),
            ("/a b?c d", "/a%20b?c%20d"),
            ("/straße?q=日本", "/stra%C3%9Fe?q=%E6%97%A5%E6%9C%AC"),
            ("/a%20b?q=%2B+", "/a%20b?q=%2B+"),
            ("/a?b#c", "/a?b"),
            ("https://site.example", "/"),
            ("https://site.example/a?b#c", "/a?b"),
            ("https://site.example?b", "/?b"),
        ] {
            assert_eq!(of(text).as_deref(), Ok(path), "{text}");
        }
        for text in [
            "",
            "a",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "https://evil.example/",
            "https://site.example.evil.example/",
            "https://site.example@evil.example/",
            "https://site.example:8443/",
            "https://site.example//evil.example",
            "https://site.example/\\evil.example",
        ] {
            assert!(of(text).is_err(), "{text}");
        }
    }

    fn path(text: &str) -> LocalPath {
        text.parse().unwrap()
    }

    #[test]
    fn a_path_has_one_slash_in_front_visible_ascii_and_a_bounded_length() {
        use NotLocal::{Character, NotOneSlash, TooLong};
        let longest = format!("/{}", "a".repeat(2047));
        for text in ["/", "/a?b=c&d", "/a//b", "/~!$&'()*+,;=:@%20", &longest] {
            assert_eq!(text.parse::<LocalPath>().as_ref().map(LocalPath::as_str), Ok(text));
        }
        for (text, why) in [
            (format!("{longest}a").as_str(), TooLong),
            ("", NotOneSlash),
            ("a", NotOneSlash),
            ("//evil.example", NotOneSlash),
            ("/.//evil.example", NotOneSlash),
            ("/a/..//evil.example", NotOneSlash),
            ("/%2e//evil.example", NotOneSlash),
            ("/a b", Character),
            ("/ä", Character),
            ("/a\\b", Character),
            ("/a#b", Character),
            ("/a\tb", Character),
            ("/a\u{7f}", Character),
        ] {
            assert_eq!(text.parse::<LocalPath>(), Err(why), "{text}");
        }
    }

    #[test]
    fn a_path_is_the_text_that_it_was_made_of() {
        assert_eq!(LocalPath::root().as_str(), "/");
        assert_eq!(path("/a?b").to_string(), "/a?b");
        assert_eq!(String::from(path("/a?b")), "/a?b");
        assert_eq!(LocalPath::try_from("/a".to_owned()), Ok(path("/a")));
        assert_eq!(LocalPath::try_from("a".to_owned()), Err(NotLocal::NotOneSlash));
    }

    #[test]
    fn a_path_is_joined_with_one_slash() {
        for (path_of, segments, joined) in
            [("/", "auth", "/auth"), ("/a", "b/c", "/a/b/c"), ("/a/", "/b/", "/a/b")]
        {
            assert_eq!(path(path_of).join(segments).as_str(), joined);
        }
    }

    #[test]
    fn a_parameter_is_added_behind_others_and_its_value_is_encoded() {
        let with = |text| path(text).with_parameter("q", "a b&c").to_string();
        assert_eq!(with("/a"), "/a?q=a+b%26c");
        assert_eq!(with("/a?b"), "/a?b&q=a+b%26c");
    }

    #[test]
    fn a_parameter_is_taken_away_however_it_is_written() {
        let without = |text| path(text).without_parameter("q").to_string();
        for (text, rest) in [
            ("/a", "/a"),
            ("/a?b=c", "/a?b=c"),
            ("/a?q=1", "/a"),
            ("/a?b&q=1&q&c=d", "/a?b&c=d"),
            ("/a?%71=1&b", "/a?b"),
            ("/a?qq=1", "/a?qq=1"),
        ] {
            assert_eq!(without(text), rest, "{text}");
        }
    }

    #[test]
    fn a_control_character_of_a_visitor_is_refused_and_not_encoded() {
        for text in ["/a\tb", "/a\u{0}", "/\u{9f}"] {
            assert_eq!(LocalPath::of_visitor(text, "x"), Err(NotLocal::Character), "{text:?}");
        }
    }

    #[test]
    fn each_reason_is_told_in_words_of_its_own() {
        use NotLocal::{Character, NotOneSlash, OtherApplication, TooLong};
        for (why, word) in [
            (NotOneSlash, "exactly one"),
            (Character, "ASCII"),
            (TooLong, "2,048"),
            (OtherApplication, "another"),
        ] {
            assert!(why.to_string().contains(word), "{why}");
        }
    }
}
