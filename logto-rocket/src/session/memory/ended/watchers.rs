//! [`Watchers`]: the tasks that wait for the end of a session.
//!
//! An ending wakes only the tasks that wait under its name. A woken task checks whether its own session has ended.

use std::collections::HashMap;

use tokio::sync::Notify;

use super::by::By;
use crate::session::session::Session;
use crate::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The waiting tasks, by each name that can end their session.
#[derive(Default)]
pub(super) struct Watchers(Mutex<ByName>);

type ByName = HashMap<(By, Arc<str>), Vec<Arc<Notify>>>;

/// The wait for the end of one session. It is over when this is dropped.
pub(in crate::session) struct Watch<'w> {
    watchers: &'w Watchers,
    names: Vec<(By, Arc<str>)>,
    woken: Arc<Notify>,
}

impl Watchers {
    /// Wakes those whose session this name ends.
    pub fn wake(&self, by: By, name: &str) {
        let watchers = self.lock();
        if watchers.is_empty() {
            return;
        }
        for woken in watchers.get(&(by, name.into())).into_iter().flatten() {
            woken.notify_one();
        }
    }

    /// Begins to wait.
    pub fn watch(&self, session: &Session) -> Watch<'_> {
        let claims = &session.claims;
        let sid = claims.sid.as_deref().map(|sid| (By::Sid, Arc::from(sid)));
        let id = (By::Id, Arc::from(session.id.as_str()));
        let sub = (By::Sub, Arc::from(claims.sub.as_str()));
        let names: Vec<_> = [id, sub].into_iter().chain(sid).collect();
        let woken = Arc::<Notify>::default();
        let mut watchers = self.lock();
        for name in &names {
            watchers.entry(name.clone()).or_default().push(Arc::clone(&woken));
        }
        drop(watchers);
        Watch { watchers: self, names, woken }
    }

    fn lock(&self) -> MutexGuard<'_, ByName> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch<'_> {
    /// Waits until the session may have ended since the last call.
    pub async fn woken(&self) {
        self.woken.notified().await;
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let mut watchers = self.watchers.lock();
        for name in &self.names {
            if let Some(waiting) = watchers.get_mut(name) {
                waiting.retain(|it| !Arc::ptr_eq(it, &self.woken));
                if waiting.is_empty() {
                    watchers.remove(name);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;
    use crate::claims::Claims;
    use crate::session::Asked;

    fn session(sub: &str, sid: &str) -> Session {
        let claims = format!(r#"{{"sub":"{sub}","sid":"{sid}"}}"#);
        Session::new(Claims::from_json(&claims).unwrap(), Asked::default(), 1_000)
    }

    fn is_woken(watch: &Watch<'_>) -> bool {
        pin!(watch.woken()).poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    #[test]
    fn of_ten_thousand_an_ending_wakes_those_of_its_name_and_nothing_is_left_of_them() {
        let watchers = Watchers::default();
        let sessions: Vec<_> = (0..10_000)
            .map(|number| session(&format!("user {}", number / 2), &format!("sid {number}")))
            .collect();
        let waiting: Vec<_> = sessions.iter().map(|session| watchers.watch(session)).collect();
        let woken = || (0..10_000).filter(|number| is_woken(&waiting[*number])).collect::<Vec<_>>();
        assert!(woken().is_empty());
        watchers.wake(By::Id, sessions[7].id.as_str());
        assert_eq!(woken(), [7]);
        watchers.wake(By::Sid, "sid 9");
        assert_eq!(woken(), [9]);
        watchers.wake(By::Sub, "user 3");
        assert_eq!(woken(), [6, 7]);
        watchers.wake(By::Sub, "nobody");
        assert!(woken().is_empty());
        drop(waiting);
        assert!(watchers.lock().is_empty());
    }
}
