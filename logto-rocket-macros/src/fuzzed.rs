//! [`requirement`]: what the fuzz target asserts of tokens. A unit test replays its corpus.

use proc_macro2::TokenStream;

use crate::expand::{authenticated, requires};
use crate::parse::Requirement;

const HANDLER: &str = r#"#[get("/orgs/<org>")] fn handler(org: &str) {}"#;

/// Expands a text as the tokens of `#[authenticated(…)]` and of `requires!`. Behind a line `---` is the handler;
/// without one there is a usual one.
///
/// # Panics
///
/// If what is written is no Rust, or a requirement is printed as another one.
pub(crate) fn requirement(text: &str) {
    let (attribute, handler) = text.split_once("\n---\n").unwrap_or((text, HANDLER));
    let [attribute, handler] = [attribute, handler].map(str::parse::<TokenStream>);
    let (Ok(attribute), Ok(handler)) = (attribute, handler) else { return };
    if let Ok(conditions) = Requirement::parse(attribute.clone()).conditions() {
        let printed = conditions.to_string();
        let tokens = printed.parse().expect("what is printed has tokens");
        let again = Requirement::parse(tokens).conditions();
        assert_eq!(again.map_err(|error| format!("{printed}: {error}")), Ok(conditions));
    }
    let is_item = syn::parse2::<syn::Item>(handler.clone()).is_ok();
    let expanded = authenticated(attribute.clone(), handler);
    assert!(!is_item || syn::parse2::<syn::File>(expanded.clone()).is_ok(), "{expanded}");
    let value = requires(attribute);
    assert!(syn::parse2::<syn::Expr>(value.clone()).is_ok(), "{value}");
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::requirement;

    #[test]
    fn every_requirement_of_the_corpus_is_expanded_or_refused() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/requirement");
        let mut count = 0;
        for file in fs::read_dir(corpus).expect("a corpus") {
            let path = file.expect("a file").path();
            println!("{}", path.display());
            requirement(&String::from_utf8_lossy(&fs::read(path).expect("a text")));
            count += 1;
        }
        assert!(count >= 5, "{count} texts");
    }
}
