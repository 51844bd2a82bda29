//! What the fuzz targets assert of tokens and of Logto's documents.

mod documents;
mod tokens;

pub use self::documents::documents;
pub use self::tokens::SignedTokens;
