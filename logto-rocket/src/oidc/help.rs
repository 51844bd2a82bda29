//! What to mend when Logto refuses, by what was asked and the error code.
//!
//! Each text names the keys of the configuration that it is about, and where their values come from.

use super::settings::IssuerSettings;
use crate::error::Call;

/// The code in place of a code of Logto that does not have the form of an OAuth error code.
const UNRECOGNIZED: &str = "unrecognized";

impl IssuerSettings {
    /// How to fix the cause if Logto refuses a call with this code.
    pub(super) fn help(&self, call: Call, code: &str) -> String {
        let [id, secret] = ["app_id", "app_secret"].map(|key| self.key(key));
        match (call, code) {
            (Call::ClientCredentials, "invalid_request" | "unauthorized_client") => {
                "Logto issues tokens of the application itself only to a machine-to-machine \
                 application whose secret has not expired; name one with \
                 `client_credentials().app(id, secret)`"
                    .into()
            }
            (Call::ClientCredentials, "access_denied") => {
                "the application must be a member of the organization".into()
            }
            (Call::TokenExchange, "invalid_request" | "unauthorized_client") => format!(
                "token exchange must be allowed in the settings of the application {id} at Logto"
            ),
            (Call::TokenExchange, "invalid_grant") => {
                "a subject token works once and expires after a few minutes".into()
            }
            (Call::Token, "invalid_grant") => format!(
                "the code or refresh token has expired, was used or revoked, or was issued to \
                 another application or for another redirect URI; if every sign-in fails, compare \
                 {} with the redirect URIs of the application at Logto",
                self.key("base_url")
            ),
            (Call::Token | Call::TokenExchange, "access_denied") => {
                "the user must be a member of the organization, and allowed to use the application"
                    .into()
            }
            (Call::UserInfo, "invalid_token") => {
                "the access token has expired or was revoked; let the user sign in again".into()
            }
            (Call::UserInfo, "insufficient_scope") => format!(
                "user info needs an access token with the scope `openid`; see {}",
                self.key("scopes")
            ),
            (Call::Introspection, "unsupported_token_type") => {
                "a JWT is not introspected; verify its signature and read its claims".into()
            }
            (_, "invalid_client") => format!(
                "compare {id} and {secret} with the application at Logto, and check that it \
                 accepts the secret where {} puts it",
                self.key("client_authentication")
            ),
            (_, "invalid_request" | "unauthorized_client") => format!(
                "the secret in {secret} may have expired, or the application {id} is not a \
                 traditional web application at Logto"
            ),
            (_, "invalid_scope") => {
                format!("the scopes that {} names must exist at Logto", self.key("scopes"))
            }
            (_, "invalid_target") => format!(
                "register the API resource at Logto with exactly this indicator, and name it in {}",
                self.key("resources")
            ),
            (_, "invalid_redirect_uri") => self.redirect_uri_help(),
            (_, UNRECOGNIZED) => format!(
                "this is not an error code of OAuth 2; a server in front of Logto may have \
                 answered: check {}",
                self.place()
            ),
            _ => self.audit_log_help(),
        }
    }

    /// How to fix the cause if Logto answers a sign-in with this code. The text names what the sign-in asked for.
    pub(super) fn sign_in_help(&self, code: &str, scopes: &str, resources: &[String]) -> String {
        match code {
            "invalid_scope" => format!(
                "the sign-in asked for the scopes `{scopes}`; each must exist at Logto; they come \
                 from {} and the requirements of the routes",
                self.key("scopes")
            ),
            "invalid_target" => format!(
                "the sign-in asked for the resources `{}`; each must be registered at Logto with \
                 exactly this indicator; they come from {} and the guards of the routes",
                resources.join("`, `"),
                self.key("resources")
            ),
            "server_error" | "temporarily_unavailable" => {
                format!("Logto cannot answer now; try again, or see the log of {}", self.place())
            }
            _ => self.help(Call::PushedAuthorization, code),
        }
    }

    fn redirect_uri_help(&self) -> String {
        format!(
            "register the redirect URI that the launch prints, which begins with {}, for the \
             application {} at Logto",
            self.key("base_url"),
            self.key("app_id")
        )
    }

    fn audit_log_help(&self) -> String {
        format!(
            "Logto's audit log has the reason, under the application {} at {}",
            self.key("app_id"),
            self.place()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A new call does not compile without a place here.
    fn all(call: Call) -> [Call; 10] {
        match call {
            Call::Discovery
            | Call::Keys
            | Call::Token
            | Call::UserInfo
            | Call::Revocation
            | Call::PushedAuthorization
            | Call::ClientCredentials
            | Call::TokenExchange
            | Call::Introspection
            | Call::Diagnosis => [
                Call::Discovery,
                Call::Keys,
                Call::Token,
                Call::UserInfo,
                Call::Revocation,
                Call::PushedAuthorization,
                Call::ClientCredentials,
                Call::TokenExchange,
                Call::Introspection,
                Call::Diagnosis,
            ],
        }
    }

    #[test]
    fn each_code_at_each_call_has_a_remedy() {
        let settings = IssuerSettings::of_a_test("https://logto.example.com/oidc".into());
        for call in all(Call::Discovery) {
            for code in [
                "invalid_request",
                "invalid_client",
                "invalid_grant",
                "unauthorized_client",
                "unsupported_grant_type",
                "invalid_scope",
                "invalid_target",
                "invalid_token",
                "insufficient_scope",
                "access_denied",
                "unsupported_token_type",
                "invalid_redirect_uri",
                "of_the_future",
                UNRECOGNIZED,
            ] {
                let help = settings.help(call, code);
                assert!(help.len() > 20 && !help.contains("  "), "{call} {code}: {help}");
            }
        }
    }
}
