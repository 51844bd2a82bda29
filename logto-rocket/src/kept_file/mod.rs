//! The files in which an application keeps what a restart must not lose, while it is developed.

mod open;
mod place;

pub(crate) use self::open::open;
pub(crate) use self::place::file_of_this_application;
