//! Renewal: new access tokens, and claims that Logto has confirmed.
//!
//! # Who calls, in what order
//!
//! A guard calls `Sessions::confirmed` (in `confirmation`), a handler or a requirement asks for an access
//! token (in `token`) or calls `Sessions::refresh`. What cannot be answered from memory becomes a
//! [`Purpose`](super::memory::Purpose) for `Sessions::request` (in `queue`), which waits for the session's
//! turn in a task of its own. Unless the purpose is settled by then, the task makes one token request (in
//! `request`) and puts the result into the session's entry.
//!
//! # What may run at once
//!
//! Token requests of different sessions may run at once. A session has at most one at a time, whatever its
//! purpose, because each may rotate the refresh token, and the next must use the newest one. Within this
//! process the turn ensures this; among the processes that share a store, the lease does. A task takes the
//! lease during its turn, and then loads the session again, because another process may have renewed it.
//!
//! # Who is right
//!
//! Each answer that changes the session makes the next generation. In cookie mode the response writes
//! it; in store mode it is saved before the turn is over. A session that ended while its request was
//! under way stays ended, and the refresh token that came is revoked.
//!
//! # When Logto does not answer
//!
//! The session's own queue pauses, and after a request for claims the [`Circuit`] of the whole process
//! opens. Requests that wait for the confirmation of other sessions are woken by that.

mod circuit;
mod confirmation;
mod marked;
mod outcome;
mod queue;
mod report;
mod request;
mod token;
mod user_info;

pub(super) use self::circuit::Circuit;
