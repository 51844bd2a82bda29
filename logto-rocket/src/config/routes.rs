//! [`Routes`]: what the routes of this crate are called below `base`.

use rocket::figment::value::Value;

use super::errors::Wrong;
use super::reader::Reader;
use crate::local_path::LocalPath;

/// How to write the name of a route.
const REMEDY: &str = "write a path below `base`, such as \"login\"";

/// The names of the routes: paths below `base`. `None` is a route that is left out. Only routes to which neither
/// this crate nor a sign-in at Logto leads can be left out.
#[derive(Clone, Debug)]
pub(crate) struct Routes {
    pub(crate) sign_in: String,
    pub(crate) sign_up: Option<String>,
    pub(crate) sign_in_callback: String,
    pub(crate) sign_out: String,
    pub(crate) sign_out_callback: String,
    pub(crate) backchannel_logout: Option<String>,
    pub(crate) user: Option<String>,
    /// The name of the route for webhooks, which is mounted if signing keys are configured.
    pub(crate) webhook: String,
}

impl Routes {
    /// Reads the keys under `routes`.
    pub(super) fn read(reader: &mut Reader) -> Self {
        let routes = Self {
            sign_in: needed(reader, "sign_in", "sign-in", "protected pages redirect to it"),
            sign_up: name(reader, "sign_up", "sign-up"),
            sign_in_callback: needed(
                reader,
                "sign_in_callback",
                "sign-in-callback",
                "Logto sends its answer to each sign-in there",
            ),
            sign_out: needed(reader, "sign_out", "sign-out", "the built-in pages lead to it"),
            sign_out_callback: needed(
                reader,
                "sign_out_callback",
                "sign-out-callback",
                "Logto sends browsers there after each sign-out",
            ),
            backchannel_logout: name(reader, "backchannel_logout", "backchannel-logout"),
            user: name(reader, "user", "user"),
            webhook: webhook(reader),
        };
        routes.reject_same(reader);
        routes
    }

    /// Rejects a page after a sign-in or a sign-out that is one of these routes. `base` is their path for browsers.
    pub(super) fn reject_loops(
        &self,
        reader: &mut Reader,
        base: &LocalPath,
        after_sign_in: &LocalPath,
        after_sign_out: &LocalPath,
    ) {
        let ends = [&self.sign_in_callback, &self.sign_out_callback, &self.sign_out];
        reject_loop(reader, "after_sign_out", after_sign_out, base, ends.into_iter());
        let starts = [Some(&self.sign_in), self.sign_up.as_ref()];
        let all = ends.into_iter().chain(starts.into_iter().flatten());
        reject_loop(reader, "after_sign_in", after_sign_in, base, all);
    }

    /// Rejects a name that two routes have.
    fn reject_same(&self, reader: &mut Reader) {
        let names = [
            ("sign_in", Some(&self.sign_in)),
            ("sign_up", self.sign_up.as_ref()),
            ("sign_in_callback", Some(&self.sign_in_callback)),
            ("sign_out", Some(&self.sign_out)),
            ("sign_out_callback", Some(&self.sign_out_callback)),
            ("backchannel_logout", self.backchannel_logout.as_ref()),
            ("user", self.user.as_ref()),
            ("webhook", Some(&self.webhook)),
        ];
        for (at, (key, name)) in names.iter().enumerate() {
            let before = names[..at].iter().find(|(_, other)| name.is_some() && other == name);
            let Some((other, _)) = before else { continue };
            // One of the two is given: the usual names differ.
            let (given, other) = match format!("routes.{key}") {
                key if reader.has(&key) => (key, format!("routes.{other}")),
                key => (format!("routes.{other}"), key),
            };
            let what = format!("is the name of the route of `{other}` as well");
            reader.reject(&given, Wrong::new(what, "give each route a name of its own"));
        }
    }
}

/// The name of the route for webhooks, which other keys switch on and off.
pub(super) fn webhook(reader: &mut Reader) -> String {
    needed(reader, "webhook", "webhook", "it is there only with `webhook.signing_keys`")
}

/// Notes an error if a page is one of these routes, which would redirect to this page again.
fn reject_loop<'r>(
    reader: &mut Reader,
    key: &str,
    page: &LocalPath,
    base: &LocalPath,
    mut routes: impl Iterator<Item = &'r String>,
) {
    if routes.any(|name| page.may_resolve_to(&base.join(name))) {
        let what =
            "is a route of this crate, from which the browser would be redirected again and again";
        reader.reject(key, Wrong::new(what, "write the path of a page of the site, such as `/`"));
    }
}

/// The name of a route that cannot be left out, because `reason`.
fn needed(reader: &mut Reader, key: &str, usual: &str, reason: &str) -> String {
    name(reader, key, usual).unwrap_or_else(|| {
        let what = format!("leaves out a route that cannot be left out: {reason}");
        let remedy = format!("remove this key, or {REMEDY}");
        reader.reject(&format!("routes.{key}"), Wrong::new(what, remedy));
        usual.to_owned()
    })
}

/// The name of a route, its usual one if none is given or a wrong one; `None` for `false`.
fn name(reader: &mut Reader, key: &str, usual: &str) -> Option<String> {
    let usual = || usual.to_owned();
    let given = reader.value(&format!("routes.{key}"), |reader, value| match value {
        Value::Bool(_, is_there) => Ok(is_there.then(usual)),
        value => match reader.text_of(value)?.as_str() {
            "true" => Ok(Some(usual())),
            "false" => Ok(None),
            text => parse(text).map(Some),
        },
    });
    given.unwrap_or_else(|| Some(usual()))
}

fn parse(text: &str) -> Result<String, Wrong> {
    let is_switch = ["false", "no", "off", "0", "true", "yes", "on", "1"];
    if is_switch.contains(&text.to_ascii_lowercase().as_str()) {
        let what = "looks like a switch, but is not `true` or `false`";
        return Err(Wrong::new(what, format!("write `false` to leave the route out, or {REMEDY}")));
    }
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-_.~/".contains(char);
    let what = if text.starts_with('/') {
        "begins with `/`, but it is a path below `base`"
    } else if text.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
        "is not the name of a route: it has an empty segment, `.` or `..`"
    } else if !text.chars().all(is_plain) {
        "has a character other than letters, digits, `-`, `_`, `.` and `~`"
    } else {
        return Ok(text.to_owned());
    };
    Err(Wrong::new(what, REMEDY))
}
