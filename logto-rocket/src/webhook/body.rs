//! [`read`]: the body of a webhook, which anybody may have sent.

use std::time::Duration;

use rocket::tokio::io::{AsyncRead, AsyncReadExt};
use tokio::task::yield_now;
use tokio::time::timeout;

use super::budget::Share;
use super::error::WebhookError;
use super::signing_keys::Verification;

/// The most that is read. Logto sets no limit, and a user who may edit their custom data can make the webhook
/// about their own suspension 4 MB long.
pub(crate) const MAX_LENGTH: usize = 8 << 20;

/// What each body may take without a share of the budget.
const FREE: usize = 64 << 10;

/// How long a body may take to come; Logto gives up then, too.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// How long each part of a body may take to come that takes a share of the budget: 64 KiB/s.
const PART: usize = 256 << 10;
const PART_TIMEOUT: Duration = Duration::from_secs(4);

/// With how many bytes the memory for a body begins.
const FIRST: usize = 4 << 10;

/// After how many bytes other tasks have a turn.
const TURN: usize = 1 << 20;

/// A body on its way.
struct Reading<'r, B> {
    body: B,
    length: usize,
    bytes: Vec<u8>,
    verification: &'r mut Verification,
    share: &'r mut Share,
    since_turn: usize,
}

/// Reads a body of this length, and compares the signature with it while it comes.
///
/// # Errors
///
/// [`WebhookError::TooSlow`], [`WebhookError::Busy`], [`WebhookError::Unreadable`].
pub(crate) async fn read(
    body: impl AsyncRead + Unpin,
    length: usize,
    verification: &mut Verification,
    share: &mut Share,
) -> Result<Vec<u8>, WebhookError> {
    let bytes = Vec::with_capacity(length.min(FIRST));
    let mut reading = Reading { body, length, bytes, verification, share, since_turn: 0 };
    let all = timeout(BODY_TIMEOUT, reading.all()).await;
    all.unwrap_or(Err(WebhookError::TooSlow))?;
    Ok(reading.bytes)
}

impl<B: AsyncRead + Unpin> Reading<'_, B> {
    async fn all(&mut self) -> Result<(), WebhookError> {
        self.up_to(FREE).await?;
        while self.bytes.len() < self.length {
            let part = self.up_to(self.bytes.len() + PART);
            timeout(PART_TIMEOUT, part).await.unwrap_or(Err(WebhookError::TooSlow))?;
        }
        Ok(())
    }

    /// Reads until there are so many bytes, or all.
    async fn up_to(&mut self, wanted: usize) -> Result<(), WebhookError> {
        let wanted = wanted.min(self.length);
        while self.bytes.len() < wanted {
            self.make_room()?;
            let before = self.bytes.len();
            let room = u64::try_from(self.length - before).unwrap_or(u64::MAX);
            let read = (&mut self.body).take(room).read_buf(&mut self.bytes).await;
            if !read.is_ok_and(|count| count > 0) {
                return Err(WebhookError::Unreadable(
                    "its body is shorter than its `Content-Length`",
                ));
            }
            self.verification.update(&self.bytes[before..]);
            self.since_turn += self.bytes.len() - before;
            if self.since_turn >= TURN {
                self.since_turn = 0;
                yield_now().await;
            }
        }
        Ok(())
    }

    fn make_room(&mut self) -> Result<(), WebhookError> {
        let capacity = self.bytes.capacity();
        if self.bytes.len() == capacity {
            let next = (2 * capacity).clamp(FIRST, self.length.max(FIRST));
            self.share.grow_to(next.saturating_sub(FREE)).map_err(|_| WebhookError::Busy)?;
            self.bytes.reserve_exact(next - capacity);
        }
        Ok(())
    }
}
