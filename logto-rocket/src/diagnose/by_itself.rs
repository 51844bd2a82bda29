//! The diagnosis that runs by itself, once for each configuration.

use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use super::case::Case;
use super::doctor::Doctor;
use crate::kept_file;

/// How the name of the file ends in which it is noted what was looked at and good.
const ENDING: &str = ".logto-diagnosis";

/// Looks at a case, unless the same was good before or this process listens nowhere, and logs what is
/// found.
pub(crate) async fn diagnose_by_itself(doctor: Arc<Doctor>, case: Case) {
    let Some(listening) = doctor.listening() else { return };
    if !listening.is_so(doctor.arrivals()).await {
        log::debug!("The set-up of Logto is not diagnosed: this process does not listen.");
        return;
    }
    let fingerprint = case.fingerprint(listening);
    let known = fingerprint.clone();
    let noted = tokio::task::spawn_blocking(move || is_noted(&known)).await;
    if noted.is_ok_and(|is_noted| is_noted) {
        log::debug!("The set-up of Logto was good at the last start and has not changed.");
        return;
    }
    let diagnosis = doctor.diagnose(|| case).await;
    if diagnosis.is_wrong() {
        log::warn!("{diagnosis}");
    } else {
        log::info!("{diagnosis}");
    }
    if diagnosis.is_good() {
        let noted = tokio::task::spawn_blocking(move || note(&fingerprint)).await;
        if let Ok(Err(why)) = noted {
            log::debug!("The good result of the diagnosis of Logto cannot be stored: {why}.");
        }
    }
}

fn is_noted(fingerprint: &str) -> bool {
    let path = kept_file::file_of_this_application(ENDING);
    path.is_some_and(|path| path.exists() && holds(&path, fingerprint).unwrap_or(false))
}

fn holds(path: &Path, fingerprint: &str) -> std::io::Result<bool> {
    let mut text = String::new();
    kept_file::open(path)?.take(1024).read_to_string(&mut text)?;
    Ok(text.trim_end() == fingerprint)
}

fn note(fingerprint: &str) -> std::io::Result<()> {
    let Some(path) = kept_file::file_of_this_application(ENDING) else { return Ok(()) };
    let text = format!("{fingerprint}\n");
    let mut file = kept_file::open(&path)?;
    file.rewind()?;
    file.write_all(text.as_bytes())?;
    file.set_len(text.len() as u64)
}
