//! The warning for an accessor whose claim no sign-in asked for.

use super::LogtoUser;

impl LogtoUser {
    /// Warns once for each accessor that finds nothing because the claim is in no session. Otherwise the empty
    /// answer would look like an answer of Logto.
    pub(super) fn warn_if_unasked(&self, accessor: &'static str, claim: &str, scope: &str) {
        let client = self.client();
        if !self.session.asked.has_scope(scope) {
            if client.scopes().iter().any(|asked| asked == scope) {
                client.warnings().once(accessor, "older", || {
                    format!(
                        "`LogtoUser::{accessor}()` found nothing: the sign-in of this session did \
                         not ask Logto for the scope `{scope}`, as newer sign-ins do. The user \
                         must sign in again. A requirement on the claim sends such users through \
                         the sign-in once."
                    )
                });
            } else {
                let from = client.settings().source_of("scopes");
                client.warnings().once(accessor, "unasked", || {
                    format!(
                        "`LogtoUser::{accessor}()` finds nothing for any user: no sign-in asks \
                         Logto for the scope `{scope}`. To fix it, add it to `logto.scopes`{from}: \
                         `scopes = [\"{scope}\"]`."
                    )
                });
            }
        } else if !client.sessions().stores_claim(claim) {
            let from = client.settings().source_of("session.claims");
            client.warnings().once(accessor, "not stored", || {
                format!(
                    "`LogtoUser::{accessor}()` finds nothing for any user: sessions do not store \
                     the claim `{claim}`. To fix it, add it to `logto.session.claims`{from}."
                )
            });
        }
    }
}
