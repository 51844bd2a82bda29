//! The rooms of the library from top to bottom, and the arrows that are allowed between them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use crate::imports::{self, Arrow};
use crate::sources::{File, Sources};

/// Each room with the rooms that it may point at. A room is a file or a directory, and a file belongs to
/// the innermost room that it is in. An arrow points down: at a room that stands further below.
#[rustfmt::skip] // One room a line.
const ROOMS: &[(&str, &[&str])] = &[
    ("lib", &[]),
    ("guide", &[]),
    ("fairing", &["routes", "flows", "guard", "response", "request", "requirement", "user", "client", "resource_server", "diagnose", "config", "session/mod", "session/settings", "session/store", "events", "oidc", "local_path", "clock", "webhook", "shown", "session_values"]),
    ("routes", &["flows", "response", "request", "user", "client", "resource_server", "session/begin", "session/mod", "session/backend", "session/store", "session/memory", "session/cookie", "session/session", "events", "oidc", "error", "task", "local_path", "loopback", "host", "shown", "webhook", "session_values"]),
    ("templates", &["guard", "request", "user", "client", "error", "claims", "local_path"]),
    ("flows", &["response", "request", "user", "client", "session/load", "session/cookie", "session/session", "events", "oidc", "error", "local_path", "host", "session_values"]),
    ("guard", &["readiness", "request", "requirement", "bearer", "user", "client", "resource_server", "session/cached_token", "events", "session_id", "error", "resource", "trace"]),
    ("response", &["request", "client", "resource_server", "events", "error", "local_path", "shown"]),
    ("request", &["user", "client", "config", "resource_server", "session/load", "session/cookie", "session/session", "events", "oidc", "error", "local_path", "host", "shown"]),
    ("requirement", &["bearer", "user", "session/cached_token", "events", "oidc", "error", "resource", "names"]),
    ("bearer", &["user", "session/cached_token", "oidc", "error", "resource"]),
    ("user", &["client", "session/session", "session/cached_token", "oidc", "session_id", "error", "resource", "claims", "numeric_date", "names", "session_values"]),
    ("client", &["readiness", "diagnose", "config", "session/mod", "session/cookie", "session/session", "events", "oidc", "session_id", "error", "task", "warnings", "resource", "local_path", "shown", "clock", "names", "host"]),
    ("resource_server", &["readiness", "diagnose", "config", "events", "oidc", "error", "warnings"]),
    ("readiness", &["oidc", "clock"]),
    ("diagnose", &["session/mod", "session/session", "oidc", "error", "task", "kept_file", "loopback", "shown", "clock", "names"]),
    ("config", &["session/settings", "session/store", "oidc", "local_path", "loopback", "shown", "webhook", "names"]),
    ("session/renewal", &["session/load", "session/mod", "session/renewal/circuit", "session/memory", "session/session", "session/cached_token", "events", "oidc", "error", "task", "claims", "names"]),
    ("session/stored_claims", &["session/mod", "session/session", "names"]),
    ("session/end", &["session/mod", "session/memory", "session/store", "session/session", "events", "oidc", "session_id", "error"]),
    ("session/begin", &["session/mod", "session/backend", "session/store", "session/session", "session/cached_token", "oidc", "error", "claims", "host", "session_values"]),
    ("session/load", &["session/mod", "session/backend", "session/memory", "session/session", "error", "host"]),
    ("session/mod", &["session/renewal/circuit", "session/backend", "session/memory", "session/cookie", "session/lifetimes", "session/secret", "events", "oidc", "session_id", "error", "clock", "host"]),
    ("session/renewal/circuit", &["sync", "clock"]),
    ("session/backend", &["session/store", "session/memory", "session/cookie", "session/lifetimes", "session/session", "session/cached_token", "session/secret", "session_id", "error", "host", "clock", "events"]),
    ("session/settings", &["session/store"]),
    ("session/store", &["session/memory", "session/cookie", "session/lifetimes", "session/session", "session/cached_token", "session/secret", "events", "session_id", "error", "task", "clock", "host", "trace", "shown"]),
    ("session/memory", &["session/cookie", "session/session", "session/cached_token", "session/secret", "oidc", "session_id", "error", "task", "sync", "claims", "clock", "host"]),
    ("session/cookie", &["session/lifetimes", "session/session", "session/cached_token", "oidc", "session_id", "claims", "local_path", "clock", "host", "session_values"]),
    ("session/lifetimes", &["session/session"]),
    ("session/session", &["session/cached_token", "session/secret", "oidc", "session_id", "claims", "host", "session_values", "names"]),
    ("session/cached_token", &["oidc"]),
    ("session/secret", &["session_id"]),
    ("events", &["webhook", "oidc", "session_id", "error", "local_path", "shown"]),
    ("webhook", &["error", "sync"]),
    ("oidc", &["error", "task", "sync", "warnings", "claims", "numeric_date", "loopback", "names", "shown", "clock", "trace"]),
    ("session_id", &[]),
    ("session_values", &[]),
    ("error", &["names", "shown"]),
    ("task", &["sync"]),
    ("warnings", &[]),
    ("sync", &[]),
    ("trace", &[]),
    ("resource", &[]),
    ("claims", &["numeric_date", "shown"]),
    ("numeric_date", &[]),
    ("local_path", &[]),
    ("loopback", &[]),
    ("host", &[]),
    ("kept_file", &[]),
    ("names", &[]),
    ("shown", &[]),
    ("clock", &[]),
];

