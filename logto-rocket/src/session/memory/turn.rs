//! [`SessionTurn`]: the wait for a place in the [queue](super::queue) of a session, and the turn itself.

#[cfg(test)]
mod tests;

use std::future::{Future, poll_fn};
use std::task::Poll;

use super::Entry;
use super::queue::Ticket;

/// The turn of a session. When it is dropped, the next task in the queue gets the turn. If a task drops the
/// future of [`Entry::turn`] before it is ready, the task loses its place in the queue.
#[must_use = "the turn is over when this is dropped"]
pub(in crate::session) struct SessionTurn<'e> {
    entry: &'e Entry,
    ticket: Ticket,
}

impl Entry {
    /// Waits for the turn and then makes the request, unless `settled` returns an answer by then. Returns
    /// that answer, or the result of the request.
    pub async fn in_turn<A>(
        &self,
        settled: impl Fn() -> Option<A>,
        request: impl Future<Output = A>,
    ) -> A {
        let _turn = self.turn().await;
        match settled() {
            Some(answer) => answer,
            None => request.await,
        }
    }

    /// Waits for the turn: there is one token request, or one write of what it brought, at a time.
    pub async fn turn(&self) -> SessionTurn<'_> {
        let turn = SessionTurn { entry: self, ticket: self.lock().queue.enter() };
        poll_fn(|context| {
            let mut state = self.lock();
            if state.queue.has_turn(turn.ticket) {
                return Poll::Ready(());
            }
            state.wakers.insert(turn.ticket, context.waker().clone());
            Poll::Pending
        })
        .await;
        turn
    }
}

impl Drop for SessionTurn<'_> {
    fn drop(&mut self) {
        let mut state = self.entry.lock();
        state.wakers.remove(&self.ticket);
        let next = state.queue.leave(self.ticket);
        let waker = next.and_then(|next| state.wakers.remove(&next));
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}
