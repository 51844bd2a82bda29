//! Which copy of a session is newer, what is kept after another process has written, and when the store is not asked.

use super::*;
use crate::claims::Claims;
use crate::oidc::AccessToken;
use crate::session::Asked;
use crate::session::memory::Use;

const NOW: u64 = 1_800_000_000;
const MINUTE: Duration = Duration::from_secs(60);

fn session() -> Arc<Session> {
    let claims = Claims::from_json(r#"{"sub":"k3d9"}"#).unwrap();
    Arc::new(Session::new(claims, Asked::default(), NOW))
}

fn entry(session: &Arc<Session>, shared: bool, now: Instant) -> Entry {
    Entry::new(session, Arc::default(), shared, now)
}

fn target(name: &str) -> TokenTarget {
    TokenTarget { resource: Some(name.into()), organization: None }
}

fn token(text: &str) -> CachedToken {
    CachedToken {
        text: AccessToken::from(text),
        scopes: Vec::new(),
        renew_at: NOW + 60,
        expires_at: NOW + 60,
        fetched_at: NOW,
        marks: 0,
    }
}

fn named(session: &Session, name: &str, generation: u64) -> Session {
    let claims = Claims::from_json(&format!(r#"{{"sub":"k3d9","name":"{name}"}}"#)).unwrap();
    Session { generation, claims: Arc::new(claims), ..session.clone() }
}

fn name(session: &Session) -> Option<&str> {
    session.claims.name.as_deref()
}

fn known(entry: &Entry) -> Vec<String> {
    let mut all: Vec<_> =
        entry.tokens(NOW).iter().map(|(_, token)| token.text.reveal().to_owned()).collect();
    all.sort();
    all
}

#[test]
fn a_store_that_was_late_is_left_alone_for_a_while() {
    let now = Instant::now();
    let entry = entry(&session(), true, now);
    assert_eq!(entry.store_failure(now), None);
    entry.store_failed(now + MINUTE, "it was late".into());
    assert_eq!(entry.store_failure(now).as_deref(), Some("it was late"));
    assert!(entry.store_failure(now + MINUTE / 2).is_some());
    assert_eq!(entry.store_failure(now + MINUTE), None);
    assert_eq!(entry.store_failure(now + 2 * MINUTE), None);
}

#[test]
fn what_another_process_has_written_is_taken_if_it_is_newer() {
    let (session, now) = (session(), Instant::now());
    let entry = entry(&session, true, now);
    entry.add_token(target("a"), token("ours"), NOW);
    entry.adopt(Arc::new(named(&session, "Same", 0)));
    assert_eq!(name(&entry.session()), None, "it is not newer");
    let mut theirs = named(&session, "Theirs", 1);
    theirs.tokens = vec![(target("b"), token("theirs"))];
    entry.adopt(Arc::new(theirs));
    assert_eq!(name(&entry.session()), Some("Theirs"));
    assert_eq!(known(&entry), ["theirs"], "tokens are in the store, and that is newer");
}

#[test]
fn what_the_store_does_not_have_gives_way_only_to_claims_that_are_newer_too() {
    let (session, now) = (session(), Instant::now());
    let entry = entry(&session, true, now);
    entry.advance(|session| session.marks = 1);
    assert!(entry.is_unsaved());
    entry.adopt(Arc::new(named(&session, "Seen", 2)));
    assert_eq!(name(&entry.session()), None);
    let confirmed_at = NOW + 1;
    entry.adopt(Arc::new(Session { confirmed_at, ..named(&session, "Confirmed", 2) }));
    assert_eq!(name(&entry.session()), Some("Confirmed"));
    assert!(!entry.is_unsaved(), "what is newer than ours is what the store has");
}

#[test]
fn a_session_is_unsaved_from_a_change_until_the_store_has_just_that_change() {
    let (session, now) = (session(), Instant::now());
    let entry = entry(&session, true, now);
    assert!(!entry.is_unsaved());
    entry.advance(|_| {});
    let (first, change) = entry.to_save();
    assert_eq!((first.generation, change), (1, 1));
    entry.advance(|_| {});
    entry.saved(Session::clone(&first), &Vec::new(), change);
    assert!(entry.is_unsaved(), "the second change was made during the write");
    let (second, change) = entry.to_save();
    entry.saved(Session::clone(&second), &Vec::new(), change);
    assert!(!entry.is_unsaved());
}

#[test]
fn without_a_store_there_is_nothing_to_save() {
    let entry = entry(&session(), false, Instant::now());
    entry.advance(|_| {});
    assert!(!entry.is_unsaved());
}

#[test]
fn a_write_takes_what_the_store_had_and_keeps_what_came_meanwhile() {
    let (session, now) = (session(), Instant::now());
    let entry = entry(&session, true, now);
    entry.add_token(target("a"), token("before"), NOW);
    let ours = entry.tokens(NOW);
    let (saved, change) = entry.to_save();
    entry.add_token(target("b"), token("meanwhile"), NOW);
    let seen = Arc::new(Session { last_seen: NOW + 5, ..Session::clone(&session) });
    entry.reconcile(&seen, now);
    let mut stored = named(&saved, "Stored", 3);
    stored.tokens = vec![(target("a"), token("before")), (target("c"), token("theirs"))];
    entry.saved(stored, &ours, change);
    assert_eq!(known(&entry), ["before", "meanwhile", "theirs"]);
    let newest = entry.session();
    assert_eq!((name(&newest), newest.generation), (Some("Stored"), 3));
    assert_eq!(newest.last_seen, NOW + 5, "the last use is the later one");
}

/// Once the store has the refresh token, this process may forget its copy.
#[test]
fn a_refresh_token_that_the_store_has_may_be_forgotten_here() {
    let (session, now) = (session(), Instant::now());
    let entry = entry(&session, true, now);
    let change = |text| {
        entry.advance(|session| session.refresh_token = Some(RefreshToken::from(text)));
    };
    change("r1");
    assert!(entry.rank().0);
    let (first, number) = entry.to_save();
    change("r2");
    entry.saved(Session { generation: 2, ..Session::clone(&first) }, &Vec::new(), number);
    assert!(entry.rank().0, "the store does not have the second one");
    let (second, number) = entry.to_save();
    entry.saved(Session::clone(&second), &Vec::new(), number);
    assert!(!entry.rank().0);
}

#[test]
fn claims_decide_for_all_who_have_waited_for_as_many_marks() {
    let (session, now) = (session(), Instant::now());
    let entry = entry(&session, false, now);
    let since = |marks| {
        let purpose = Purpose::Claims(Freshness::Since(marks));
        entry.settled(&purpose, false, now, NOW)
    };
    assert_eq!(since(1), None);
    entry.saw(2);
    assert_eq!([since(1), since(2)], [Some(Settled::There), Some(Settled::There)]);
    assert_eq!(since(3), None);
    entry.saw(1);
    assert_eq!(since(2), Some(Settled::There), "what was seen stays seen");
}

#[test]
fn what_logto_refused_is_not_asked_for_again_for_a_while() {
    let (session, now) = (session(), Instant::now());
    let entry = entry(&session, false, now);
    entry.refuse(target("a"), "invalid_target".into(), now, MINUTE);
    let asked =
        |name, at| entry.settled(&Purpose::AccessToken(target(name), Use::Call), false, at, NOW);
    assert_eq!(asked("a", now), Some(Settled::Refused("invalid_target".into())));
    assert_eq!(asked("b", now), None);
    assert_eq!(asked("a", now + MINUTE), None);
    assert_eq!(
        entry.settled(&Purpose::AccessToken(target("b"), Use::Call), true, now, NOW),
        Some(Settled::Over)
    );
}

/// The limit on requests for unknown organizations does not apply to the organizations in the user's claims.
#[test]
fn organizations_of_the_user_are_asked_about_although_many_were_refused() {
    let now = Instant::now();
    let claims = Claims::from_json(r#"{"sub":"k3d9","organizations":["mine"]}"#).unwrap();
    let session = Arc::new(Session::new(claims, Asked::default(), NOW));
    let entry = entry(&session, false, now);
    let of = |id: &str| TokenTarget { resource: None, organization: Some(id.into()) };
    for number in 0..10 {
        entry.refuse(of(&number.to_string()), "access_denied".into(), now, MINUTE);
    }
    let asked = |id: &str| entry.settled(&Purpose::AccessToken(of(id), Use::Call), false, now, NOW);
    assert!(matches!(asked("another"), Some(Settled::Paused(wait, _)) if wait == MINUTE));
    assert_eq!(asked("mine"), None);
}

/// After claims are confirmed, the user may have new rights.
#[test]
fn new_claims_end_the_refusals() {
    let (session, now) = (session(), Instant::now());
    let entry = entry(&session, false, now);
    let asked = || entry.settled(&Purpose::AccessToken(target("a"), Use::Call), false, now, NOW);
    entry.refuse(target("a"), "invalid_target".into(), now, MINUTE);
    entry.advance(|_| {});
    assert!(asked().is_some(), "nothing was confirmed");
    entry.advance(|session| session.confirmed_at = NOW + 1);
    assert_eq!(asked(), None);
}

#[test]
fn a_later_use_is_noted_whichever_copy_has_it() {
    let (session, now) = (session(), Instant::now());
    let entry = entry(&session, false, now);
    entry.advance(|session| session.last_seen = NOW + 1);
    let used = |last_seen| {
        let copy = Arc::new(Session { last_seen, ..Session::clone(&session) });
        let newest = entry.reconcile(&copy, now);
        (newest.generation, newest.last_seen)
    };
    assert_eq!(used(NOW), (1, NOW + 1));
    assert_eq!(used(NOW + 9), (1, NOW + 9));
    assert_eq!(used(NOW + 3), (1, NOW + 9));
}

#[test]
fn claims_that_another_process_has_confirmed_may_be_from_before_a_mark() {
    let (session, now) = (session(), Instant::now());
    for (change, stays) in
        [((None, NOW), true), ((None, NOW + 1), false), ((Some("Ada"), NOW), false)]
    {
        let entry = entry(&session, false, now);
        entry.saw(5);
        let (name, confirmed_at) = change;
        let theirs = name.map_or_else(|| Session::clone(&session), |name| named(&session, name, 0));
        entry.adopt(Arc::new(Session { generation: 1, confirmed_at, ..theirs }));
        let purpose = Purpose::Claims(Freshness::Since(5));
        assert_eq!(entry.settled(&purpose, false, now, NOW).is_some(), stays, "{change:?}");
    }
}

#[test]
fn claims_are_newer_than_a_call_if_their_request_began_after_it() {
    let (session, now) = (session(), Instant::now());
    let entry = entry(&session, false, now);
    let after = |number| entry.settled(&Purpose::Claims(Freshness::After(number)), false, now, NOW);
    let early = entry.begun();
    let under_way = entry.begin();
    let late = entry.begun();
    entry.claims_came(under_way);
    assert_eq!([after(early), after(late)], [Some(Settled::There), None]);
    entry.claims_came(entry.begin());
    assert_eq!(after(late), Some(Settled::There));
}

#[test]
fn a_session_asks_for_nothing_while_it_is_to_wait() {
    let (session, now) = (session(), Instant::now());
    let entry = entry(&session, false, now);
    entry.pause(now, MINUTE, "Logto did not answer".into());
    let asked = |at| entry.settled(&Purpose::Claims(Freshness::After(0)), false, at, NOW);
    assert_eq!(asked(now), Some(Settled::Paused(MINUTE, "Logto did not answer".into())));
    assert_eq!(asked(now + MINUTE), None);
}
