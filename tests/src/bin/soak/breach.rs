//! [`Breach`]: what the application does wrong on purpose, to show that the test notices.

use std::fs::File;
use std::future::pending;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rocket::http::Status;
use rocket::tokio::spawn;

/// At how many requests a breach happens once.
const EACH: u64 = 10;

/// How many bytes leak at each request.
const LEAK: usize = 4 << 20;

/// A rule that is broken on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breach {
    /// An answer names another user.
    WrongUser,
    /// An answer is an error of the server's, though nothing is away.
    Unserved,
    /// Memory is never given back.
    Memory,
    /// Tasks never end.
    Tasks,
    /// Files are never closed.
    Descriptors,
}

impl Breach {
    const ALL: [Self; 5] =
        [Self::WrongUser, Self::Unserved, Self::Memory, Self::Tasks, Self::Descriptors];

    /// The name on the command line, which is that of the rule.
    pub fn name(self) -> &'static str {
        match self {
            Self::WrongUser => "wrong-user",
            Self::Unserved => "unserved",
            Self::Memory => "memory",
            Self::Tasks => "tasks",
            Self::Descriptors => "descriptors",
        }
    }

    /// The breach of this name.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn named(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|breach| breach.name() == name);
        found.ok_or_else(|| format!("there is no breach `{name}`: {:?}", Self::ALL.map(Self::name)))
    }
}

/// What the handlers of the application do besides, if they break a rule.
#[derive(Default)]
pub struct Broken {
    breach: Option<Breach>,
    requests: AtomicU64,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    user: String,
    memory: Vec<Vec<u8>>,
    files: Vec<File>,
}

impl Broken {
    pub fn new(breach: Option<Breach>) -> Self {
        Self { breach, ..Self::default() }
    }

    /// Who is asked for, as the answer says it.
    ///
    /// # Errors
    ///
    /// If this rule is broken.
    pub fn answer(&self, user: &str) -> Result<String, Status> {
        let before = std::mem::replace(&mut self.kept().user, user.to_owned());
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let is_due = number % EACH == EACH - 1;
        match self.breach {
            Some(Breach::WrongUser) if is_due => return Ok(before),
            Some(Breach::Unserved) if is_due => return Err(Status::InternalServerError),
            Some(Breach::Memory) => self.kept().memory.push(vec![1; LEAK]),
            Some(Breach::Tasks) if is_due => drop(spawn(pending::<()>())),
            Some(Breach::Descriptors) if is_due => {
                self.kept().files.extend(File::open("/dev/null"));
            }
            _ => {}
        }
        Ok(user.to_owned())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
