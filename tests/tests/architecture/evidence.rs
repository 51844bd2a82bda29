//! The tables in `tests/evidence` and in SECURITY.md name tests: those must exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};

use crate::sources::{collect, read, workspace};

/// Test targets, by the first segment of a name, and where their sources are.
const TARGETS: [(&str, &str); 7] = [
    ("architecture", "tests/tests/architecture"),
    ("flows", "tests/tests/flows"),
    ("hello", "examples/hello/tests/hello"),
    ("idp", "logto-rocket/tests/idp"),
    ("logs", "tests/tests/logs"),
    ("logto_rocket", "logto-rocket/src"),
    ("logto_rocket_macros", "logto-rocket-macros/src"),
];

#[test]
fn every_test_that_a_table_names_exists() {
    let functions = Functions::of_all_targets();
    let mut named = 0;
    for document in documents() {
        let text = read(&document);
        for name in names(&text) {
            named += 1;
            assert!(functions.has(name), "{}: there is no test {name}", document.display());
        }
    }
    assert!(named > 200, "{named}: the tables were not read");
}

#[test]
fn a_test_that_does_not_exist_is_missed() {
    let functions = Functions::of_all_targets();
    assert!(functions.has("architecture::evidence::a_test_that_does_not_exist_is_missed"));
    assert!(functions.has("logto_rocket::clock::tests::a_clock_set_back_does_not_run_backwards"));
    for name in [
        "architecture::evidence::a_test_that_was_renamed",
        "architecture::laws::a_test_that_does_not_exist_is_missed",
        "flows::evidence::a_test_that_does_not_exist_is_missed",
        "nowhere::a_test_that_does_not_exist_is_missed",
    ] {
        assert!(!functions.has(name), "{name}");
    }
}

/// The chapters of ASVS 5.0.0, with the number of requirements of each section.
const ASVS: [(u32, &[u32]); 3] =
    [(6, &[3, 12, 8, 6, 8, 4, 2, 4]), (7, &[3, 4, 2, 5, 3, 2]), (10, &[2, 3, 5, 16, 5, 2, 3])];

#[test]
fn no_requirement_of_the_chapters_of_asvs_is_missing() {
    let text = read(&workspace().join("tests/evidence/asvs.md"));
    let told: BTreeSet<_> = text.lines().flat_map(requirements).collect();
    let mut all = BTreeSet::new();
    for (chapter, sections) in ASVS {
        for (section, count) in (1..).zip(sections) {
            all.extend((1..=*count).map(|number| (chapter, section, number)));
        }
    }
    assert_eq!(told, all);
}

/// The requirements that a row of the table is about: `6.5.1 – 6.5.8` are eight.
fn requirements(line: &str) -> Vec<(u32, u32, u32)> {
    let Some(cell) = line.strip_prefix("| ").and_then(|rest| rest.split(" |").next()) else {
        return Vec::new();
    };
    let numbers: Option<Vec<_>> = cell.split([',', '–']).map(number).collect();
    match numbers.as_deref() {
        Some([first, last]) if cell.contains('–') => {
            (first.2..=last.2).map(|number| (first.0, first.1, number)).collect()
        }
        _ => numbers.unwrap_or_default(),
    }
}

fn number(text: &str) -> Option<(u32, u32, u32)> {
    let parts: Result<Vec<u32>, _> = text.trim().split('.').map(str::parse).collect();
    match parts.as_deref() {
        Ok([chapter, section, number]) => Some((*chapter, *section, *number)),
        _ => None,
    }
}

fn documents() -> Vec<std::path::PathBuf> {
    let directory = workspace().join("tests/evidence");
    let entries = fs::read_dir(directory).expect("the tables").map(|entry| entry.unwrap().path());
    let mut documents: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|it| it == "md")).collect();
    documents.push(workspace().join("SECURITY.md"));
    documents
}

/// The names of tests in a text: what stands between backticks and begins with the name of a target.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter(|word| {
        let target = word.split_once("::").map(|(target, _)| target);
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_:".contains(c);
        TARGETS.iter().any(|(it, _)| Some(*it) == target) && word.chars().all(is_name)
    })
}

/// The functions of all test targets, each with the module of its file.
struct Functions(BTreeSet<(String, String)>);

impl Functions {
    fn of_all_targets() -> Self {
        let mut functions = BTreeSet::new();
        for (target, directory) in TARGETS {
            let root = workspace().join(directory);
            let mut files = Vec::new();
            collect(&root, &mut files);
            for file in &files {
                let module = module(target, file.strip_prefix(&root).expect("a file below it"));
                let tokens = TokenStream::from_str(&read(file)).expect("Rust");
                let mut names = Vec::new();
                functions_in(tokens, &mut names);
                functions.extend(names.into_iter().map(|name| (name, module.clone())));
            }
        }
        Self(functions)
    }

    /// Whether there is such a function in the file that the name leads to. Macros may put it into a
    /// module within that file.
    fn has(&self, name: &str) -> bool {
        let Some((module, function)) = name.rsplit_once("::") else { return false };
        let of_this_name = self.0.iter().filter(|(it, _)| it == function);
        let mut modules = of_this_name.map(|(_, module)| module);
        modules.any(|file| module == file || module.starts_with(&format!("{file}::")))
    }
}

/// The module that a file is.
fn module(target: &str, file: &Path) -> String {
    let path = file.with_extension("");
    let segments = path.iter().map(|it| it.to_str().expect("a name in ASCII"));
    let segments = segments.filter(|it| !["mod", "main", "lib"].contains(it));
    std::iter::once(target).chain(segments).collect::<Vec<_>>().join("::")
}

/// The names after `fn`, also within macros.
fn functions_in(tokens: TokenStream, names: &mut Vec<String>) {
    let mut is_function = false;
    for token in tokens {
        match token {
            TokenTree::Ident(name) if is_function => names.push(name.to_string()),
            TokenTree::Group(group) => functions_in(group.stream(), names),
            TokenTree::Ident(word) if word == "fn" => {
                is_function = true;
                continue;
            }
            _ => {}
        }
        is_function = false;
    }
}
