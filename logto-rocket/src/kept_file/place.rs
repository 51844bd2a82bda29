//! Where the files of an application are.

use std::ffi::OsString;
use std::fs::DirBuilder;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// The file of the program that runs whose name ends like this; `None` if there is no place for it.
pub(crate) fn file_of_this_application(ending: &str) -> Option<PathBuf> {
    let runtime_dir = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    file_of(&std::env::current_exe().ok()?, runtime_dir.as_deref(), ending)
}

/// If the executable is in a build directory of Cargo, the place is beside it, so that `cargo clean` removes
/// the file. Otherwise the place is in the directory that the system keeps for the user while they are logged
/// in.
fn file_of(executable: &Path, runtime_dir: Option<&Path>, ending: &str) -> Option<PathBuf> {
    let (directory, name) = (executable.parent()?, executable.file_name()?);
    if is_of_cargo(directory) {
        return Some(directory.join(with_suffix(name.to_owned(), ending)));
    }
    // Without an absolute path the variable is to be ignored, says the specification of XDG.
    let directory = runtime_dir.filter(|it| it.is_absolute() && it.is_dir())?.join("logto-rocket");
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&directory).ok()?;
    let digest = Sha256::digest(executable.as_os_str().as_encoded_bytes());
    let digest = URL_SAFE_NO_PAD.encode(&digest[..9]);
    Some(directory.join(with_suffix(name.to_owned(), &format!("-{digest}{ending}"))))
}

/// Whether this is `target/<profile>`, which Cargo locks while it builds, or a directory in it.
fn is_of_cargo(directory: &Path) -> bool {
    directory.ancestors().take(2).any(|it| it.join(".cargo-lock").is_file())
}

fn with_suffix(mut name: OsString, suffix: &str) -> OsString {
    name.push(suffix);
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_beside_what_cargo_has_built_and_else_in_the_runtime_directory() {
        let folder =
            std::env::temp_dir().join(format!("logto-rocket-place-{}", std::process::id()));
        let (debug, runtime) = (folder.join("target/debug"), folder.join("run"));
        std::fs::create_dir_all(debug.join("deps")).unwrap();
        std::fs::create_dir_all(&runtime).unwrap();
        std::fs::write(debug.join(".cargo-lock"), "").unwrap();
        let of =
            |executable: &str, ending| file_of(&folder.join(executable), Some(&runtime), ending);
        let at = |executable: &str| of(executable, ".logto-dev.json");
        assert_eq!(at("target/debug/app"), Some(debug.join("app.logto-dev.json")));
        let of_test = debug.join("deps/app-1.logto-dev.json");
        assert_eq!(at("target/debug/deps/app-1"), Some(of_test));

        let installed = at("bin/app").unwrap();
        assert_eq!(installed.parent(), Some(&*runtime.join("logto-rocket")));
        assert_ne!(at("other/app").as_ref(), Some(&installed), "each application has its own");
        assert_ne!(of("bin/app", ".other"), Some(installed), "so has each use");
        for nowhere in [None, Some(Path::new("relative")), Some(&*folder.join("missing"))] {
            assert_eq!(file_of(&folder.join("bin/app"), nowhere, ".logto-dev.json"), None);
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
