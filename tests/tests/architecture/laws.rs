//! The laws of the library that a search of the sources can check. Each is shown to notice a breach in
//! every room that it governs.

use crate::rooms;
use crate::sources::{File, Sources, read, workspace};

/// A rule about lines of code: which of them break it.
struct Law {
    /// Whether a line in a file breaks the rule.
    is_broken_by: fn(path: &str, line: &str) -> bool,
    /// The files and directories that the rule does not govern.
    not_governed: &'static [&'static str],
}

impl Law {
    /// Asserts that the library keeps the law, and that each of the lines breaks it in every room that
    /// the law governs.
    fn holds(self, breaches: &[&str]) {
        let breaks = |path: &str, line: &str| {
            !is_in(path, self.not_governed) && (self.is_broken_by)(path, line)
        };
        let found = Sources::of_the_library().breaches(breaks);
        assert!(found.is_empty(), "the law is broken:\n{}", found.join("\n"));
        for room in rooms::names().filter(|room| !is_in(room, self.not_governed)) {
            for line in breaches {
                let file = File::new(&format!("{room}/breach.rs"), format!("    {line}\n"));
                let found = Sources(vec![file]).breaches(breaks);
                assert_eq!(found.len(), 1, "the law does not notice `{line}` in {room}");
            }
        }
    }
}

#[test]
fn oidc_and_what_it_stands_on_never_name_rocket() {
    const WITHOUT_ROCKET: [&str; 13] = [
        "oidc",
        "claims",
        "numeric_date",
        "local_path",
        "loopback",
        "host",
        "names",
        "clock",
        "task",
        "sync",
        "trace",
        "session_id",
        "error/mod",
    ];
    let law = |path: &str, line: &str| is_in(path, &WITHOUT_ROCKET) && names(line, "rocket");
    let found = Sources::of_the_library().breaches(law);
    assert!(found.is_empty(), "{}", found.join("\n"));
    for room in WITHOUT_ROCKET {
        for line in ["use rocket::Request;", "type R = rocket::Request;", "use rocket as web;"] {
            assert!(law(&format!("{room}.rs"), line), "the law does not notice `{line}` in {room}");
        }
    }
}

#[test]
fn nothing_but_the_root_names_the_fairing() {
    let law = Law {
        is_broken_by: |_, line| line.contains("LogtoFairing") || line.contains("fairing::"),
        not_governed: &["lib", "fairing", "testing"],
    };
    law.holds(&["use crate::fairing::launch;", "fn f(fairing: LogtoFairing) {}"]);
}

#[test]
fn only_the_root_and_the_fairing_name_what_tests_use() {
    let law = Law {
        is_broken_by: |_, line| line.contains("crate::testing") && !line.starts_with("//"),
        not_governed: &["lib", "fairing", "testing"],
    };
    law.holds(&["use crate::testing::Idp;", "fn f(idp: &crate::testing::Idp) {}"]);
}

#[test]
fn only_the_vault_seals_and_opens() {
    let law = Law {
        is_broken_by: |_, line| {
            let ciphers =
                ["private_mut(", ".private(", ".signed(", "signed_mut(", "aead", "aes_gcm"];
            contains(line, &ciphers)
        },
        not_governed: &["session/cookie/vault", "testing"],
    };
    law.holds(&["jar.private_mut(&key).add(cookie);", "use aws_lc_rs::aead::Aad;"]);
}

#[test]
fn nothing_uses_rockets_private_cookies() {
    let law = Law {
        is_broken_by: |_, line| {
            contains(line, &["get_pending", "add_private", "get_private", "remove_private"])
        },
        not_governed: &[],
    };
    law.holds(&["request.cookies().get_private(name)", "jar.get_pending(name)"]);
}

#[test]
fn only_the_fairing_writes_cookies() {
    let law = Law {
        is_broken_by: |_, line| {
            let writes = [
                "\"Set-Cookie\"",
                "\"set-cookie\"",
                "SET_COOKIE",
                "cookies().add",
                "cookies().remove",
            ];
            contains(line, &writes)
        },
        not_governed: &["fairing/response", "testing"],
    };
    law.holds(&["request.cookies().add(cookie);", "Header::new(\"Set-Cookie\", text)"]);
}

#[test]
fn the_fairing_waits_for_nothing_while_it_writes_a_response() {
    let law = |path: &str, line: &str| {
        is_in(path, &["fairing/response", "fairing/caching"])
            && contains(line, &[".await", "spawn(", "block_on"])
    };
    let found = Sources::of_the_library().breaches(law);
    assert!(found.is_empty(), "{}", found.join("\n"));
    for path in ["fairing/response.rs", "fairing/caching.rs"] {
        assert!(law(path, "client.oidc().ready().await"));
    }
}

#[test]
fn nothing_waits_in_a_synchronous_place() {
    let law = Law {
        is_broken_by: |_, line| contains(line, &["block_in_place", "block_on", "thread::sleep"]),
        not_governed: &["testing"],
    };
    law.holds(&[
        "block_in_place(|| runtime.block_on(work))",
        "let user = Handle::current().block_on(user_of(request, state));",
        "thread::sleep(PAUSE);",
    ]);
}

