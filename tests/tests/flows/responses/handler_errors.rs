//! An error that a handler returns with `?`: what it is, in the response, as an event, and for whom it is to
//! mend.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use logto_rocket::{Call, Error, Event, InvalidToken};
use logto_rocket_tests::app::App;
use rocket::{get, routes};

fn error(which: &str) -> Error {
    let why = || "as a test may".to_owned();
    let refused =
        |call, code: &str| Error::Refused { call, code: code.into(), help: "mend it".into() };
    let retry_after = Some(Duration::from_secs(7));
    match which {
        "away" => {
            Error::Unavailable { call: Call::UserInfo, why: why(), status: None, retry_after }
        }
        "store" => Error::Store { why: why() },
        "answer" => Error::BadAnswer { call: Call::UserInfo, why: why() },
        "client" => refused(Call::ClientCredentials, "invalid_client"),
        "token" => Error::InvalidToken(InvalidToken::Malformed),
        "later" => refused(Call::TokenExchange, "temporarily_unavailable"),
        "machine" => refused(Call::ClientCredentials, "access_denied"),
        "exchange" => refused(Call::TokenExchange, "access_denied"),
        _ => refused(Call::Token, "access_denied"),
    }
}

#[get("/fail/<which>")]
fn fail(which: &str) -> Result<(), Error> {
    Err(error(which))
}

/// Guards against this mistake: all of them said "We cannot check right now whether you have access to this
/// page" and asked to come back in 30 seconds, also on public pages and for what would never work.
#[rocket::async_test]
async fn an_error_of_a_handler_is_told_as_what_it_is() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let events = Arc::clone(&heard);
    let listen = move |event: &Event| {
        // Keys and metadata are fetched behind the scenes, which is an event at any time.
        if !matches!(event, Event::LogtoCalled { .. }) {
            events.lock().unwrap().push((event.code(), event.to_string()));
        }
    };
    let app = App::builder()
        .fairing(|fairing| fairing.on_event(listen))
        .routes(routes![fail])
        .start()
        .await;
    for (which, status, code, retry_after) in [
        ("away", 503, "logto_unavailable", Some("7")),
        ("store", 503, "store_unavailable", Some("30")),
        ("answer", 503, "bad_answer", Some("30")),
        ("client", 502, "refused_by_logto", None),
        ("later", 503, "refused_by_logto", Some("30")),
        ("token", 503, "invalid_token", Some("30")),
        ("machine", 403, "refused_by_logto", None),
        ("exchange", 403, "refused_by_logto", None),
    ] {
        heard.lock().unwrap().clear();
        let mut browser = app.browser();
        let page = browser.open(&format!("/fail/{which}")).await;
        assert_eq!(page.status.code, status, "{which}: {page:?}");
        assert!(page.body.contains(&format!("<code>{code}</code>")), "{which}: {page:?}");
        assert!(!page.body.contains("whether you have access"), "{which}: {page:?}");
        assert!(page.body.contains(" href=\""), "{which}: a way onward: {page:?}");
        assert_eq!(page.header("Retry-After"), retry_after, "{which}");
        page.assert_not_stored();
        let told = heard.lock().unwrap().clone();
        let text = format!("a handler failed: {}", error(which));
        assert_eq!(told, [(code, text)], "{which}: one event, which is also a line of the log");
        let problem = browser.fetch(&format!("/fail/{which}")).await.problem();
        assert_eq!(problem["type"], format!("urn:logto-rocket:{code}"), "{which}");
    }
}

#[rocket::async_test]
async fn a_user_who_is_no_member_reads_what_is_missing() {
    let app = App::builder().routes(routes![fail]).start().await;
    let problem = app.browser().fetch("/fail/member").await.problem();
    assert_eq!(
        (&problem["status"], &problem["type"]),
        (&403.into(), &"urn:logto-rocket:denied".into())
    );
    let detail = problem["detail"].as_str().expect("a text");
    assert!(
        detail.contains("required: membership in the organization that the access token is for")
    );
}
