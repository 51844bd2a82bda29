//! [`Store`]: which store the configuration names.

/// Where sessions are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Store {
    /// In the browser, in encrypted cookies. The server stores no sessions, and needs only its secret key.
    Cookie,
    /// In the memory of this process. Sessions end with the process; see [`MemoryStore`](crate::MemoryStore).
    Memory,
    /// In Redis, which all processes share. This needs the feature `redis` and `session.redis.url`.
    Redis,
}
