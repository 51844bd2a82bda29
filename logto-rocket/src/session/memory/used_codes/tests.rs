//! Callbacks that come at once.

mod interleavings;
