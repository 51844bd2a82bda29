//! [`SessionTurn`]: the wait for a place in the [queue](super::queue) of a session, and the turn itself.

use std::future::poll_fn;
use std::task::Poll;

use super::Entry;
use super::queue::Ticket;

/// The turn of a session. Dropping it gives the turn to the next in line, and dropping the wait for it
/// gives up the place.
#[must_use = "the turn is over when this is dropped"]
pub(in crate::session) struct SessionTurn<'e> {
    entry: &'e Entry,
    ticket: Ticket,
}

impl Entry {
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

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use tokio::task::yield_now;

    use super::*;
    use crate::claims::Claims;
    use crate::session::memory::{HOUR, Marks, Memory};
    use crate::session::session::{Asked, Session};
    use crate::sync::{Arc, Mutex};

    fn entry() -> Arc<Entry> {
        let claims = Claims::from_json(r#"{"sub":"k3d9"}"#).unwrap();
        let session = Arc::new(Session::new(claims, Asked::default(), 1_000));
        Memory::new(false, HOUR, None, HOUR, Marks::new(HOUR, HOUR))
            .registry
            .entry(&session, Instant::now())
    }

    #[tokio::test]
    async fn each_waiting_task_is_woken_in_its_turn() {
        let (entry, order) = (entry(), Arc::new(Mutex::new(Vec::new())));
        let first = entry.turn().await;
        let mut tasks = Vec::new();
        for number in 0..10 {
            let (entry, order) = (Arc::clone(&entry), Arc::clone(&order));
            tasks.push(tokio::spawn(async move {
                let _turn = entry.turn().await;
                yield_now().await;
                order.lock().unwrap().push(number);
            }));
            yield_now().await;
        }
        assert!(order.lock().unwrap().is_empty());
        drop(first);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), (0..10).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_task_that_is_aborted_passes_the_turn_on() {
        let entry = entry();
        let first = entry.turn().await;
        let waiting: Vec<_> = (0..2)
            .map(|_| {
                let entry = Arc::clone(&entry);
                tokio::spawn(async move { drop(entry.turn().await) })
            })
            .collect();
        yield_now().await;
        waiting[0].abort();
        drop(first);
        let [aborted, second]: [_; 2] = waiting.try_into().unwrap();
        assert!(aborted.await.is_err());
        second.await.unwrap();
    }
}