#[test]
fn every_call_of_a_store_ends_in_time() {
    // Who has the store of the application has it in an `ObservedStore`, which bounds each call.
    let law = Law {
        is_broken_by: |_, line| line.contains("dyn SessionStore"),
        not_governed: &[
            "fairing",
            "session/mod",
            "session/store/mod",
            "session/store/observed",
            "testing",
        ],
    };
    law.holds(&["store: Arc<dyn SessionStore>,"]);
}

#[test]
fn redirects_are_made_in_one_place() {
    let law = Law {
        is_broken_by: |_, line| {
            let makers =
                ["\"Location\"", "\"location\"", "LOCATION", "Redirect::", "X-Inertia-Location"];
            contains(line, &makers)
        },
        // A diagnosis reads where Logto would send a browser.
        not_governed: &["response/redirect", "oidc/examination", "testing"],
    };
    law.holds(&[".raw_header(\"Location\", path)", "Redirect::to(path)"]);
}

#[test]
fn the_texts_of_built_in_pages_are_in_one_place() {
    let law = Law {
        is_broken_by: |_, line| {
            contains(line, &["PageDraft::new(", "BuiltInPage {", "Words {"]) && line.contains('"')
        },
        not_governed: &["testing"],
    };
    law.holds(&[
        "PageDraft::new(Status::Ok, \"Sign out?\")",
        "Words { title: \"Sign out?\", text }",
    ]);
}

#[test]
fn only_the_keys_verify_signatures() {
    let law = Law {
        is_broken_by: |_, line| names(line, "jsonwebtoken") || line.contains("ParsedPublicKey"),
        not_governed: &["oidc/keys", "testing"],
    };
    law.holds(&[
        "let token = jsonwebtoken::decode(raw, &key, &rules);",
        "use jsonwebtoken as jwt;",
        "let key = ParsedPublicKey::new(algorithm, point)?;",
    ]);
}

#[test]
fn openidconnect_stays_in_oidc_and_its_generic_types_in_one_file() {
    let law = Law { is_broken_by: |_, line| names(line, "openidconnect"), not_governed: &["oidc"] };
    law.holds(&["use openidconnect::Nonce;", "fn f(nonce: openidconnect::Nonce) {}"]);
    let law = Law {
        is_broken_by: |_, line| {
            let generics =
                ["AdditionalClaims", "CoreGender", "CoreJwe", "CoreJws", "EndpointSet", "NotSet"];
            contains(line, &generics)
        },
        not_governed: &["oidc/types"],
    };
    law.holds(&["type Requests = Client<EmptyAdditionalClaims>;"]);
}

/// Otherwise the features that other crates of an application turn on would choose.
#[test]
fn every_client_of_http_names_its_tls() {
    fn breaches(code: &str) -> usize {
        let code: String = code.split_whitespace().collect();
        let unnamed = |maker: &str| {
            code.split(maker).skip(1).filter(|rest| !rest.starts_with(".use_rustls_tls()")).count()
        };
        let default = ["Client::new()", "Client::default()", "reqwest::get("];
        unnamed("Client::builder()")
            + unnamed("ClientBuilder::new()")
            + default.iter().map(|maker| code.matches(maker).count()).sum::<usize>()
    }
    let sources = Sources::of_the_library();
    let wrong = sources.0.iter().filter(|file| breaches(&file.lines.join("\n")) > 0);
    let wrong: Vec<_> = wrong.map(|file| &file.path).collect();
    assert!(wrong.is_empty(), "a client without `.use_rustls_tls()`: {wrong:?}");
    assert_eq!(breaches("reqwest::Client::builder()\n    .use_rustls_tls()\n    .build()"), 0);
    for line in [
        "reqwest::Client::builder().no_proxy()",
        "let builder = ClientBuilder::new();",
        "let client = reqwest::Client::new();",
        "let answer = reqwest::get(url).await;",
    ] {
        assert_eq!(breaches(line), 1, "the law does not notice `{line}`");
    }
}

/// With Rocket's feature `secrets` every application needs a `secret_key` in the release profile, also an
/// API that has no cookies.
#[test]
fn rocket_is_used_without_its_secrets() {
    fn asks(manifest: &str) -> bool {
        let dependencies = manifest.split("dev-dependencies").next().unwrap_or_default();
        dependencies.lines().any(|line| line.starts_with("rocket") && line.contains("\"secrets\""))
    }
    for manifest in ["Cargo.toml", "logto-rocket/Cargo.toml", "logto-rocket-macros/Cargo.toml"] {
        assert!(!asks(&read(&workspace().join(manifest))), "{manifest}");
    }
    assert!(asks("rocket = { workspace = true, features = [\"secrets\"] }\n"));
}

