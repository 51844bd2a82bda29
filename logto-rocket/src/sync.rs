//! The locks, atomics and tasks of the concurrent core, from one place.
//!
//! In unit tests they are those of `modelled`, which a model checker controls. The checker therefore runs the same
//! code as the published crate, and no feature switches it.

#[cfg(test)]
pub(crate) mod modelled;

pub(crate) use std::sync::{Arc, PoisonError};

#[cfg(not(test))]
pub(crate) use std::sync::{Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};
#[cfg(not(test))]
pub(crate) use tokio::spawn;

#[cfg(test)]
pub(crate) use self::modelled::{
    Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard, spawn,
};

pub(crate) mod atomic {
    pub(crate) use std::sync::atomic::Ordering;

    #[cfg(not(test))]
    pub(crate) use std::sync::atomic::AtomicU64;

    #[cfg(test)]
    pub(crate) use super::modelled::AtomicU64;
}
