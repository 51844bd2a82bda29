//! The arrows between the files of the library: which file names something that another defines.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};
use syn::{Attribute, ItemMod, ItemUse, Macro, UseTree, Visibility};

use crate::sources::Sources;

/// From one file to another.
pub type Arrow = (String, String);

/// All arrows, each once. A re-export is no arrow: who uses it points at the file that defines it.
pub fn arrows(sources: &Sources) -> BTreeSet<Arrow> {
    let modules = Modules::of(sources);
    let mut arrows = BTreeSet::new();
    for (path, module) in &modules.0 {
        for named in &module.named {
            let Some(target) = modules.resolve(path, named, 0) else { continue };
            let target = &modules.0[&target].file;
            if *target != module.file {
                arrows.insert((module.file.clone(), target.clone()));
            }
        }
    }
    arrows
}

/// The groups of files that lead back to themselves.
pub fn circles(arrows: &BTreeSet<Arrow>) -> Vec<Vec<String>> {
    let mut targets: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (from, to) in arrows {
        targets.entry(from).or_default().push(to);
    }
    let mut reach: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for from in targets.keys() {
        let (mut seen, mut next) = (BTreeSet::new(), vec![*from]);
        while let Some(file) = next.pop() {
            let further = targets.get(file).into_iter().flatten();
            next.extend(further.copied().filter(|to| seen.insert(*to)));
        }
        reach.insert(from, seen);
    }
    let leads = |from: &str, to: &str| reach.get(from).is_some_and(|seen| seen.contains(to));
    let mut circles: BTreeSet<Vec<String>> = BTreeSet::new();
    for file in reach.keys().filter(|file| leads(file, file)) {
        let circle = reach.keys().filter(|other| leads(file, other) && leads(other, file));
        circles.insert(circle.map(|file| (*file).to_owned()).collect());
    }
    circles.into_iter().collect()
}

type Path = Vec<String>;

struct Modules(BTreeMap<Path, Module>);

struct Module {
    file: String,
    /// What the module imports, by the name that it has here.
    imports: BTreeMap<String, Path>,
    /// The paths that the module names.
    named: BTreeSet<Path>,
}

impl Modules {
    fn of(sources: &Sources) -> Self {
        let files = sources.library().filter(|file| !file.is_test());
        let modules = files.map(|file| {
            let code = syn::parse_file(&file.text);
            let code = code.unwrap_or_else(|error| panic!("{}: {error}", file.path));
            let mut names = Names::default();
            names.visit_file(&code);
            let Names { imports, named, .. } = names;
            (module_path(&file.path), Module { file: file.path.clone(), imports, named })
        });
        Self(modules.collect())
    }

    /// The module that defines what `path` names in the module `here`.
    fn resolve(&self, here: &Path, path: &[String], depth: usize) -> Option<Path> {
        let (first, mut rest) = path.split_first()?;
        // The feature `testing` is an application of its own; a law says who may name it.
        if first == "crate" && rest.first().is_some_and(|word| word == "testing") {
            return None;
        }
        let mut module = match first.as_str() {
            "crate" => Vec::new(),
            "self" => here.clone(),
            "super" => here[..here.len().checked_sub(1)?].to_vec(),
            child => {
                let child = [here.as_slice(), &[child.to_owned()]].concat();
                self.0.contains_key(&child).then_some(child)?
            }
        };
        while rest.first().is_some_and(|word| word == "super") {
            module.pop()?;
            rest = &rest[1..];
        }
        self.descend(module, rest, depth)
    }

    fn descend(&self, mut module: Path, path: &[String], depth: usize) -> Option<Path> {
        for (at, word) in path.iter().enumerate() {
            let child = [module.as_slice(), std::slice::from_ref(word)].concat();
            if self.0.contains_key(&child) {
                module = child;
                continue;
            }
            let import = self.0.get(&module)?.imports.get(word).filter(|_| depth < 8);
            return match import {
                Some(import) => {
                    let full = [import.as_slice(), &path[at + 1..]].concat();
                    self.resolve(&module, &full, depth + 1)
                }
                None => Some(module),
            };
        }
        Some(module)
    }
}

/// `session/cookie/names.rs` is `session::cookie::names`, `session/mod.rs` is `session`.
fn module_path(file: &str) -> Path {
    let path = file.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    if path == "lib" { Vec::new() } else { path.split('/').map(ToOwned::to_owned).collect() }
}

#[derive(Default)]
struct Names {
    imports: BTreeMap<String, Path>,
    named: BTreeSet<Path>,
    /// How many modules within the file are around what is read.
    depth: usize,
}

impl Names {
    /// Within a module of the file itself one `super` for each is the file.
    fn name(&mut self, path: &[String]) {
        let inner = path.iter().take(self.depth).take_while(|word| *word == "super").count();
        let path = &path[inner..];
        if path.len() > usize::from(inner == 0) {
            self.named.insert(path.to_vec());
        }
    }

    fn tree(&mut self, tree: &UseTree, prefix: &Path, is_reexport: bool) {
        let with = |word: String| [prefix.as_slice(), &[word]].concat();
        let (alias, path) = match tree {
            UseTree::Path(path) => {
                return self.tree(&path.tree, &with(path.ident.to_string()), is_reexport);
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.tree(tree, prefix, is_reexport));
                return;
            }
            UseTree::Glob(_) => {
                self.named.insert(prefix.clone());
                return;
            }
            UseTree::Name(name) if name.ident == "self" => (prefix.last().cloned(), prefix.clone()),
            UseTree::Name(name) => (Some(name.ident.to_string()), with(name.ident.to_string())),
            UseTree::Rename(rename) => {
                (Some(rename.rename.to_string()), with(rename.ident.to_string()))
            }
        };
        if let Some(alias) = alias {
            self.imports.insert(alias, path.clone());
        }
        if !is_reexport {
            self.name(&path);
        }
    }
}

impl<'ast> Visit<'ast> for Names {
    /// What is imported for the links of the documentation only is not taken from there.
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if is_under(&item.attrs, "doc") {
            return;
        }
        self.tree(&item.tree, &Vec::new(), !matches!(item.vis, Visibility::Inherited));
    }

    /// A visibility names a module, and takes nothing from it.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let words: Path = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if words.len() > 1 {
            self.name(&words);
        }
        visit::visit_path(self, path);
    }

    /// Paths within macros: what follows a `crate ::`.
    fn visit_macro(&mut self, item: &'ast Macro) {
        let tokens = item.tokens.to_string();
        for (at, start) in tokens.match_indices("crate :: ") {
            // `$crate` in a macro that this crate exports is named where the macro is used.
            if tokens[..at].trim_end().ends_with('$') {
                continue;
            }
            let words = tokens[at + start.len()..].split(" :: ");
            let words = words.map(|word| {
                word.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect()
            });
            self.named.insert(std::iter::once("crate".to_owned()).chain(words.take(3)).collect());
        }
        visit::visit_macro(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if item.content.is_some() && !is_under(&item.attrs, "test") {
            self.depth += 1;
            visit::visit_item_mod(self, item);
            self.depth -= 1;
        }
    }
}

/// Whether a `cfg` with this word is among the attributes.
fn is_under(attributes: &[Attribute], word: &str) -> bool {
    let conditions = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    conditions.map(|attribute| condition_of(&attribute.meta)).any(|it| it.contains(word))
}

/// The condition of a `cfg` as text.
fn condition_of(meta: &syn::Meta) -> String {
    meta.require_list().map(|list| list.tokens.to_string()).unwrap_or_default()
}
