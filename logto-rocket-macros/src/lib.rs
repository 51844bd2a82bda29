//! The attribute macro of `logto-rocket`.
