//! Whether a [`LocalPath`] may resolve to another path.

use percent_encoding::percent_decode_str;
use url::Url;

use super::LocalPath;

impl LocalPath {
    /// Whether a browser, a proxy or Rocket may resolve this path to `other`, which has no query and no escapes.
    pub(crate) fn may_resolve_to(&self, other: &Self) -> bool {
        let Ok(site) = Url::parse("https://site.invalid") else { return true };
        let Ok(url) = site.join(self.as_str()) else { return true };
        let decoded = percent_decode_str(url.path()).decode_utf8_lossy();
        let mut segments = Vec::new();
        for segment in decoded.split(['/', '\\']) {
            match segment {
                "" | "." => {}
                ".." => drop(segments.pop()),
                segment => segments.push(segment),
            }
        }
        segments.into_iter().eq(other.as_str().split('/').filter(|segment| !segment.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_resolved_in_every_way_in_which_somebody_may() {
        let route: LocalPath = "/auth/sign-out".parse().unwrap();
        let may = |text: &str| text.parse::<LocalPath>().unwrap().may_resolve_to(&route);
        for text in [
            "/auth/sign-out",
            "/auth/sign-out/?x=/y",
            "/auth//sign-out",
            "/./auth/./sign-out",
            "/x/../auth/sign-out",
            "/auth/%73ign-out",
            "/auth%2fsign-out",
            "/auth%5Csign-out",
            "/%2e/auth/%2E/sign-out",
            "/x/%2e%2e/auth/sign-out",
            "/x/..%2fauth/sign-out",
            "/..%2f..%2fauth/sign-out",
        ] {
            assert!(may(text), "{text}");
        }
        for text in [
            "/",
            "/auth",
            "/sign-out",
            "/Auth/sign-out",
            "/auth/sign-outs",
            "/x/auth/sign-out",
            "/auth/sign-out/x",
            "/auth/sign-out/..",
            "/auth/%2573ign-out",
            "/x?/auth/sign-out",
        ] {
            assert!(!may(text), "{text}");
        }
    }
}
