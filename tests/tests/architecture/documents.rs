//! The documents: what they link to exists, and the manual explains what users see.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::sources::{Sources, read, workspace};

/// What links begin with that are to work on the pages of the registry, too.
const REPOSITORY: &str = "https://github.com/logto-rocket/logto-rocket/";

/// What the manual lists with a code, and nobody has to mend.
const NO_FAULTS: [&str; 10] = [
    "signed_out",
    "session_ended",
    "renewal_began",
    "renewed",
    "circuit_closed",
    "store_back",
    "logto_called",
    "store_called",
    "backchannel_logout",
    "webhook_received",
];

#[test]
fn every_code_has_a_cause_and_a_cure() {
    let listed = codes(&document("pages.md"));
    let explained = codes(&document("troubleshooting.md"));
    assert!(listed.len() > 50, "the codes were not read: {listed:?}");
    let missing: Vec<_> =
        listed.difference(&explained).filter(|code| !NO_FAULTS.contains(&code.as_str())).collect();
    assert!(missing.is_empty(), "not in docs/troubleshooting.md: {missing:?}");
    let unknown: Vec<_> = explained.difference(&listed).collect();
    assert!(unknown.is_empty(), "not in docs/pages.md: {unknown:?}");
}

/// The codes in the first column of the tables that have a column `code`, `refusal` or the like.
fn codes(text: &str) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    let mut is_of_codes = false;
    for line in text.lines() {
        let Some(cell) = line.strip_prefix("| ").and_then(|rest| rest.split(" |").next()) else {
            is_of_codes = false;
            continue;
        };
        let heads = ["code", "refusal", "failed sign-in", "event", "neither"];
        if heads.contains(&cell) || cell.starts_with("error between") {
            is_of_codes = true;
        } else if is_of_codes {
            codes.extend(spans(cell).map(ToOwned::to_owned));
        }
    }
    codes
}

#[test]
fn every_key_of_the_configuration_is_in_the_manual() {
    let keys = read(&workspace().join("logto-rocket/src/config/keys.rs"));
    let all = keys.split("const KEYS").nth(1).and_then(|rest| rest.split("];").next());
    let keys: Vec<_> = all.unwrap_or_default().split('"').skip(1).step_by(2).collect();
    assert!(keys.len() > 40, "the keys were not read: {keys:?}");
    let manual = document("configuration.md");
    let rows = manual.lines().filter(|line| line.starts_with("| `"));
    let told: BTreeSet<_> = rows.filter_map(|row| row.split(" |").next()).flat_map(spans).collect();
    let missing: Vec<_> = keys.iter().filter(|key| !told.contains(**key)).collect();
    assert!(missing.is_empty(), "not in docs/configuration.md: {missing:?}");
}

#[test]
fn the_messages_that_the_manual_explains_are_those_of_the_code() {
    let sources: Vec<_> = Sources::of_the_library().0.iter().map(|it| message(&it.text)).collect();
    let manual = document("troubleshooting.md");
    let launch = manual.split("\n# ").filter(|section| section.starts_with("The launch "));
    let rows = launch.flat_map(str::lines).filter_map(|line| line.strip_prefix("| `"));
    let messages: Vec<_> = rows.filter_map(|row| row.split('`').next()).collect();
    assert!(messages.len() > 15, "the messages were not read: {messages:?}");
    for said in messages {
        let parts = || said.split('…').map(str::trim).filter(|part| !part.is_empty());
        let is_said = sources.iter().any(|text| parts().all(|part| text.contains(part)));
        assert!(is_said, "no source says `{said}`");
    }
}

/// A source with its texts as they are printed: on one line, without quotes that the manual leaves out.
fn message(source: &str) -> String {
    let mut text = String::new();
    for line in source.lines() {
        match line.strip_suffix('\\') {
            Some(goes_on) => text.push_str(goes_on.trim_start()),
            None => text.extend([line.trim_start(), "\n"]),
        }
    }
    text.replace("\\\"", "\"").replace('`', "")
}

/// The documents of each chapter, as `guide.rs` includes them.
pub fn files_of_chapters() -> Vec<(String, Vec<String>)> {
    let guide = read(&workspace().join("logto-rocket/src/guide.rs"));
    let (mut chapters, mut files) = (Vec::new(), Vec::new());
    for line in guide.lines() {
        if let Some(rest) = line.split("../docs/").nth(1) {
            files.extend(rest.split('"').next().map(ToOwned::to_owned));
        } else if let Some(name) = line.strip_prefix("pub mod ") {
            let name = name.trim_end_matches(" {}").to_owned();
            chapters.push((name, std::mem::take(&mut files)));
        }
    }
    chapters
}

#[test]
fn every_chapter_is_in_the_manual_and_every_document_in_a_chapter() {
    let included: BTreeSet<_> = files_of_chapters().into_iter().flat_map(|(_, it)| it).collect();
    let files = fs::read_dir(docs()).expect("the documents").map(|entry| entry.expect("one"));
    let there = files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(included, there);
}

#[test]
fn every_file_that_a_document_links_to_exists() {
    let mut documents: Vec<_> =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
            .map(|name| workspace().join(name))
            .into();
    documents.push(workspace().join("benches/README.md"));
    let examples = fs::read_dir(workspace().join("examples")).expect("the examples");
    documents.extend(examples.map(|entry| entry.expect("one").path().join("README.md")));
    let mut links = 0;
    for document in documents.iter().filter(|document| document.exists()) {
        for target in targets(&read(document)) {
            let path = target.split('#').next().unwrap_or_default();
            let own = path.strip_prefix(REPOSITORY).and_then(|path| path.split_once("/main/"));
            let there = match own {
                Some((_, path)) => workspace().join(path),
                None if path.is_empty() || path.contains("://") => continue,
                None => document.parent().expect("a directory").join(path),
            };
            links += 1;
            assert!(there.exists(), "{}: {target}", document.display());
        }
    }
    assert!(links > 25, "{links}: the links were not read");
}

fn docs() -> PathBuf {
    workspace().join("logto-rocket/docs")
}

pub fn document(name: &str) -> String {
    read(&docs().join(Path::new(name)))
}

/// The targets of the links, those that stand by themselves in a line among them.
pub fn targets(text: &str) -> impl Iterator<Item = &str> {
    let inline = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let apart = text.lines().filter(|line| line.starts_with('['));
    inline.chain(apart.filter_map(|line| line.split_once("]: ")).map(|(_, target)| target))
}

/// What stands in backticks.
fn spans(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}
