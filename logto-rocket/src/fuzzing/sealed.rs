//! [`sealed_session`]: the text that is sealed in cookies and in the records of a store.

use crate::session::Session;

/// Reads a text as that of a session, as it is behind the seal of a cookie or of a record in a store.
///
/// # Panics
///
/// If what was read is written as something else.
pub fn sealed_session(text: &str) {
    let Some(session) = Session::from_text(text) else { return };
    // Times beyond those of the clock are read and not written.
    let Some(written) = session.to_text() else { return };
    let again = Session::from_text(&written).expect("what was written can be read");
    assert_eq!(again.claims, session.claims);
    assert_eq!((&again.id, again.generation), (&session.id, session.generation));
    let times = |session: &Session| {
        [session.signed_in_at, session.issued_at, session.confirmed_at, session.last_seen]
    };
    assert_eq!(times(&again), times(&session));
    assert_eq!(again.to_text().as_deref(), Some(written.as_str()));
}
