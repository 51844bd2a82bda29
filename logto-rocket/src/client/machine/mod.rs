//! Tokens of the application itself, and what it asks of Logto about tokens of others.

mod client_credentials;
mod introspection;
mod machine_token;
mod machine_tokens;
mod token_exchange;

pub use self::client_credentials::ClientCredentials;
pub use self::machine_token::MachineToken;
pub(super) use self::machine_tokens::MachineTokens;
pub use self::token_exchange::TokenExchange;
