//! The laws of the house that a search can check, each held against the sources of the library, and
//! each shown to notice when it is broken.

use std::fs;
use std::path::{Path, PathBuf};

/// The lines of code of some files: no comments, no tests.
struct Sources(Vec<File>);

struct File {
    path: String,
    lines: Vec<String>,
    /// How many lines it has with comments and tests.
    length: usize,
    text: String,
}

type Law = fn(&Sources) -> Vec<String>;

#[test]
fn the_oidc_client_and_what_it_stands_on_never_name_rocket() {
    let law: Law = |sources| {
        let here = ["oidc/", "claims.rs", "redirect.rs", "error.rs", "clock.rs", "once_task.rs"];
        sources.breaches(|path, line| starts(path, &here) && names(line, "rocket"))
    };
    holds(law, &[("oidc/tokens.rs", "use rocket::Request;"), ("claims.rs", "type R = rocket::X;")]);
}

#[test]
fn arrows_point_one_way() {
    let law: Law = |sources| {
        let oidc = ["claims", "redirect", "error", "clock", "once_task", "oidc"];
        let own = ["events", "session", "session_id", "sign_in_error", "sync"];
        let session = [&oidc[..], &own].concat();
        let below = ["error", "claims", "redirect"];
        sources.breaches(|path, line| {
            let allowed: &[&str] = match path {
                _ if path.starts_with("oidc/") => &oidc,
                _ if path.starts_with("session/") => &session,
                "claims.rs" | "redirect.rs" | "error.rs" | "clock.rs" | "once_task.rs" => &below,
                // The only mention of a user is the parameter of a check.
                "requirement.rs" => &["guard"],
                _ => return false,
            };
            rooms(line).iter().any(|room| !allowed.contains(&room.as_str()))
        })
    };
    let broken = [
        ("oidc/keys.rs", "use crate::session::Session;"),
        ("session/memory/registry.rs", "fn f() -> crate::logto::Logto"),
        ("session/mod.rs", "use crate::{claims::Claims, guard::LogtoUser};"),
        ("claims.rs", "use crate::oidc::Oidc;"),
        ("requirement.rs", "use crate::logto::Logto;"),
    ];
    holds(law, &broken);
}

#[test]
fn nothing_points_at_the_fairing_but_the_root_and_the_function_that_makes_one() {
    let law: Law = |sources| {
        sources.breaches(|path, line| {
            let named = rooms(line).iter().any(|room| room == "fairing")
                || ["super::fairing", "LogtoFairing"].iter().any(|name| line.contains(name));
            named && !starts(path, &["lib.rs", "logto.rs", "fairing", "testing/"])
        })
    };
    holds(law, &[("routes/mod.rs", "use crate::fairing::LogtoFairing;")]);
    holds(law, &[("visit.rs", "use crate::{challenge, fairing};")]);
}

#[test]
fn only_the_vault_seals_and_opens() {
    let law: Law = |sources| {
        sources.breaches(|path, line| {
            let ciphers =
                ["private_mut(", ".private(", ".signed(", "signed_mut(", "aead", "aes_gcm"];
            path != "session/cookie/vault.rs" && outside_testing(path) && contains(line, &ciphers)
        })
    };
    holds(law, &[("fairing.rs", "jar.private_mut(&key).add(cookie);")]);
}

#[test]
fn nobody_uses_rockets_private_jar() {
    let law: Law = |sources| {
        let jar = ["get_pending", "add_private", "get_private", "remove_private"];
        sources.breaches(|_, line| contains(line, &jar))
    };
    holds(law, &[("session/cookie/session_cookies.rs", "request.cookies().get_private(name)")]);
}

#[test]
fn only_the_fairing_writes_cookies() {
    let law: Law = |sources| {
        let writes =
            ["\"Set-Cookie\"", "\"set-cookie\"", "SET_COOKIE", "cookies().add", "cookies().remove"];
        sources.breaches(|path, line| {
            path != "fairing.rs" && outside_testing(path) && contains(line, &writes)
        })
    };
    holds(law, &[("routes/callback.rs", "request.cookies().add(cookie);")]);
}

