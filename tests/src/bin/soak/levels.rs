//! [`Level`]: what a process has of the machine.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use logto_rocket_tests::http;
use serde_json::{Value, json};

use crate::Failure;

/// What a process has of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Level {
    /// Its resident memory in kilobytes.
    pub memory: u64,
    pub tasks: u64,
    /// Its open files and connections.
    pub descriptors: u64,
    pub threads: u64,
}

impl Level {
    /// That of the process with this id, which listens at this port.
    ///
    /// # Errors
    ///
    /// If the system or the process does not tell.
    pub async fn of(process: u32, port: u16) -> Result<Self, Failure> {
        // Before the process is asked for more by a connection.
        let descriptors = descriptors(process)?;
        let status = fs::read_to_string(proc(process, "status"))?;
        let tasks =
            http::client().get(format!("http://127.0.0.1:{port}/test/tasks")).send().await?;
        let tasks = tasks.error_for_status()?.text().await?.parse()?;
        let (memory, threads) = (value(&status, "VmRSS:")?, value(&status, "Threads:")?);
        Ok(Self { memory, tasks, descriptors, threads })
    }

    /// Whether nothing that is counted is more than at the start.
    pub fn is_back_at(&self, start: &Self) -> bool {
        self.tasks <= start.tasks
            && self.descriptors <= start.descriptors
            && self.threads <= start.threads
    }

    pub fn to_json(self) -> Value {
        let Self { memory, tasks, descriptors, threads } = self;
        json!([memory, tasks, descriptors, threads])
    }

    /// What [`to_json`](Self::to_json) has made.
    pub fn from_json(value: &Value) -> Option<Self> {
        let number = |at: usize| value.get(at)?.as_u64();
        let (memory, tasks) = (number(0)?, number(1)?);
        Some(Self { memory, tasks, descriptors: number(2)?, threads: number(3)? })
    }
}

/// How many files and connections a process has open.
///
/// # Errors
///
/// If the system does not tell.
pub fn descriptors(process: u32) -> io::Result<u64> {
    Ok(fs::read_dir(proc(process, "fd"))?.count() as u64)
}

fn proc(process: u32, file: &str) -> PathBuf {
    Path::new("/proc").join(process.to_string()).join(file)
}

fn value(status: &str, name: &str) -> io::Result<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.ok_or_else(|| io::Error::other(format!("the system does not tell {name}")))
}
