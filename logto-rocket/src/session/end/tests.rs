//! Every way in which sessions end, which sessions end, and what is reported.

use std::slice;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rocket::http::Cookie;
use rocket::local::asynchronous::Client;

use super::{Over, Revoked, too_slow};
use crate::claims::Claims;
use crate::client;
use crate::host::HostId;
use crate::oidc::RefreshToken;
use crate::request::tests::away::Away;
use crate::request::tests::{config, quiet};
use crate::session::{Activity, Asked, Session, Sessions};
use crate::testing::{self, Idp, User};
use crate::{Clock, EndCause, Error, Event, Logto, LogtoFairing, SessionConfig, SessionId};

/// After which a test fails instead of waiting.
const WATCHDOG: Duration = Duration::from_secs(60);

/// A site, and the sessions that it has reported as ended.
struct Site {
    client: Client,
    clock: Clock,
    ended: Arc<Mutex<Vec<(SessionId, EndCause)>>>,
}

impl Site {
    async fn start(change: impl FnOnce(LogtoFairing) -> LogtoFairing) -> Self {
        let (clock, ended) = (Clock::frozen(), Arc::new(Mutex::new(Vec::new())));
        let noted = Arc::clone(&ended);
        let limits = SessionConfig::new().revalidate_after(None);
        let fairing = Logto::fairing().clock(clock.clone()).config(config().session(limits));
        let fairing = change(fairing).on_event(move |event| {
            if let Event::SessionEnded { session, cause, .. } = event {
                let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
                noted.push((session.clone(), *cause));
            }
        });
        let client = Client::untracked(quiet().attach(fairing)).await.expect("a site");
        Self { client, clock, ended }
    }

    fn sessions(&self) -> &Arc<Sessions> {
        client::Client::of(self.client.rocket()).expect("the fairing").sessions()
    }

    async fn sign_in(&self, user: User) -> (Vec<Cookie<'static>>, Arc<Session>) {
        let cookies = testing::sign_in(&self.client, user).await.expect("a session");
        let session = self.loaded(&cookies).await.expect("a session");
        (cookies, session)
    }

