//! [`Notes`]: what people have written, until the process ends.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most notes that the site keeps of one user; the oldest goes first.
const MAX_NOTES: usize = 20;

/// The notes of all users, by their ids.
#[derive(Default)]
pub struct Notes(Mutex<BTreeMap<String, Vec<String>>>);

impl Notes {
    /// The notes of a user, the newest first.
    pub fn of(&self, user: &str) -> Vec<String> {
        self.lock().get(user).map(|notes| notes.iter().rev().cloned().collect()).unwrap_or_default()
    }

    pub fn add(&self, user: &str, text: String) {
        let mut all = self.lock();
        let notes = all.entry(user.to_owned()).or_default();
        if notes.len() == MAX_NOTES {
            notes.remove(0);
        }
        notes.push(text);
    }

    /// How many notes each user has.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        self.lock().iter().map(|(user, notes)| (user.clone(), notes.len())).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Vec<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
