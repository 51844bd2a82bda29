//! What the management port says while a site is used, and while Logto is away.

use std::time::Duration;

use logto_rocket::testing::Idp;
use logto_rocket::{Clock, Config, Logto, SessionConfig, Store};
use logto_rocket_tests::browser::{Browser, From};
use rocket::http::Status;
use rocket::local::asynchronous::Client;

const ORIGIN: &str = "http://localhost:8000";

/// The value of a metric: that of the line that begins so.
fn value<'m>(metrics: &'m str, line: &str) -> Option<&'m str> {
    metrics.lines().find_map(|found| found.strip_prefix(line)?.strip_prefix(' '))
}

#[rocket::async_test]
async fn what_happens_is_counted_and_a_process_is_ready_without_logto_once_it_has_the_keys() {
    let recorded = crate::metrics::install().expect("the only recorder");
    let clock = Clock::frozen();
    let idp = Idp::builder().clock(clock.clone()).start().await.expect("a provider");
    let config = Config::new().base_url(ORIGIN).session(SessionConfig::new().store(Store::Memory));
    let logto = Logto::fairing().config(config).provider(&idp).clock(clock.clone());
    let site = crate::site(logto, rocket::Config::figment().merge(("log_level", "off")));
    let site = Client::untracked(site).await.expect("a launch");
    let logto = site.rocket().state::<Logto>().expect("the client").clone();
    let management = crate::management::rocket(logto, recorded);
    let management = Client::untracked(management).await.expect("a launch");
    let asked = async |path: &'static str| Browser::new(&management).open(path).await;

    assert_eq!(asked("/livez").await.status, Status::Ok);
    let ready = asked("/readyz").await;
    assert_eq!(ready.status, Status::Ok);
    assert_eq!(ready.body, r#"{"ready":true,"logto":"ok","keys":"ok","store":"ok"}"#);

    let mut bob = Browser::new(&site);
    assert_eq!(bob.sign_in(&idp, "bob", "/account").await.status, Status::SeeOther);
    assert_eq!(bob.open("/account").await.status, Status::Ok);
    assert_eq!(bob.open("/admin").await.status, Status::Forbidden);
    clock.advance(Duration::from_secs(3600));
    assert_eq!(bob.open("/account").await.status, Status::Ok);
    bob.post("/auth/sign-out", From::OwnPage, ORIGIN).await;
    let unknown = "/auth/sign-in-callback?state=x&code=x";
    bob.navigate(unknown, From::OtherSite).await;

    let metrics = asked("/metrics").await.body;
    for (line, expected) in [
        (r#"logto_sign_ins_total{outcome="signed_in"}"#, "1"),
        (r#"logto_sign_ins_total{outcome="unknown_sign_in"}"#, "1"),
        (r#"logto_refusals_total{reason="denied"}"#, "1"),
        (r#"logto_renewals_total{purpose="claims",outcome="renewed"}"#, "1"),
        (r#"logto_sessions_ended_total{cause="sign_out"}"#, "1"),
        (r#"logto_call_seconds_count{call="token",outcome="answered"}"#, "2"),
        // The session, and word of it for other processes.
        (r#"logto_store_call_seconds_count{call="create",outcome="answered"}"#, "2"),
        ("logto_circuit_open", "0"),
        ("logto_store_away", "0"),
    ] {
        assert_eq!(value(&metrics, line), Some(expected), "{line}\n{metrics}");
    }
    assert!(!metrics.contains(&idp.user_id("bob").expect("bob")), "no label names a user");

    let mut alice = Browser::new(&site);
    alice.sign_in(&idp, "alice", "/account").await;
    idp.pause().await;
    clock.advance(Duration::from_secs(3600));
    assert_eq!(alice.open("/account").await.status, Status::Ok, "old claims stay valid");
    let ready = asked("/readyz").await;
    assert_eq!(ready.status, Status::Ok, "Logto is away, and the site serves");
    assert!(ready.body.contains(r#""logto":"degraded""#), "{ready:?}");
    let metrics = asked("/metrics").await.body;
    assert_eq!(value(&metrics, "logto_circuit_open"), Some("1"), "{metrics}");
}
