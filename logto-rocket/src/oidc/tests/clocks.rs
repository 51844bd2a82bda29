//! What Logto's answers tell of its clock.

use std::time::{Duration, UNIX_EPOCH};

use super::*;

#[tokio::test]
async fn the_date_of_an_answer_tells_how_far_the_clocks_are_apart_where_a_time_is_refused() {
    for (at_logto, says) in [
        (
            3600,
            "; by the `Date` of Logto's last answer, this server's clock is 3600 s behind Logto's",
        ),
        (
            -7200,
            "; by the `Date` of Logto's last answer, this server's clock is 7200 s ahead of Logto's",
        ),
        (1, "; by the `Date` of Logto's last answer, the two clocks agree"),
    ] {
        let (server, key, clock) = (Server::start().await, SigningKey::es384("k"), Clock::frozen());
        let date = UNIX_EPOCH + Duration::from_secs(clock.now().saturating_add_signed(at_logto));
        let keys = Reply::json(200, &json!({ "keys": [key.jwk.clone()] }));
        server.answer("/oidc/jwks", keys.header("date", &httpdate::fmt_http_date(date)));
        let client = client_with(settings(&server), clock.clone());
        for (name, value) in [("iat", clock.now() + 120), ("exp", clock.now() - 120)] {
            let token = key.token(&with(&claims(&server), name, json!(value)));
            let why = Error::from(refused(&client, &token).await).to_string();
            assert!(why.ends_with(says), "{why}");
        }
        assert_eq!(server.received("/oidc/jwks").len(), 1, "nothing is asked for it");
        assert_eq!(server.received("/oidc/token").len(), 0);
    }
}

#[tokio::test]
async fn without_a_date_of_its_own_an_answer_tells_nothing_of_the_clocks() {
    let cached = [("age", "60"), ("date", "Sun, 06 Nov 1994 08:49:37 GMT")];
    for headers in [&[][..], &[("date", "yesterday")], &cached] {
        let (server, key, clock) = (Server::start().await, SigningKey::es384("k"), Clock::frozen());
        let keys = Reply::json(200, &json!({ "keys": [key.jwk.clone()] }));
        let keys = headers.iter().fold(keys, |keys, (name, value)| keys.header(name, value));
        server.answer("/oidc/jwks", keys);
        let client = client_with(settings(&server), clock.clone());
        let token = key.token(&with(&claims(&server), "exp", json!(clock.now() - 120)));
        let why = Error::from(refused(&client, &token).await).to_string();
        assert!(!why.contains("`Date`"), "{why}");
    }
}
