//! Renewal: new access tokens, and claims that Logto has confirmed.
//!
//! # Who calls, in what order
//!
//! A guard calls `Sessions::confirmed` (in `confirmation`), a handler or a requirement asks for an
//! access token (in `token`) or calls `Sessions::refresh`. What cannot be answered from memory
//! becomes a [`Purpose`](super::memory::Purpose) for `Sessions::request` (in `queue`), which takes the
//! session's turn in a task of its own and, unless it is settled by then, makes one token request (in
//! `request`) and puts what it brought into the session's entry.
//!
//! # What may run at once
//!
//! Token requests of different sessions. Of one session there is one at a time, whatever it is for:
//! each may rotate the refresh token, and the next one must start from the newest. In this process the
//! turn sees to that, among the processes that share a store the lease does. It is taken in the turn,
//! and the session is loaded again with it: another process may have renewed it.
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
