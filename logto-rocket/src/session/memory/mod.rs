//! What this process knows of its sessions.

pub(super) mod cache;
pub(super) mod ended;
pub(super) mod registry;
pub(super) mod used_codes;
