//! [`Prefix`]: the path of a site on its host.

use std::fmt;

use percent_encoding::percent_decode_str;
use url::Url;

use super::LocalPath;

/// The path of a site that shares its host with others, such as `/app`; empty if the site has the whole host.
/// It does not end with `/`, and its segments contain only letters, digits, `-`, `_`, `.` and `~`, so that
/// proxies, Rocket, browsers and Logto interpret it in the same way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prefix(String);

impl Prefix {
    /// The prefix of a site at this path of a URL, with or without a slash at its end; `None` if it has
    /// a character or a segment that is interpreted in different ways.
    pub fn parse(path: &str) -> Option<Self> {
        let path = path.strip_suffix('/').unwrap_or(path);
        if path.is_empty() {
            return Some(Self::default());
        }
        let is_plain = |char: char| char.is_ascii_alphanumeric() || "-_.~".contains(char);
        let is_segment =
            |segment: &str| !matches!(segment, "" | "." | "..") && segment.chars().all(is_plain);
        path.strip_prefix('/')?.split('/').all(is_segment).then(|| Self(path.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The path by which a browser knows a path of the application's own, which is written without the
    /// prefix.
    pub fn path_of(&self, own: &LocalPath) -> LocalPath {
        LocalPath(format!("{self}{own}"))
    }

    /// Whether a path, as the browser sees it, belongs to this site and not to another application on the
    /// host, however a browser or a proxy resolves its dot segments.
    pub fn holds(&self, path: &LocalPath) -> bool {
        if self.is_empty() {
            return true;
        }
        let below = |path: &str| {
            let rest = path.strip_prefix(self.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let Ok(site) = Url::parse("https://site.invalid") else { return false };
        let Ok(url) = site.join(path.as_str()) else { return false };
        // A browser leaves `..%2f` alone, a proxy may not.
        let decoded = percent_decode_str(url.path()).decode_utf8_lossy();
        below(url.path()) && decoded.split(['/', '\\']).all(|segment| segment != "..")
    }

    /// Whether a path of this site can match a route with this path, which may have dynamic segments.
    pub fn may_hold_route(&self, route: &str) -> bool {
        let mut segments = route.split('/');
        for own in self.0.split('/') {
            match segments.next() {
                Some(segment) if segment.ends_with("..>") => return true,
                Some(segment) if segment == own => {}
                Some(segment) if segment.starts_with('<') => {}
                _ => return false,
            }
        }
        true
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_read_with_or_without_a_slash_at_its_end() {
        for (path, prefix) in
            [("", ""), ("/", ""), ("/app", "/app"), ("/app/", "/app"), ("/a/b-_.~1", "/a/b-_.~1")]
        {
            assert_eq!(Prefix::parse(path).as_ref().map(Prefix::as_str), Some(prefix), "{path}");
        }
        for path in ["app", "//", "/app//", "//app", "/a//b", "/.", "/a/..", "/a b", "/%61", "/<x>"]
        {
            assert_eq!(Prefix::parse(path), None, "{path}");
        }
    }

    #[test]
    fn a_browser_knows_a_path_of_the_application_behind_the_prefix() {
        let own: LocalPath = "/a?b".parse().unwrap();
        let known = |prefix| Prefix::parse(prefix).unwrap().path_of(&own).to_string();
        assert_eq!([known("/app"), known("")], ["/app/a?b", "/a?b"]);
    }

    #[test]
    fn a_path_of_a_neighbour_is_not_held_however_it_is_written() {
        let held = |path: &str| Prefix::parse("/app").unwrap().holds(&path.parse().unwrap());
        for path in
            ["/app", "/app/", "/app?x=/..", "/app/x?y", "/x/../app/y", "/app/..x", "/app/./x"]
        {
            assert!(held(path), "{path}");
        }
        for path in [
            "/",
            "/x",
            "/application",
            "/ap",
            "/App/x",
            "/?/app/",
            "/app/..",
            "/app/../x",
            "/app/%2e%2e/x",
            "/app/.%2E/x",
            "/app/..%2fx",
            "/app/%2e%2e%2fx",
            "/app/..%5cx",
            "/x?/app",
        ] {
            assert!(!held(path), "{path}");
            assert!(Prefix::default().holds(&path.parse().unwrap()), "{path}");
        }
    }

    #[test]
    fn a_route_may_match_a_path_below_unless_a_fixed_segment_differs() {
        let may = |prefix: &str, route: &str| Prefix::parse(prefix).unwrap().may_hold_route(route);
        for route in
            ["/a/b", "/a/b/", "/a/b/c", "/a/b/<id>", "/a/<x>/c", "/<x>/b", "/<..>", "/a/<path..>"]
        {
            assert!(may("/a/b", route) && may("", route), "{route}");
        }
        for route in ["/", "/a", "/<x>", "/a/", "/a/c", "/ab", "/a/bc", "/b/a", "/x/<path..>"] {
            assert!(!may("/a/b", route) && may("", route), "{route}");
        }
    }
}