#[test]
fn access_is_decided_in_one_place() {
    let law =
        Law { is_broken_by: |_, line| line.contains(".evaluate("), not_governed: &["requirement"] };
    law.holds(&["if requirement.evaluate(&facts) == Answer::Met {"]);
    let law = Law {
        is_broken_by: |_, line| line.contains("decide_for_request("),
        not_governed: &["guard/authenticated", "requirement/decide"],
    };
    law.holds(&["match decide_for_request(tree, user, request).await {"]);
}

#[test]
fn no_guard_forwards() {
    let law = Law {
        is_broken_by: |_, line| contains(line, &["Outcome::Forward", "or_forward("]),
        // The metadata of API resources is no guard, and other files may be below the same path.
        not_governed: &["testing", "routes/resource_metadata"],
    };
    law.holds(&["None => Outcome::Forward(Status::Unauthorized),", "outcome.or_forward(data)"]);
}

#[test]
fn no_static_holds_state() {
    let law = Law {
        is_broken_by: |_, line| {
            let mut words = line.split_whitespace().skip_while(|word| word.starts_with("pub"));
            words.next() == Some("static")
                || contains(line, &["thread_local!", "LazyLock", "lazy_static"])
        },
        not_governed: &[],
    };
    law.holds(&[
        "static ENDED: Mutex<Vec<u8>> = Mutex::new(Vec::new());",
        "pub(crate) static mut KEYS: usize = 0;",
        "thread_local! {",
    ]);
}

#[test]
fn all_time_comes_from_the_clock() {
    let law = Law {
        is_broken_by: |_, line| {
            let clocks = [
                "SystemTime::now",
                "Instant::now",
                "OffsetDateTime::now",
                "Utc::now",
                ".elapsed()",
            ];
            contains(line, &clocks)
        },
        not_governed: &["clock"],
    };
    law.holds(&["let now = SystemTime::now();", "if begun.elapsed() > LIMIT {"]);
}

#[test]
fn the_state_machines_know_neither_tokio_nor_a_cache_nor_a_clock() {
    const MACHINES: [&str; 5] = [
        "task/single_flight",
        "task/backoff",
        "session/memory/queue",
        "session/memory/used_codes/ledger",
        "session/renewal/circuit/state",
    ];
    let law = |path: &str, line: &str| {
        let others =
            ["tokio", "moka", "quick_cache", "Clock", "std::sync::Mutex", "std::sync::RwLock"];
        is_in(path, &MACHINES) && contains(line, &others)
    };
    let sources = Sources::of_the_library();
    let found = sources.breaches(law);
    assert!(found.is_empty(), "{}", found.join("\n"));
    for machine in MACHINES {
        let path = format!("{machine}.rs");
        assert!(sources.0.iter().any(|file| file.path == path), "there is no {path}");
        assert!(law(&path, "use tokio::sync::Mutex;") && law(&path, "clock: Clock,"));
    }
}

#[test]
fn nothing_panics_but_where_a_line_states_why_it_cannot() {
    const INVARIANTS: [(&str, &str); 2] = [
        ("config/values.rs", ".expect(\"a constant URL\")"),
        // Documented: a test that moves a clock which does not move is wrong.
        ("clock.rs", ".expect(\"only a clock of a test is moved\")"),
    ];
    let law = Law {
        is_broken_by: |path, line| {
            let panics =
                [".unwrap()", ".expect(", "panic!(", "unreachable!(", "todo!(", "unimplemented!("];
            let stated = INVARIANTS.iter().any(|(file, why)| path == *file && line.contains(why));
            contains(line, &panics) && !stated
        },
        not_governed: &["testing"],
    };
    law.holds(&[
        "let url = Url::parse(text).unwrap();",
        "let url = text.parse().expect(\"a URL\");",
    ]);
    let sources = Sources::of_the_library();
    for (path, why) in INVARIANTS {
        let known = sources.breaches(|file, line| file == path && line.contains(why));
        assert_eq!(known.len(), 1, "`{why}` is no longer in {path}: take it off the list");
    }
}

#[test]
fn files_are_short() {
    let is_long = |file: &File| file.text.lines().count() > 320;
    let sources = Sources::of_the_library();
    let long: Vec<_> =
        sources.0.iter().filter(|file| is_long(file)).map(|file| &file.path).collect();
    assert!(long.is_empty(), "more than 320 lines: {long:?}");
    assert!(is_long(&File::new("session/mod.rs", "\n".repeat(321))));
}

#[test]
fn nothing_is_left_to_be_done() {
    let is_left = |file: &File| contains(&file.text, &["TODO", "FIXME", "XXX", "HACK"]);
    let sources = Sources::of_the_library();
    let left: Vec<_> =
        sources.0.iter().filter(|file| is_left(file)).map(|file| &file.path).collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(is_left(&File::new("session/mod.rs", "// TODO: the other half".to_owned())));
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

/// Whether a file or room is one of these, or within one of them.
fn is_in(path: &str, places: &[&str]) -> bool {
    let path = path.trim_end_matches(".rs");
    places.iter().any(|place| path == *place || path.starts_with(&format!("{place}/")))
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