/// The names of all rooms.
pub fn names() -> impl Iterator<Item = &'static str> {
    ROOMS.iter().map(|(room, _)| *room)
}

#[test]
fn architecture_has_no_circle_and_every_arrow_points_down() {
    let arrows = imports::arrows(&Sources::of_the_library());
    print(&arrows);
    let breaches = breaches(&arrows);
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn every_allowed_arrow_points_down_and_is_needed() {
    let arrows = imports::arrows(&Sources::of_the_library());
    let used = between_rooms(&arrows);
    for (from, allowed) in ROOMS {
        for to in *allowed {
            assert!(level(from) < level(to), "{from} -> {to} points up");
            let is_used = used.contains_key(&(Some(*from), Some(*to)));
            assert!(is_used, "nothing in {from} names {to}: take it off the list");
        }
    }
}

#[test]
fn a_breach_is_noticed_in_every_room() {
    for (room, allowed) in ROOMS.iter().filter(|(room, _)| *room != "lib") {
        let file = format!("{room}/breach.rs");
        for (other, _) in ROOMS.iter().filter(|(other, _)| other != room) {
            let arrows = BTreeSet::from([(file.clone(), format!("{other}/mod.rs"))]);
            let is_allowed = allowed.contains(other);
            assert_eq!(breaches(&arrows).is_empty(), is_allowed, "{room} -> {other}");
        }
    }
}

#[test]
fn a_circle_and_an_unknown_file_are_noticed() {
    let arrow = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let circle = BTreeSet::from([
        arrow("oidc/keys.rs", "oidc/http.rs"),
        arrow("oidc/http.rs", "oidc/document.rs"),
        arrow("oidc/document.rs", "oidc/keys.rs"),
    ]);
    assert_eq!(breaches(&circle).len(), 1);
    let unknown = BTreeSet::from([arrow("extras.rs", "clock.rs")]);
    assert_eq!(breaches(&unknown).len(), 1);
}

#[test]
fn imports_are_found_however_they_are_written() {
    let above = "pub(crate) use self::inner::Hidden;\npub struct Shown;";
    let files = |text: &str| {
        let file = |path: &str, text: &str| File::new(path, text.to_owned());
        Sources(vec![
            file("guard/mod.rs", above),
            file("guard/inner.rs", "pub struct Hidden;"),
            file("oidc/keys.rs", text),
        ])
    };
    for (text, to) in [
        ("use crate::guard::Shown;", "guard/mod.rs"),
        ("use crate::{claims::Claims, guard::{Shown}};", "guard/mod.rs"),
        ("use crate::guard::Hidden;", "guard/inner.rs"),
        ("use super::super::guard::Hidden as Other;", "guard/inner.rs"),
        ("use crate::guard;", "guard/mod.rs"),
        ("use crate::guard::*;", "guard/mod.rs"),
        ("fn f() -> crate::guard::Hidden { todo!() }", "guard/inner.rs"),
        ("fn f() { let _ = crate::guard::Shown; }", "guard/mod.rs"),
        ("fn f() { log::warn!(\"{}\", crate::guard::name()); }", "guard/mod.rs"),
        ("impl From<crate::guard::Shown> for u8 {}", "guard/mod.rs"),
        ("mod inline { use super::super::super::guard::Shown; }", "guard/mod.rs"),
    ] {
        let found = imports::arrows(&files(text));
        let expected = BTreeSet::from([("oidc/keys.rs".to_owned(), to.to_owned())]);
        assert_eq!(found, expected, "{text}");
    }
    for text in ["use std::guard::Shown;", "/// crate::guard::Shown\nstruct X;", "struct Guard;"] {
        assert!(imports::arrows(&files(text)).is_empty(), "{text}");
    }
}

/// Prints past the test harness, which would show the text only if the test fails.
fn print(arrows: &BTreeSet<Arrow>) {
    let between = between_rooms(arrows);
    let mut lines: Vec<_> = names()
        .map(|room| {
            let to = between.keys().filter(|(from, _)| *from == Some(room));
            let to: Vec<_> = to.map(|(_, to)| to.unwrap_or("?")).collect();
            format!("{room} -> {}", to.join(", "))
        })
        .collect();
    let (count, circles) = (arrows.len(), imports::circles(arrows).len());
    let up = between.keys().filter(|(from, to)| !points_down(*from, *to)).count();
    lines.push(format!("{count} arrows between files; circles: {circles}, arrows up: {up}\n"));
    let text = lines.join("\n");
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn breaches(arrows: &BTreeSet<Arrow>) -> Vec<String> {
    let circles = imports::circles(arrows);
    let circles = circles.iter().map(|circle| format!("a circle: {}", circle.join(", ")));
    let between = between_rooms(arrows);
    let forbidden = between.iter().filter(|((from, to), _)| !is_allowed(*from, *to));
    circles.chain(forbidden.map(|(_, (from, to))| format!("not allowed: {from} -> {to}"))).collect()
}

/// The arrows that lead from one room to another, each with one pair of files that it stands for.
/// Without a room are files that no room contains.
fn between_rooms(
    arrows: &BTreeSet<Arrow>,
) -> BTreeMap<(Option<&'static str>, Option<&'static str>), &Arrow> {
    let arrows = arrows.iter().map(|arrow| ((room(&arrow.0), room(&arrow.1)), arrow));
    arrows.filter(|((from, to), _)| from != to || from.is_none()).collect()
}

fn is_allowed(from: Option<&str>, to: Option<&str>) -> bool {
    let (Some(from), Some(to)) = (from, to) else { return false };
    ROOMS.iter().any(|(room, allowed)| *room == from && allowed.contains(&to)) || from == "lib"
}

fn points_down(from: Option<&str>, to: Option<&str>) -> bool {
    from.zip(to).is_some_and(|(from, to)| level(from) < level(to))
}

fn level(room: &str) -> Option<usize> {
    ROOMS.iter().position(|(known, _)| *known == room)
}

/// The innermost room that a file is in.
fn room(file: &str) -> Option<&'static str> {
    let file = file.trim_end_matches(".rs");
    let is_in = |room: &str| file == room || file.starts_with(&format!("{room}/"));
    ROOMS.iter().map(|(room, _)| *room).filter(|room| is_in(room)).max_by_key(|room| room.len())
}
