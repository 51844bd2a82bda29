//! Sessions in a store: in memory, in Redis, in one of the application's own.

mod application;
mod endings;
mod late_answers;
mod memory;
mod redis;
mod redis_outage;
mod round_trips;
mod sentinels;
mod store_with;
mod two_processes;