#[test]
fn redirects_are_made_in_one_place() {
    let law: Law = |sources| {
        let makes = ["\"Location\"", "\"location\"", "LOCATION", "Redirect::"];
        sources.breaches(|path, line| {
            path != "challenge.rs" && outside_testing(path) && contains(line, &makes)
        })
    };
    holds(law, &[("routes/sign_out.rs", ".raw_header(\"Location\", path)")]);
    holds(law, &[("page.rs", "Redirect::to(path)")]);
}

#[test]
fn only_the_keys_verify_signatures() {
    let law: Law = |sources| {
        sources.breaches(|path, line| {
            path != "oidc/keys.rs" && outside_testing(path) && names(line, "jsonwebtoken")
        })
    };
    holds(law, &[("oidc/id_token.rs", "let token = jsonwebtoken::decode(raw, &key, &rules);")]);
}

#[test]
fn openidconnect_stays_in_its_room_and_its_generics_in_one_file() {
    let law: Law = |sources| {
        sources.breaches(|path, line| {
            let generics =
                ["AdditionalClaims", "CoreGender", "CoreJwe", "CoreJws", "EndpointSet", "NotSet"];
            let outside = !path.starts_with("oidc/") && names(line, "openidconnect");
            outside || (path != "oidc/mod.rs" && contains(line, &generics))
        })
    };
    holds(law, &[("session/mod.rs", "use openidconnect::Nonce;")]);
    holds(law, &[("oidc/tokens.rs", "type Requests = Client<EmptyAdditionalClaims>;")]);
}

#[test]
fn access_is_decided_in_one_place() {
    let law: Law = |sources| {
        sources.breaches(|path, line| {
            !starts(path, &["guard/mod.rs", "requirement"]) && line.contains(".evaluate(")
        })
    };
    holds(law, &[("routes/user.rs", "if requirement.evaluate(&facts) == Answer::Met {")]);
}

#[test]
fn no_guard_forwards() {
    let law: Law = |sources| {
        sources.breaches(|path, line| outside_testing(path) && line.contains("Outcome::Forward"))
    };
    holds(law, &[("guard/user.rs", "None => Outcome::Forward(Status::Unauthorized),")]);
}

#[test]
fn no_static_holds_state() {
    let law: Law = |sources| {
        sources.breaches(|_, line| {
            let mut words = line.split_whitespace().skip_while(|word| word.starts_with("pub"));
            words.next() == Some("static")
                || contains(line, &["thread_local!", "LazyLock", "lazy_static"])
        })
    };
    holds(
        law,
        &[("session/memory/ended.rs", "static ENDED: Mutex<Vec<u8>> = Mutex::new(Vec::new());")],
    );
    holds(law, &[("oidc/keys.rs", "pub(crate) static mut KEYS: usize = 0;")]);
}

#[test]
fn all_time_comes_from_the_clock() {
    let law: Law = |sources| {
        let clocks = ["SystemTime::now", "Instant::now", "OffsetDateTime::now", "Utc::now"];
        sources.breaches(|path, line| path != "clock.rs" && contains(line, &clocks))
    };
    holds(law, &[("session/mod.rs", "let now = SystemTime::now();")]);
}

#[test]
fn nothing_panics_but_where_a_line_states_why_it_cannot() {
    const INVARIANTS: [(&str, &str); 2] = [
        ("config/values.rs", ".expect(\"a constant URL\")"),
        // Documented: a test that moves a clock which does not move is wrong.
        ("clock.rs", ".expect(\"only a clock of a test is moved\")"),
    ];
    let law: Law = |sources| {
        let panics =
            [".unwrap()", ".expect(", "panic!(", "unreachable!(", "todo!(", "unimplemented!("];
        sources.breaches(|path, line| {
            let stated = INVARIANTS.iter().any(|(file, why)| path == *file && line.contains(why));
            outside_testing(path) && contains(line, &panics) && !stated
        })
    };
    holds(law, &[("oidc/http.rs", "let url = Url::parse(text).unwrap();")]);
    holds(law, &[("config/values.rs", "let url = text.parse().expect(\"a URL\");")]);
    let sources = Sources::of_the_library();
    for (path, why) in INVARIANTS {
        let known = sources.breaches(|file, line| file == path && line.contains(why));
        assert_eq!(known.len(), 1, "`{why}` is no longer in {path}: take it off the list");
    }
}

