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

#[macro_use]
extern crate rocket;

#[path = "shapes/asynchronous.rs"]
mod asynchronous;
#[path = "shapes/cfg.rs"]
mod cfg;
#[path = "shapes/cfg_attr.rs"]
mod cfg_attr;
#[path = "shapes/cfg_attr_around.rs"]
mod cfg_attr_around;
#[path = "shapes/check_named_like_a_variable.rs"]
mod check_named_like_a_variable;
#[path = "shapes/data.rs"]
mod data;
#[path = "shapes/doc_comments.rs"]
mod doc_comments;
#[path = "shapes/every_method.rs"]
mod every_method;
#[path = "shapes/every_requirement.rs"]
mod every_requirement;
#[path = "shapes/format.rs"]
mod format;
#[path = "shapes/impl_responder.rs"]
mod impl_responder;
#[path = "shapes/lifetimes.rs"]
mod lifetimes;
#[path = "shapes/macro_rules.rs"]
mod macro_rules;
#[path = "shapes/no_warnings.rs"]
mod no_warnings;
#[path = "shapes/organization_shapes.rs"]
mod organization_shapes;
#[path = "shapes/query.rs"]
mod query;
#[path = "shapes/rank.rs"]
mod rank;
#[path = "shapes/raw_identifier.rs"]
mod raw_identifier;
#[path = "shapes/requires.rs"]
mod requires;
#[path = "shapes/rocket_path.rs"]
mod rocket_path;
#[path = "shapes/route_attribute.rs"]
mod route_attribute;
#[path = "shapes/signed_in_user.rs"]
mod signed_in_user;
#[path = "shapes/sync.rs"]
mod sync;
#[path = "shapes/two_modules.rs"]
mod two_modules;
#[path = "shapes/uri.rs"]
mod uri;
#[path = "shapes/visibility.rs"]
mod visibility;
