//! The corpora of the fuzz targets, replayed: seeds, and what was found.

use std::fs;
use std::path::Path;

use super::{SignedTokens, documents, sealed_session, settings};

/// The texts of a corpus, each behind the name of its file.
fn corpus(target: &str) -> Vec<(String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data").join(target);
    let files = fs::read_dir(directory).expect("a corpus").map(|file| file.expect("a file").path());
    let mut texts: Vec<_> = files
        .map(|file| {
            let text = fs::read(&file).expect("a text");
            (file.display().to_string(), String::from_utf8_lossy(&text).into_owned())
        })
        .collect();
    texts.sort();
    assert!(texts.len() >= 5, "{} texts of {target}", texts.len());
    texts
}

/// Replays a corpus. The test's output names the text that failed.
fn replay(target: &str, mut call: impl FnMut(&str)) {
    for (name, text) in corpus(target) {
        println!("{name}");
        call(&text);
    }
}

#[test]
fn no_sealed_text_reads_as_a_session_that_is_written_as_another() {
    replay("sealed", sealed_session);
}

#[test]
fn no_signed_token_that_lacks_something_is_accepted() {
    let signed = SignedTokens::new();
    let accepted = std::cell::Cell::new(0);
    replay("tokens", |text| accepted.set(accepted.get() + usize::from(signed.present(text))));
    assert!(accepted.get() >= 3, "one of each kind is good");
}

#[test]
fn no_document_leads_elsewhere() {
    replay("documents", documents);
}

#[test]
fn no_setting_panics_or_shows_a_secret() {
    replay("settings", settings);
}
