//! What stands in the place of the file, and is none of the provider's.

use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use super::{Folder, stop};

/// Starts with what `place` has put in the place of the file, and demands that this is told.
async fn start_with(test: &str, place: impl FnOnce(&Path, &Path), why: &str) -> Folder {
    let folder = Folder::new(test);
    let others = folder.0.join("others");
    fs::write(&others, "others'").unwrap();
    fs::set_permissions(&others, fs::Permissions::from_mode(0o644)).unwrap();
    place(&folder.file(), &others);
    let provider = folder.start().await;
    let [note] = provider.notes() else { panic!("{:?}", provider.notes()) };
    assert!(note.contains("cannot keep") && note.contains(why), "{note}");
    assert!(note.contains(&folder.file().display().to_string()) && !note.contains('\n'), "{note}");
    provider.idp.state().keep();
    stop(provider).await;
    assert_eq!(fs::read(&others).unwrap(), b"others'");
    assert_eq!(fs::metadata(&others).unwrap().permissions().mode() & 0o777, 0o644);
    folder
}

#[rocket::async_test]
async fn a_symbolic_link_is_not_followed() {
    let folder =
        start_with("link", |file, others| symlink(others, file).unwrap(), "symbolic link").await;
    assert!(fs::symlink_metadata(folder.file()).unwrap().is_symlink());
    let nowhere = |file: &Path, _: &Path| symlink(file.with_extension("new"), file).unwrap();
    let folder = start_with("dangling", nowhere, "symbolic link").await;
    assert!(!folder.file().with_extension("new").exists(), "nothing is created behind it");
}

#[rocket::async_test]
async fn a_file_with_a_second_name_is_left_alone() {
    let link = |file: &Path, others: &Path| fs::hard_link(others, file).unwrap();
    start_with("second-name", link, "another name").await;
}

#[rocket::async_test]
async fn a_pipe_a_socket_and_a_directory_are_left_alone() {
    let pipe = |file: &Path, _: &Path| {
        assert!(Command::new("mkfifo").arg(file).status().unwrap().success());
    };
    let folder = start_with("pipe", pipe, "no file").await;
    assert!(fs::symlink_metadata(folder.file()).unwrap().file_type().is_fifo());
    let socket = |file: &Path, _: &Path| drop(UnixListener::bind(file).unwrap());
    start_with("socket", socket, "no file").await;
    let directory = |file: &Path, _: &Path| fs::create_dir(file).unwrap();
    let folder = start_with("directory", directory, "no file").await;
    assert_eq!(fs::read_dir(folder.file()).unwrap().count(), 0);
}
