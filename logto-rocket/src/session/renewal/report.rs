//! What is reported of renewals.

use crate::error::Error;
use crate::events::{Event, RenewalPurpose};
use crate::session::Sessions;
use crate::session::memory::Purpose;
use crate::session::session::Session;

impl Sessions {
    /// Reports that a token request of a session begins.
    pub(super) fn report_begin(&self, session: &Session, purpose: &Purpose) {
        let (sub, session) = (session.claims.sub.clone(), session.id.clone());
        let purpose = renewal_purpose(purpose);
        self.events.emit(&Event::RenewalBegan { sub, session, purpose });
    }

    /// Reports what became of a token request of a session.
    pub(super) fn report_renewed(
        &self,
        session: &Session,
        purpose: &Purpose,
        renewed: &Result<(), Error>,
    ) {
        let (sub, session) = (session.claims.sub.clone(), session.id.clone());
        let purpose = renewal_purpose(purpose);
        self.events.emit(&match renewed {
            Ok(()) => Event::Renewed { sub, session, purpose },
            Err(error) => Event::RenewalFailed { sub, session, purpose, error: error.clone() },
        });
    }
}

fn renewal_purpose(purpose: &Purpose) -> RenewalPurpose {
    match purpose {
        Purpose::Claims(_) => RenewalPurpose::Claims,
        Purpose::AccessToken(..) => RenewalPurpose::AccessToken,
    }
}
