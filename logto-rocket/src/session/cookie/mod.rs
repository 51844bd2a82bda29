//! What travels: the cookies of a browser, and what is sealed in them.

pub(super) mod codec;
pub(super) mod cookies;
pub(super) mod flow;
pub(super) mod names;
pub(super) mod vault;
