//! Parses the tokens between the parentheses of `#[authenticated(…)]` into a syntax tree that keeps
//! their spans.
//!
//! Each module depends only on those to its right and further down:
//!
//! | | |
//! | --- | --- |
//! | `requirement` | a whole requirement |
//! | `context`, `parser` | which organization and resource a condition belongs to; the recursive descent |
//! | `background` | the word `background` |
//! | `bearer` | the words `bearer` and `session`, and what a requirement on tokens cannot say |
//! | `list`, `comma_list`, `repetition` | lists and their errors |
//! | `conditions` | a requirement without errors |
//! | `condition`, `accepts` | the syntax tree; whether sessions or tokens are accepted |
//! | `organization`, `resource`, `max_age`, `literal` | values |
//! | `path`, `text`, `punctuation`, `keyword`, `key`, `errors` | tokens |

mod accepts;
mod background;
mod bearer;
mod comma_list;
mod condition;
mod conditions;
mod context;
mod errors;
mod key;
mod keyword;
mod list;
mod literal;
mod max_age;
mod organization;
mod parser;
mod path;
mod punctuation;
mod repetition;
mod requirement;
mod resource;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use accepts::Accepts;
pub(crate) use condition::Condition;
pub(crate) use conditions::Conditions;
pub(crate) use context::Context;
pub(crate) use errors::Errors;
pub(crate) use literal::Literal;
pub(crate) use organization::Organization;
pub(crate) use path::path_name;
pub(crate) use requirement::Requirement;
pub(crate) use resource::Resource;
pub(crate) use text::Text;
