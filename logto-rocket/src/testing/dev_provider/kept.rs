//! [`Kept`]: the file in which a provider for development keeps what a restart must not lose.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::PathBuf;

use rand::RngCore as _;
use serde::{Deserialize, Serialize};

use super::granted::Granted;
use crate::kept_file;
use crate::testing::error::IdpError;
use crate::testing::keys::Keys;
use crate::testing::state::State;

/// The most bytes that are kept; a larger file is none of a provider's.
const MOST: usize = 1 << 20;

/// What is in the file.
#[derive(Serialize, Deserialize)]
pub(super) struct Content {
    /// Where the provider listens; 0 if it has not listened yet.
    pub(super) port: u16,
    /// The key that signs, as PKCS #8.
    pub(super) signing_key: Vec<u8>,
    /// The key that encrypts the cookies of the application.
    pub(super) secret_key: Vec<u8>,
    pub(super) granted: Granted,
}

/// The file with its content, or new content.
pub(super) struct Opened {
    /// `None` if nothing is kept.
    pub(super) file: Option<File>,
    pub(super) content: Content,
    /// Why nothing is kept, or nothing was.
    pub(super) notes: Vec<String>,
}

/// The file of a running provider, locked.
pub(in crate::testing) struct Kept {
    file: File,
    content: Content,
    written: Vec<u8>,
}

impl Content {
    fn new() -> Result<Self, IdpError> {
        let mut secret_key = vec![0; 32];
        rand::thread_rng().fill_bytes(&mut secret_key);
        let (signing_key, granted) = (Keys::generate_private()?, Granted::default());
        Ok(Self { port: 0, signing_key, secret_key, granted })
    }

    /// `None` if it is damaged.
    pub(super) fn parse(text: &[u8], now: u64) -> Option<Self> {
        let content: Self = serde_json::from_slice(text).ok()?;
        let is_right = content.secret_key.len() == 32
            && content.secret_key != [0; 32] // No application launches with that.
            && Keys::restore(&content.signing_key).is_some()
            && content.granted.makes_sense(now);
        is_right.then_some(content)
    }
}

impl Opened {
    /// Opens a file, or creates it.
    pub(super) fn at(path: Option<PathBuf>, now: u64) -> Result<Self, IdpError> {
        const LOST: &str = "so a restart signs all users out";
        let without = |note: String| {
            let (file, notes) = (None, vec![note]);
            Ok(Self { file, content: Content::new()?, notes })
        };
        let Some(path) = path else {
            return without(format!(
                "it stores nothing: this program is not in a build directory of Cargo, and \
                 XDG_RUNTIME_DIR names no directory, {LOST}"
            ));
        };
        let shown = path.display();
        let file = match kept_file::open(&path) {
            Ok(file) => file,
            Err(why) => return without(format!("it cannot keep {shown} ({why}), {LOST}")),
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return without(format!(
                    "it stores nothing, because another instance of this application uses \
                     {shown}, {LOST}"
                ));
            }
            Err(TryLockError::Error(why)) => {
                return without(format!("it cannot lock {shown} ({why}), {LOST}"));
            }
        }
        let mut text = Vec::new();
        if let Err(why) = (&file).take(MOST as u64 + 1).read_to_end(&mut text) {
            return without(format!("it cannot read {shown} ({why}), {LOST}"));
        }
        let content = if text.len() > MOST { None } else { Content::parse(&text, now) };
        let (content, notes) = match content {
            Some(content) => (content, Vec::new()),
            None if text.is_empty() => (Content::new()?, Vec::new()),
            None => {
                let note =
                    format!("{shown} was damaged; a new one replaces it, and users sign in again");
                (Content::new()?, vec![note])
            }
        };
        Ok(Self { file: Some(file), content, notes })
    }
}

impl Kept {
    pub(super) fn new(file: File, port: u16, signing_key: Vec<u8>, secret_key: Vec<u8>) -> Self {
        let granted = Granted::default();
        let content = Content { port, signing_key, secret_key, granted };
        Self { file, content, written: Vec::new() }
    }

    fn write(&mut self, granted: Granted) -> io::Result<()> {
        self.content.granted = granted;
        let mut text = serde_json::to_vec(&self.content)?;
        while text.len() > MOST && !self.content.granted.is_empty() {
            self.content.granted = std::mem::take(&mut self.content.granted).newer_half();
            text = serde_json::to_vec(&self.content)?;
        }
        if text == self.written {
            return Ok(());
        }
        // In place, because the lock is on this file and not on its name.
        self.file.rewind()?;
        self.file.write_all(&text)?;
        self.file.set_len(text.len() as u64)?;
        self.written = text;
        Ok(())
    }
}

impl State {
    /// Writes what has changed, if anything is kept.
    pub(in crate::testing) fn keep(&mut self) {
        let Some(mut kept) = self.kept.take() else { return };
        if let Err(why) = kept.write(Granted::of(self)) {
            log::warn!("The provider for development cannot store its state: {why}");
        }
        self.kept = Some(kept);
    }
}
