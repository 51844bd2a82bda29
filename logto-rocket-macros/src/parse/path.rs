//! Paths of functions and types.

use quote::ToTokens;
use syn::parse::{ParseStream, Result};
use syn::{Error, ExprPath, Lit, Path, Token, token};

use super::key::Key;
use super::text::kind;

/// A path as it is written; tokens alone would be printed with spaces between them.
pub(crate) fn path_name(path: &Path) -> String {
    let mut name = String::new();
    for (i, segment) in path.segments.iter().enumerate() {
        if i > 0 || path.leading_colon.is_some() {
            name.push_str("::");
        }
        name.push_str(&segment.ident.to_string());
        let arguments = segment.arguments.to_token_stream().to_string();
        name.push_str(&arguments.replace(" < ", "<").replace(" >", ">"));
    }
    name
}

/// Parses the path of a function.
pub(super) fn parse_function(input: ParseStream<'_>, key: Key) -> Result<Path> {
    let (name, example) = (key.name(), key.function_example());
    if input.peek(Token![|]) || input.peek(Token![||]) || input.peek(Token![move]) {
        let signature = key.signature();
        return Err(input.error(format!(
            "`{name}` takes the path of a function, not a closure; \
             write it as `{signature}` and name it: `{example}`"
        )));
    }
    if let Ok(literal) = input.fork().parse::<Lit>() {
        let found = kind(&literal);
        return Err(
            input.error(format!("`{name}` takes the path of a function, not {found}: `{example}`"))
        );
    }
    let span = input.span();
    let Ok(ExprPath { qself: None, path, .. }) = input.parse::<ExprPath>() else {
        return Err(Error::new(span, format!("expected the path of a function: `{example}`")));
    };
    if input.peek(token::Paren) {
        return Err(input.error(format!("name the function without calling it: `{example}`")));
    }
    Ok(path)
}