    async fn loaded(&self, cookies: &[Cookie<'static>]) -> Option<Arc<Session>> {
        let request = self.client.get("/").cookies(cookies.to_vec());
        let loaded = self.sessions().load(request.inner(), HostId::FIRST, Activity::Use);
        loaded.await.expect("an answer").map(|loaded| loaded.session)
    }

    fn reported(&self) -> Vec<(SessionId, EndCause)> {
        std::mem::take(&mut *self.ended.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn user(name: &str) -> User {
    User::new(name).with_id(name)
}

fn ids(over: &Over) -> Vec<SessionId> {
    over.0.iter().map(|session| session.id.clone()).collect()
}

fn unwrapped(over: Result<Over, Error>) -> Vec<SessionId> {
    ids(&over.expect("an end"))
}

#[rocket::async_test]
async fn a_session_that_ends_is_reported_with_its_newest_state_and_is_not_loaded_any_more() {
    let site = Site::start(|fairing| fairing).await;
    let (cookies, session) = site.sign_in(user("alice")).await;
    let (others, _) = site.sign_in(user("alice")).await;
    let entry = site.sessions().memory.registry.entry(&session, site.clock.instant());
    entry.advance(|session| session.marks = 7);
    let newest = site.sessions().end(&session, EndCause::NewSignIn).await;
    assert_eq!((newest.marks, newest.generation), (7, 1));
    assert_eq!(site.reported(), [(session.id.clone(), EndCause::NewSignIn)]);
    assert!(site.loaded(&cookies).await.is_none());
    assert!(site.loaded(&others).await.is_some());
    assert!(site.sessions().newest(&session.id).is_none(), "the registry has forgotten it");
}

#[rocket::async_test]
async fn a_session_that_never_began_ends_without_a_report() {
    let site = Site::start(|fairing| fairing).await;
    let (cookies, session) = site.sign_in(user("alice")).await;
    site.sessions().refuse(&session).await;
    assert_eq!(site.reported(), []);
    assert!(site.loaded(&cookies).await.is_none());
}

#[rocket::async_test]
async fn who_signs_out_without_a_refresh_token_is_signed_out_without_logto() {
    let site = Site::start(|fairing| fairing).await;
    let (cookies, session) = site.sign_in(user("alice")).await;
    assert!(site.sessions().sign_out(&session).await.is_none());
    assert_eq!(site.reported(), [(session.id.clone(), EndCause::SignOut)]);
    assert!(site.loaded(&cookies).await.is_none());
    // Logto does not answer the request to revoke the token of the other session.
    let (cookies, session) = site.sign_in(user("bob")).await;
    let entry = site.sessions().memory.registry.entry(&session, site.clock.instant());
    entry.advance(|session| session.refresh_token = Some(RefreshToken::from("r")));
    let error = site.sessions().sign_out(&session).await;
    assert!(matches!(error, Some(Error::Unavailable { .. })), "{error:?}");
    assert!(site.loaded(&cookies).await.is_none());
}

#[rocket::async_test]
async fn a_sign_in_that_is_refused_ends_behind_the_response() {
    let site = Site::start(|fairing| fairing).await;
    let (cookies, session) = site.sign_in(user("alice")).await;
    let mut ended = Box::pin(site.sessions().ended(&session));
    site.sessions().refuse_behind(&session);
    (&mut ended).await;
    assert_eq!(site.reported(), [], "it never began");
    assert!(site.loaded(&cookies).await.is_none());
}

#[rocket::async_test]
async fn refresh_tokens_of_what_is_over_are_revoked_at_logto() {
    let idp = Idp::start().await.expect("a provider");
    let site = Client::untracked(quiet().attach(Logto::fairing().provider(&idp))).await;
    let site = site.expect("a site");
    let sessions = client::Client::of(site.rocket()).expect("the fairing").sessions();
    let token = || Some(RefreshToken::from("r"));
    let revoked = || idp.requests().revocation();
    let claims = Claims::from_json(r#"{"sub":"alice"}"#).expect("claims");
    let session = Session::new(claims, Asked::default(), 0);
    let with_token = Session { refresh_token: token(), ..session.clone() };
    sessions.revoke(Over(vec![Arc::new(session), Arc::new(with_token)])).await;
    assert_eq!(revoked(), 1);
    sessions.revoke_refused(None).await;
    sessions.revoke_refused(token().as_ref()).await;
    assert_eq!(revoked(), 2);
    sessions.revoke_behind(None);
    sessions.revoke_behind(token());
    let all = async {
        while revoked() < 3 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(WATCHDOG, all).await.expect("the token is revoked behind the response");
}

#[rocket::async_test]
async fn a_session_of_logto_ends_all_that_have_its_sid_and_no_other() {
    let site = Site::start(|fairing| fairing).await;
    let with = |sid: &str| user("alice").claim("sid", sid);
    let (one, session) = site.sign_in(with("s1")).await;
    let (other, second) = site.sign_in(with("s2")).await;
    for session in [&session, &second] {
        site.sessions().memory.registry.entry(session, site.clock.instant());
    }
    let over = unwrapped(site.sessions().end_by_sid("s1").await);
    assert_eq!(over, slice::from_ref(&session.id));
    assert_eq!(site.reported(), [(session.id.clone(), EndCause::BackchannelLogout)]);
    assert!(site.loaded(&one).await.is_none());
    assert!(site.loaded(&other).await.is_some());
}

#[rocket::async_test]
async fn all_sessions_of_a_user_end_that_were_signed_in_by_then() {
    for at_logto in [false, true] {
        let site = Site::start(|fairing| fairing).await;
        let (early, first) = site.sign_in(user("alice")).await;
        let (of_bob, bob) = site.sign_in(user("bob")).await;
        let then = site.clock.now();
        site.clock.advance(Duration::from_secs(1));
        let (late, second) = site.sign_in(user("alice")).await;
        for session in [&first, &second, &bob] {
            site.sessions().memory.registry.entry(session, site.clock.instant());
        }
        let (over, cause) = if at_logto {
            let cause = EndCause::BackchannelLogout;
            (site.sessions().end_at_logto("alice", then, cause).await, cause)
        } else {
            (site.sessions().end_by_sub("alice", then).await, EndCause::Application)
        };
        assert_eq!(unwrapped(over), slice::from_ref(&first.id));
        assert_eq!(site.reported(), [(first.id.clone(), cause)]);
        assert!(site.loaded(&early).await.is_none());
        assert!(site.loaded(&late).await.is_some());
        assert!(site.loaded(&of_bob).await.is_some());
    }
}

#[rocket::async_test]
async fn a_session_ends_by_its_id_whether_it_is_known_here_or_not() {
    let site = Site::start(|fairing| fairing).await;
    for is_known in [true, false] {
        let (cookies, session) = site.sign_in(user("alice")).await;
        site.clock.advance(Duration::from_secs(5));
        if !is_known {
            site.sessions().memory.registry.remove(&session.id);
        }
        let over = unwrapped(site.sessions().end_by_id(&session.id).await);
        assert_eq!(over.len(), usize::from(is_known));
        assert_eq!(site.reported().len(), usize::from(is_known));
        assert!(site.loaded(&cookies).await.is_none());
    }
}

#[rocket::async_test]
async fn what_a_store_has_ends_with_what_is_known_here_and_each_is_reported_once() {
    let store = Arc::new(Away::new());
    let site = Site::start(|fairing| fairing.store(Arc::clone(&store))).await;
    let (one, first) = site.sign_in(user("alice")).await;
    let (other, second) = site.sign_in(user("alice")).await;
    // This process knows one of them too.
    site.sessions().memory.registry.entry(&first, site.clock.instant());
    let mut over = unwrapped(site.sessions().end_by_sub("alice", site.clock.now()).await);
    let mut all = vec![first.id.clone(), second.id.clone()];
    over.sort_by_key(ToString::to_string);
    all.sort_by_key(ToString::to_string);
    assert_eq!(over, all);
    assert_eq!(site.reported().len(), 2);
    for cookies in [&one, &other] {
        assert!(site.loaded(cookies).await.is_none());
    }
    site.clock.advance(Duration::from_secs(1));
    let (_, third) = site.sign_in(user("alice")).await;
    assert_eq!(unwrapped(site.sessions().end_by_id(&third.id).await), slice::from_ref(&third.id));
}

#[rocket::async_test]
async fn what_the_store_does_not_delete_has_ended_here_nevertheless() {
    let store = Arc::new(Away::new());
    let site = Site::start(|fairing| fairing.store(Arc::clone(&store))).await;
    let (_, session) = site.sign_in(user("alice")).await;
    site.sessions().memory.registry.entry(&session, site.clock.instant());
    store.go();
    let over = site.sessions().end_by_sub("alice", site.clock.now()).await;
    assert!(matches!(over, Err(Error::Store { .. })));
    assert_eq!(site.reported(), [(session.id.clone(), EndCause::Application)]);
    assert!(site.sessions().is_ended(&session));
}

#[rocket::async_test]
async fn who_waits_for_the_end_of_a_session_is_told_of_it_and_of_no_other() {
    use rocket::futures::FutureExt;

    let limits = || SessionConfig::new().revalidate_after(Duration::from_secs(600));
    let site = Site::start(|fairing| fairing.config(config().session(limits()))).await;
    let (_, session) = site.sign_in(user("alice")).await;
    let (_, other) = site.sign_in(user("bob")).await;
    let mut ended = Box::pin(site.sessions().ended(&session));
    assert!((&mut ended).now_or_never().is_none());
    site.sessions().forget(&other).await;
    assert!((&mut ended).now_or_never().is_none(), "another session has ended");
    site.sessions().forget(&session).await;
    assert!((&mut ended).now_or_never().is_some());
    let (_, session) = site.sign_in(user("alice")).await;
    let mut ended = Box::pin(site.sessions().ended(&session));
    site.clock.advance(Duration::from_secs(599));
    assert!((&mut ended).now_or_never().is_none());
    site.clock.advance(Duration::from_secs(1));
    assert!((&mut ended).now_or_never().is_some(), "its claims are due for confirmation");
    let (_, session) = site.sign_in(user("alice")).await;
    let mut ended = Box::pin(site.sessions().ended(&session));
    assert!((&mut ended).now_or_never().is_none());
    site.sessions().changed("alice", site.clock.now());
    ended.await;
}

#[test]
fn a_token_that_is_not_revoked_is_told_by_what_it_belonged_to() {
    let texts = [Revoked::Ended, Revoked::Late, Revoked::Refused].map(Revoked::failure);
    assert!(texts.iter().all(|text| text.ends_with("could not be revoked")), "{texts:?}");
    assert!(texts[0] != texts[1] && texts[1] != texts[2] && texts[0] != texts[2]);
    assert_eq!(
        too_slow().to_string(),
        "Logto is unavailable: token revocation: no answer within 2 seconds"
    );
}
