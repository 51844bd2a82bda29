//! [`Log`]: the rounds that are over, in a file, so that a test that was stopped goes on.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::round::Round;

/// The rounds that are over. The first line of the file says of what.
pub struct Log {
    file: Option<PathBuf>,
    /// All of them.
    pub rounds: Vec<Round>,
}

impl Log {
    /// No file.
    pub fn nowhere() -> Self {
        Self { file: None, rounds: Vec::new() }
    }

    /// The file with the rounds of this test. One of another test begins anew.
    ///
    /// # Errors
    ///
    /// If it cannot be read or written.
    pub fn open(file: &Path, test: &str) -> io::Result<Self> {
        let before = match fs::read_to_string(file) {
            Ok(before) => before,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let mut lines = before.lines();
        let rounds = if lines.next() == Some(test) {
            let values = lines.map_while(|line| serde_json::from_str::<Value>(line).ok());
            values.map_while(|value| Round::from_json(&value)).collect()
        } else {
            if let Some(directory) = file.parent() {
                fs::create_dir_all(directory)?;
            }
            fs::write(file, format!("{test}\n"))?;
            Vec::new()
        };
        Ok(Self { file: Some(file.to_owned()), rounds })
    }

    /// Adds a round.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn add(&mut self, round: Round) -> io::Result<()> {
        if let Some(file) = &self.file {
            let mut file = OpenOptions::new().append(true).open(file)?;
            writeln!(file, "{}", round.to_json())?;
        }
        self.rounds.push(round);
        Ok(())
    }

    /// Forgets all rounds, because the test is over.
    ///
    /// # Errors
    ///
    /// If the file cannot be removed.
    pub fn end(&self) -> io::Result<()> {
        self.file.as_ref().map_or(Ok(()), fs::remove_file)
    }
}
