//! A provider inside the process.
