//! The texts of all built-in pages: what they are about, and what they say in each language.

mod english;
mod german;
mod kept;
mod label;
mod phrases;
#[cfg(test)]
mod tests;
mod topic;

pub(crate) use self::kept::Kept;
pub(crate) use self::label::Label;
pub(crate) use self::phrases::{Phrases, Words};
pub(crate) use self::topic::Topic;
use super::language::Language;

/// What pages say in a language.
pub(crate) fn phrases(language: Language) -> &'static dyn Phrases {
    match language {
        Language::English => &english::English,
        Language::German => &german::German,
    }
}
