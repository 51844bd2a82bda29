//! The sources of the library, file by file.

use std::fs;
use std::path::{Path, PathBuf};

/// Some source files.
pub struct Sources(pub Vec<File>);

/// A source file.
pub struct File {
    /// Its path below `logto-rocket/src`.
    pub path: String,
    /// All of it.
    pub text: String,
    /// Its lines of code: no comments, no tests.
    pub lines: Vec<String>,
}

impl Sources {
    /// All of the library.
    pub fn of_the_library() -> Self {
        let root = workspace().join("logto-rocket/src");
        let mut files = Vec::new();
        collect(&root, &mut files);
        assert!(files.len() > 50, "the library was not found");
        Self(files.iter().map(|path| File::new(&relative(path, &root), read(path))).collect())
    }

    /// The files without those of the feature `testing`, which is an application of its own.
    pub fn library(&self) -> impl Iterator<Item = &File> {
        self.0.iter().filter(|file| !file.path.starts_with("testing/"))
    }

    /// The lines of code for which `is_wrong` returns true, each with its file.
    pub fn breaches(&self, is_wrong: impl Fn(&str, &str) -> bool) -> Vec<String> {
        let mut breaches = Vec::new();
        for file in self.0.iter().filter(|file| !file.is_test()) {
            let wrong = file.lines.iter().filter(|line| is_wrong(&file.path, line));
            breaches.extend(wrong.map(|line| format!("{}: {}", file.path, line.trim())));
        }
        breaches
    }
}

impl File {
    /// A file with this text.
    pub fn new(path: &str, text: String) -> Self {
        let code = text.lines().take_while(|line| *line != "mod tests {");
        let lines = code.filter(|line| !line.trim_start().starts_with("//"));
        let lines = lines.map(ToOwned::to_owned).collect();
        Self { path: path.to_owned(), text, lines }
    }

    /// Whether it holds unit tests only, or what they and the fuzz targets assert, or run the library with.
    pub fn is_test(&self) -> bool {
        let of_tests = ["tests", "fuzzing", "fuzzed", "modelled"];
        self.path.trim_end_matches(".rs").split('/').any(|part| of_tests.contains(&part))
    }
}

/// The root of the repository.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A file as text.
pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).expect("a file below it").to_string_lossy().replace('\\', "/")
}

/// All Rust files below a directory.
pub fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(directory)
        .expect("a directory of sources")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
