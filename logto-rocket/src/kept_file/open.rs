//! A file of an application, opened only if it is nobody else's.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a file that only its owner can read, or creates it.
///
/// # Errors
///
/// If something other than such a file is in its place: a link, a device, a pipe, a directory, or a file of
/// another user. An attacker may have put it there so that the application reads it or writes to it.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    // Before it is opened, because opening a device may do something.
    match fs::symlink_metadata(path) {
        Ok(found) => check(&found)?,
        Err(why) if why.kind() == io::ErrorKind::NotFound => {}
        Err(why) => return Err(why),
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;

        use rustix::fs::OFlags;

        // If something else is now in the place of the file, a link is not followed, and a pipe is not waited for.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.mode(0o600).custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path)?;
    check(&file.metadata()?)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(file)
}

/// Whether this can be a file that an application of this user has made.
fn check(found: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    let objection = objection(found, rustix::process::geteuid().as_raw());
    #[cfg(not(unix))]
    let objection = objection(found);
    objection.map_or(Ok(()), |what| Err(io::Error::other(format!("{what}; remove it"))))
}

fn objection(found: &Metadata, #[cfg(unix)] user: u32) -> Option<&'static str> {
    if found.is_symlink() {
        return Some("it is a symbolic link");
    }
    if !found.is_file() {
        return Some("it is no file");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;

        if found.uid() != user {
            return Some("it belongs to another user");
        }
        if found.nlink() > 1 {
            return Some("it has another name, a hard link");
        }
    }
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    #[test]
    fn a_device_and_a_file_of_another_user_are_left_alone() {
        let device = fs::metadata("/dev/null").unwrap();
        assert_eq!(objection(&device, device.uid()), Some("it is no file"));
        let name = format!("logto-rocket-another-user-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, "").unwrap();
        let found = fs::metadata(&path).unwrap();
        let user = found.uid();
        assert_eq!(objection(&found, user), None);
        assert_eq!(objection(&found, user + 1), Some("it belongs to another user"));
        fs::remove_file(path).unwrap();
    }
}
