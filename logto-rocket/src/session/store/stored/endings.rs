//! How sessions in the store end that Logto reports by a time of its own clock.

use std::sync::Arc;

use rocket::futures::future::join;
use rocket::futures::{StreamExt, TryStreamExt, stream};

use super::StoredSessions;
use crate::session::session::Session;
use crate::session::store::StoreError;
use crate::session::store::deadline::in_time;

/// How many sessions are deleted at once.
const AT_ONCE: usize = 8;

impl StoredSessions {
    /// Deletes the sessions of a user whose sign-in Logto answered at `not_after` or earlier, by its own
    /// clock, and answers with them.
    ///
    /// The store knows sign-ins by the clock of this server. No ID token is accepted that is from the
    /// future by more than `clock_skew`, so a sign-in that was that much earlier is meant whatever the
    /// clocks say, and also where its record cannot be opened. Of the others each record tells.
    pub async fn end_at_logto(
        &self,
        sub: &str,
        not_after: u64,
    ) -> Result<Vec<Arc<Session>>, StoreError> {
        let surely = not_after.saturating_sub(self.lifetimes.clock_skew.as_secs());
        let name = self.named(sub);
        let deletion = in_time(self.store.delete_by_sub(&name, surely));
        let (stored, deleted) = join(self.list_by_sub(sub), deletion).await;
        deleted?;
        let mut meant = stored?;
        meant.retain(|session| session.claims.sub == sub && session.issued_at <= not_after);
        let left = meant.iter().filter(|session| session.signed_in_at > surely);
        let left: Vec<_> = left.map(|session| session.id.clone()).collect();
        let deletions = stream::iter(left).map(|id| async move { self.delete(&id).await });
        deletions.buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        Ok(meant)
    }
}
