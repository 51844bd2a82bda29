//! The locks, atomics and tasks of unit tests. In a model they are those of shuttle, which chooses at each step
//! which task continues. Elsewhere they are the usual ones.
//!
//! A model is a function that [`holds`] runs thousands of times, each time with other choices. The choices follow
//! from a constant seed, so that a model fails always or never. Everything that a model touches is made within it.
//! The environment variable `MODEL_EXECUTIONS` says how often, for a longer search.

use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{LockResult, PoisonError};

use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, FailurePersistence, Runner};

/// How often a model runs with each of the two ways to choose, unless the environment says so.
const EXECUTIONS: usize = 1_000;

/// How often a scheduler that gives each task a priority changes them within one execution.
const CHANGES: usize = 3;

const SEED: u64 = 0x10_61_70;

/// Whether the test runs in a model.
fn is_modelled() -> bool {
    shuttle::current::try_get_current_task().is_some()
}

/// Asserts that no tried order of a model fails an assertion, panics, or waits forever.
pub(crate) fn holds(model: impl Fn() + Send + Sync + Clone + 'static) {
    let count = executions();
    let by_chance = run(RandomScheduler::new_from_seed(SEED, count), model.clone());
    let by_priority = run(PctScheduler::new_from_seed(SEED, CHANGES, count), model);
    assert_eq!(by_chance + by_priority, 2 * count);
}

fn executions() -> usize {
    let given = std::env::var("MODEL_EXECUTIONS").ok();
    given.map_or(EXECUTIONS, |count| count.parse().expect("a number"))
}

/// Asserts that a model, which has a fault, is found to fail.
pub(crate) fn is_breached(model: impl Fn() + Send + Sync + Clone + 'static) {
    let found = catch_unwind(AssertUnwindSafe(|| holds(model)));
    assert!(found.is_err(), "{} executions have not found the fault", 2 * executions());
}

fn run(scheduler: impl Scheduler + 'static, model: impl Fn() + Send + Sync + 'static) -> usize {
    let mut config = Config::new();
    config.stack_size = 1 << 18;
    config.failure_persistence = FailurePersistence::None;
    config.silence_warnings = true;
    Runner::new(scheduler, config).run(model)
}

/// Runs `work` in a task of its own.
pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    if is_modelled() {
        drop(shuttle::future::spawn(work));
    } else {
        drop(tokio::spawn(work));
    }
}

/// Of the two kinds of something: the usual one, and that of a model.
enum Either<U, M> {
    Usual(U),
    Modelled(M),
}

impl<T, U: Deref<Target = T>, M: Deref<Target = T>> Deref for Either<U, M> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Usual(usual) => usual,
            Self::Modelled(modelled) => modelled,
        }
    }
}

impl<T, U: DerefMut<Target = T>, M: DerefMut<Target = T>> DerefMut for Either<U, M> {
    fn deref_mut(&mut self) -> &mut T {
        match self {
            Self::Usual(usual) => usual,
            Self::Modelled(modelled) => modelled,
        }
    }
}

/// A guard, of a lock that is poisoned or not.
fn guarded<G, H>(result: LockResult<G>, guard: impl Fn(G) -> H) -> LockResult<H> {
    match result {
        Ok(it) => Ok(guard(it)),
        Err(poisoned) => Err(PoisonError::new(guard(poisoned.into_inner()))),
    }
}

/// Declares a guard, which is that of either kind of lock.
macro_rules! guard {
    ($name:ident) => {
        pub(crate) struct $name<'l, T>(
            Either<std::sync::$name<'l, T>, shuttle::sync::$name<'l, T>>,
        );

        impl<T> Deref for $name<'_, T> {
            type Target = T;

            fn deref(&self) -> &T {
                &self.0
            }
        }
    };
}

guard!(MutexGuard);
guard!(RwLockReadGuard);
guard!(RwLockWriteGuard);

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

pub(crate) struct Mutex<T>(Either<std::sync::Mutex<T>, shuttle::sync::Mutex<T>>);

impl<T> Mutex<T> {
    pub fn new(value: T) -> Self {
        Self(if is_modelled() {
            Either::Modelled(shuttle::sync::Mutex::new(value))
        } else {
            Either::Usual(std::sync::Mutex::new(value))
        })
    }

    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        match &self.0 {
            Either::Usual(it) => guarded(it.lock(), |guard| MutexGuard(Either::Usual(guard))),
            Either::Modelled(it) => guarded(it.lock(), |guard| MutexGuard(Either::Modelled(guard))),
        }
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

pub(crate) struct RwLock<T>(Either<std::sync::RwLock<T>, shuttle::sync::RwLock<T>>);

impl<T> RwLock<T> {
    pub fn new(value: T) -> Self {
        Self(if is_modelled() {
            Either::Modelled(shuttle::sync::RwLock::new(value))
        } else {
            Either::Usual(std::sync::RwLock::new(value))
        })
    }

    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        match &self.0 {
            Either::Usual(it) => guarded(it.read(), |it| RwLockReadGuard(Either::Usual(it))),
            Either::Modelled(it) => guarded(it.read(), |it| RwLockReadGuard(Either::Modelled(it))),
        }
    }

    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        match &self.0 {
            Either::Usual(it) => guarded(it.write(), |it| RwLockWriteGuard(Either::Usual(it))),
            Either::Modelled(it) => {
                guarded(it.write(), |it| RwLockWriteGuard(Either::Modelled(it)))
            }
        }
    }
}

impl<T: Default> Default for RwLock<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

pub(crate) struct AtomicU64(Either<std::sync::atomic::AtomicU64, shuttle::sync::atomic::AtomicU64>);

/// Does the same with either kind.
macro_rules! either {
    ($it:expr, $name:ident => $call:expr) => {
        match &$it.0 {
            Either::Usual($name) => $call,
            Either::Modelled($name) => $call,
        }
    };
}

impl AtomicU64 {
    pub fn new(value: u64) -> Self {
        Self(if is_modelled() {
            Either::Modelled(shuttle::sync::atomic::AtomicU64::new(value))
        } else {
            Either::Usual(std::sync::atomic::AtomicU64::new(value))
        })
    }

    pub fn load(&self, order: Ordering) -> u64 {
        either!(self, it => it.load(order))
    }

    pub fn store(&self, value: u64, order: Ordering) {
        either!(self, it => it.store(value, order));
    }

    pub fn fetch_add(&self, value: u64, order: Ordering) -> u64 {
        either!(self, it => it.fetch_add(value, order))
    }

    pub fn fetch_update(
        &self,
        set: Ordering,
        fetch: Ordering,
        change: impl FnMut(u64) -> Option<u64>,
    ) -> Result<u64, u64> {
        either!(self, it => it.fetch_update(set, fetch, change))
    }
}

impl Default for AtomicU64 {
    fn default() -> Self {
        Self::new(0)
    }
}
