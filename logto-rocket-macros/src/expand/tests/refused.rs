//! The error messages of the macros, without a compiler. `tests/ui/fail` has a file for each, and the expected
//! output of the compiler.

use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;

use crate::expand::{authenticated, requires};

/// The files whose error the compiler itself reports, or whose attribute this test does not find.
const ELSEWHERE: [&str; 6] = [
    "below_the_route_attribute",
    "check_not_send",
    "method",
    "trait_method",
    "twice_by_cfg_attr",
    "unclosed_parenthesis",
];

/// The text of a file in `tests/ui/fail`.
fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/fail").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of the files in `tests/ui/fail`, without the extension.
fn names() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/fail");
    let files = fs::read_dir(path).expect("a directory");
    let files = files.map(|file| file.expect("a file").file_name().into_string().expect("a name"));
    let mut names: Vec<_> =
        files.filter_map(|name| name.strip_suffix(".rs").map(str::to_owned)).collect();
    names.sort();
    names
}

/// Whether the tokens have the word, followed by these tokens and a group, of which the tokens are returned.
fn group_behind<'t>(word: &str, between: &str, tokens: &'t [TokenTree]) -> Option<&'t Group> {
    let at = tokens.iter().position(|token| token.to_string() == word)?;
    let rest = tokens.get(at + 1..)?;
    let (first, rest) = rest.split_at(between.len().min(rest.len()));
    let is_between = first.iter().map(ToString::to_string).collect::<String>() == between;
    match rest.first() {
        Some(TokenTree::Group(group)) if is_between => Some(group),
        _ => None,
    }
}

/// What the macros write of a file: the attribute of each item, and each `requires!` in it.
fn expanded(text: &str) -> TokenStream {
    let mut all = TokenStream::new();
    // Some are refused before a macro is called.
    let Ok(file) = syn::parse_file(text) else { return all };
    for item in file.items {
        let tokens: Vec<_> = item.into_token_stream().into_iter().collect();
        if let [TokenTree::Punct(_), TokenTree::Group(attribute), rest @ ..] = &tokens[..] {
            let inner: Vec<_> = attribute.stream().into_iter().collect();
            let is_it = inner.iter().any(|token| token.to_string() == "authenticated");
            if is_it && !inner.iter().any(|token| token.to_string() == "cfg_attr") {
                let requirement = inner.last().and_then(|last| match last {
                    TokenTree::Group(group) => Some(group.stream()),
                    _ => None,
                });
                let item = rest.iter().cloned().collect();
                all.extend(authenticated(requirement.unwrap_or_default(), item));
            }
        }
        all.extend(within(&tokens));
    }
    all
}

/// What the macro writes of each `requires!`.
fn within(tokens: &[TokenTree]) -> TokenStream {
    let mut all = TokenStream::new();
    if let Some(group) = group_behind("requires", "!", tokens) {
        all.extend(requires(group.stream()));
    }
    for token in tokens {
        if let TokenTree::Group(group) = token {
            all.extend(within(&group.stream().into_iter().collect::<Vec<_>>()));
        }
    }
    all
}

/// The messages of the `compile_error!`s.
fn messages(tokens: TokenStream) -> Vec<String> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut messages = Vec::new();
    if let Some(group) = group_behind("compile_error", "!", &tokens)
        && group.delimiter() == Delimiter::Brace
    {
        let text = syn::parse2::<syn::LitStr>(group.stream()).expect("a text");
        messages.push(text.value());
    }
    let at = tokens.iter().position(|token| token.to_string() == "compile_error");
    for (place, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token
            && at.is_none_or(|at| place != at + 2)
        {
            messages.extend(self::messages(group.stream()));
        }
    }
    if let Some(at) = at {
        messages.extend(self::messages(tokens[at + 3..].iter().cloned().collect()));
    }
    messages
}

/// A text with one blank where it has some white space.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_error_has_the_message_that_the_compiler_prints() {
    let mut checked = 0;
    for name in names() {
        let printed = plain(&read(&format!("{name}.stderr")));
        let messages = messages(expanded(&read(&format!("{name}.rs"))));
        let ours: Vec<_> = messages.iter().map(|message| plain(message)).collect();
        for message in &ours {
            assert!(
                !message.is_empty() && printed.contains(message.as_str()),
                "{name}: {message}\nnot in:\n{printed}"
            );
        }
        // Those of the compiler's type check have a code.
        let errors = printed.split("error: ").skip(1);
        let is_ours = |error: &&str| ours.iter().any(|one| error.starts_with(one.as_str()));
        let (known, others): (Vec<_>, Vec<_>) = errors.partition(is_ours);
        assert_eq!(known.len(), ours.len(), "{name}: {ours:?}");
        assert!(others.is_empty() || ELSEWHERE.contains(&name.as_str()), "{name}: {others:?}");
        checked += usize::from(!ours.is_empty());
    }
    assert!(checked > 100, "{checked} files");
}
