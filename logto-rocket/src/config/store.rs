//! [`Store`]: which store the configuration names.

/// Where sessions are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Store {
    /// In the browser, in private cookies: the server stores nothing, and needs nothing beside its
    /// key.
    Cookie,
    /// In the memory of this process. They end with the process; see
    /// [`MemoryStore`](crate::MemoryStore).
    Memory,
    /// In Redis, shared by all processes. It needs the feature `redis` and `session.redis.url`.
    Redis,
}
