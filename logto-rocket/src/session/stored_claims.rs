//! Which claims a session stores.

use std::collections::BTreeSet;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{Session, Sessions};
use crate::names::claim;

impl Sessions {
    /// Whether a new session stores the claim. It always stores how fresh the sign-in is, and the name by
    /// which Logto ends it.
    pub fn stores_claim(&self, claim: &str) -> bool {
        let stored = self.settings.claims.as_ref();
        is_always_stored(claim)
            || stored.is_none_or(|stored| stored.iter().any(|name| name == claim))
    }

    /// Whether this session stores the claim, as far as that is known. It may be from before a change of the
    /// configuration.
    pub fn has_stored(&self, session: &Session, claim: &str) -> bool {
        if session.claims_setting == self.claims_setting() {
            return self.stores_claim(claim);
        }
        let has_all = session.claims_setting.is_none() && !self.settings.user_info;
        has_all || is_always_stored(claim)
    }

    /// Whether this session stores other claims than a new one would.
    pub fn stores_otherwise(&self, session: &Session) -> bool {
        session.claims_setting != self.claims_setting()
    }

    /// Whether sessions store claims of user info.
    pub fn reads_user_info(&self) -> bool {
        self.settings.user_info
    }

    /// Leaves out of a session's claims those that `session.claims` does not name.
    pub(super) fn leave_claims_out(&self, session: &mut Session) {
        session.claims_setting = self.claims_setting();
        if session.claims_setting.is_some()
            && let Ok(claims) = session.claims.filtered(|name| self.stores_claim(name))
        {
            session.claims = Arc::new(claims);
        }
    }

    /// The setting by which claims are left out, as a hash.
    fn claims_setting(&self) -> Option<u32> {
        let names: BTreeSet<_> = self.settings.claims.as_ref()?.iter().collect();
        let names = names.into_iter().fold(Sha256::new(), |hash, name| {
            hash.chain_update(name.len().to_be_bytes()).chain_update(name)
        });
        let hash = names.chain_update([u8::from(self.settings.user_info)]).finalize();
        Some(u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]))
    }
}

fn is_always_stored(claim: &str) -> bool {
    matches!(claim, claim::AUTH_TIME | claim::SID)
}