#[test]
fn no_file_is_longer_than_one_sits_down_to_read() {
    let law: Law = |sources| {
        let long = sources.0.iter().filter(|file| file.length > 320);
        long.map(|file| format!("{} has {} lines", file.path, file.length)).collect()
    };
    holds(law, &[("session/mod.rs", &"\n".repeat(321))]);
}

#[test]
fn nothing_is_left_to_be_done() {
    let law: Law = |sources| {
        let later = ["TODO", "FIXME", "XXX", "HACK"];
        let left = sources.0.iter().filter(|file| contains(&file.text, &later));
        left.map(|file| file.path.clone()).collect()
    };
    holds(law, &[("session/mod.rs", "// TODO: the other half")]);
}

#[test]
fn unsafe_code_is_forbidden_to_every_package() {
    let forbids = |manifest: &str| manifest.lines().any(|line| line == "unsafe_code = \"forbid\"");
    let inherits = |manifest: &str| manifest.contains("[lints]\nworkspace = true\n");
    assert!(!forbids("unsafe_code = \"warn\"") && !inherits("[lints]\nworkspace = false\n"));
    assert!(forbids(&read(&workspace().join("Cargo.toml"))));
    for package in ["logto-rocket", "logto-rocket-macros", "tests"] {
        assert!(inherits(&read(&workspace().join(package).join("Cargo.toml"))), "{package}");
    }
}

/// Asserts that the library keeps a law, and that the law sees each of the lines that break it.
fn holds(law: Law, broken: &[(&str, &str)]) {
    let breaches = law(&Sources::of_the_library());
    assert!(breaches.is_empty(), "the law is broken:\n{}", breaches.join("\n"));
    for (path, text) in broken {
        let sources = Sources(vec![File::new((*path).into(), (*text).into())]);
        assert!(!law(&sources).is_empty(), "the law does not see `{text}` in {path}");
    }
}

impl Sources {
    fn of_the_library() -> Self {
        let root = workspace().join("logto-rocket/src");
        let mut files = Vec::new();
        collect(&root, &mut files);
        assert!(files.len() > 50, "the library was not found");
        Self(files.iter().map(|path| File::new(relative(path, &root), read(path))).collect())
    }

    /// The lines of code for which `is_wrong` says so.
    fn breaches(&self, is_wrong: impl Fn(&str, &str) -> bool) -> Vec<String> {
        let mut breaches = Vec::new();
        for file in self.0.iter().filter(|file| !is_test(&file.path)) {
            let wrong = file.lines.iter().filter(|line| is_wrong(&file.path, line));
            breaches.extend(wrong.map(|line| format!("{}: {}", file.path, line.trim())));
        }
        breaches
    }
}

impl File {
    fn new(path: String, text: String) -> Self {
        let code = text.lines().take_while(|line| *line != "mod tests {");
        let lines = code.filter(|line| !line.trim_start().starts_with("//"));
        let lines = lines.map(ToOwned::to_owned).collect();
        Self { path, lines, length: text.lines().count(), text }
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).expect("a file below it").to_string_lossy().replace('\\', "/")
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs")
}

fn outside_testing(path: &str) -> bool {
    !path.starts_with("testing/")
}

fn starts(path: &str, with: &[&str]) -> bool {
    with.iter().any(|start| path.starts_with(start))
}

fn contains(line: &str, needles: &[&str]) -> bool {
    needles.iter().any(|needle| line.contains(needle))
}

/// Whether the line names a crate: the word itself, not part of a longer one or of a text.
fn names(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = &line[at + name.len()..];
        !before.is_some_and(|char| char.is_alphanumeric() || matches!(char, '_' | '-' | '"'))
            && (after.starts_with("::") || after.starts_with(';') || after.starts_with(" as "))
    })
}

/// The rooms of this crate that the line names, as `crate::room` or `use crate::{room, …}`.
fn rooms(line: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect()
    };
    let mut rooms = Vec::new();
    for (at, path) in line.match_indices("crate::") {
        let rest = &line[at + path.len()..];
        match rest.strip_prefix('{') {
            Some(list) => rooms.extend(list.split([',', '}']).map(|item| word(item.trim()))),
            None => rooms.push(word(rest)),
        }
    }
    rooms.retain(|room| !room.is_empty());
    rooms
}
