//! `#[authenticated]` and `requires!`: what compiles, and what does not.

#[macro_use]
extern crate rocket;

mod shapes;
mod ui;
