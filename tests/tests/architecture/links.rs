//! The links within the manual, and to it: rustdoc checks where a link leads, and not to which section.

use std::collections::{BTreeMap, BTreeSet};

use crate::documents::{document, files_of_chapters, targets};
use crate::sources::{Sources, read, workspace};

#[test]
fn every_link_to_a_section_of_the_manual_leads_to_a_section() {
    let chapters = chapters();
    assert!(chapters.len() > 15, "the chapters were not read");
    let mut links = 0;
    let mut broken = Vec::new();
    let mut check = |place: &str, own: Option<&str>, text: &str| {
        for target in targets(text) {
            let Some((page, section)) = target.split_once('#') else { continue };
            let page = match (page, own) {
                ("", Some(own)) => own,
                ("crate", _) => "crate",
                ("authenticated", _) => "authenticated",
                (page, _) => match page.split("guide::").nth(1) {
                    Some(chapter) => chapter,
                    None => continue,
                },
            };
            links += 1;
            if !chapters.get(page).is_some_and(|sections| sections.contains(section)) {
                broken.push(format!("{place}: {target}"));
            }
        }
    };
    for (chapter, files) in files_of_chapters() {
        for file in &files {
            check(file, Some(&chapter), &document(file));
        }
    }
    for file in &Sources::of_the_library().0 {
        let own = (file.path == "lib.rs").then_some("crate");
        check(&file.path, own, &file.text);
    }
    assert!(links > 20, "{links}: the links were not read");
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The sections of each chapter, of the page of the crate, and of that of the attribute.
fn chapters() -> BTreeMap<String, BTreeSet<String>> {
    let of_files = files_of_chapters().into_iter().map(|(chapter, files)| {
        let texts = files.iter().map(|file| document(file));
        (chapter, texts.flat_map(|text| sections(&text)).collect())
    });
    let library = read(&workspace().join("logto-rocket/src/lib.rs")).replace("//! ", "");
    let grammar = read(&workspace().join("logto-rocket-macros/docs/grammar.md"));
    let pages = [("crate", library), ("authenticated", grammar)];
    let others = pages.map(|(name, text)| (name.to_owned(), sections(&text).into_iter().collect()));
    of_files.chain(others).collect()
}

/// The anchors that rustdoc makes of the headings.
fn sections(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#') && line.contains("# "));
    let anchors = headings.map(|line| {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let anchor = words.chars().filter_map(|sign| match sign {
            ' ' => Some('-'),
            sign if sign.is_alphanumeric() || sign == '-' || sign == '_' => Some(sign),
            _ => None,
        });
        anchor.collect()
    });
    anchors.collect()
}
