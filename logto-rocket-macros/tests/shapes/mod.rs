//! Every shape that a handler of Rocket's has, one a file: each compiles, and means what it says.

#![allow(
    clippy::elidable_lifetime_names,
    clippy::extra_unused_type_parameters,
    clippy::many_single_char_names,
    clippy::needless_pass_by_value,
    clippy::unnecessary_debug_formatting,
    clippy::unused_async,
    reason = "these handlers are there for their shape, not for what they do"
)]

mod asynchronous;
mod bearer;
mod cfg;
mod cfg_attr;
mod cfg_attr_around;
mod check_named_like_a_variable;
mod data;
mod doc_comments;
mod every_method;
mod every_requirement;
mod format;
mod impl_responder;
mod lifetimes;
mod macro_rules;
mod no_warnings;
mod organization_shapes;
mod query;
mod rank;
mod raw_identifier;
mod requires;
mod rocket_path;
mod route_attribute;
mod session_bearer;
mod signed_in_user;
mod sync;
mod two_modules;
mod uri;
mod visibility;
