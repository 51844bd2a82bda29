//! What is kept while Logto is away, and how often it is asked.

use super::*;

const DOCUMENT: &str = "/oidc/.well-known/openid-configuration";
const KEYS: &str = "/oidc/jwks";

/// Security item 41.
#[tokio::test]
async fn a_thousand_unknown_key_ids_cause_few_fetches() {
    let key = SigningKey::es384("k");
    let (server, client) = client_of(&[&key]).await;
    client.issuer().ready().await.unwrap();
    let before = server.received(KEYS).len();
    let claims = claims(&server);
    let checks = (0..1000).map(|n| {
        let header = with(&key.header(), "kid", json!(format!("random-{n}")));
        key.token_with(&header, &claims)
    });
    for token in checks {
        assert_eq!(refused(&client, &token).await, InvalidToken::UnknownKey);
    }
    assert_eq!(server.received(KEYS).len() - before, 5);
    assert!(verify(&client, &key.token(&claims)).await.is_ok());
}

#[tokio::test]
async fn a_rotated_key_is_found_by_one_fetch_for_all_who_wait() {
    let (old, new) = (SigningKey::es384("old"), SigningKey::rsa("new", "RS256"));
    let (server, client) = client_of(&[&old]).await;
    client.issuer().ready().await.unwrap();
    server.publish(&[&new, &old]);
    let token = new.token(&claims(&server));
    let (a, b, c) =
        tokio::join!(verify(&client, &token), verify(&client, &token), verify(&client, &token));
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(server.received(KEYS).len(), 2);
    assert!(verify(&client, &old.token(&claims(&server))).await.is_ok());
}

#[tokio::test]
async fn a_caller_who_gives_up_leaves_the_search_for_a_key_to_the_others() {
    let (old, new) = (SigningKey::es384("old"), SigningKey::es384("new"));
    let (server, client) = client_of(&[&old]).await;
    client.issuer().ready().await.unwrap();
    server.publish(&[&new]);
    let token = new.token(&claims(&server));
    tokio::select! {
        biased;
        _ = verify(&client, &token) => panic!("it was to be cancelled"),
        () = tokio::task::yield_now() => {}
    }
    assert!(verify(&client, &token).await.is_ok());
}

/// A request gives up before a slow Logto answers; the next request finds the answer.
#[tokio::test]
async fn a_caller_who_gives_up_leaves_the_first_fetch_to_the_others() {
    let key = SigningKey::es384("k");
    let (server, client) = client_of(&[&key]).await;
    tokio::select! {
        biased;
        _ = client.issuer().ready() => panic!("it was to be cancelled"),
        () = tokio::task::yield_now() => {}
    }
    client.issuer().ready().await.unwrap();
    assert_eq!(server.received(DOCUMENT).len(), 1);
}

/// Security item 41: and while Logto is away, an unknown key is no proof of a forgery.
#[tokio::test]
async fn old_keys_serve_while_logto_is_away_and_unknown_ones_fail() {
    let (key, other) = (SigningKey::es384("k"), SigningKey::es384("new"));
    let (server, client) = client_of(&[&key]).await;
    client.issuer().ready().await.unwrap();
    server.answer(KEYS, Reply::json(503, &json!({})));
    for _ in 0..10 {
        let error = verify(&client, &other.token(&claims(&server))).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable { .. }), "{error}");
        assert!(verify(&client, &key.token(&claims(&server))).await.is_ok());
    }
    assert_eq!(server.received(KEYS).len(), 1 + 5, "some searches, not one for each");
}

#[tokio::test]
async fn after_a_failure_there_is_a_pause() {
    let server = Server::start().await;
    server.answer(DOCUMENT, Reply::json(503, &json!({})));
    let client = client(&server);
    let (a, b) = tokio::join!(client.issuer().ready(), client.issuer().ready());
    assert!(matches!(a, Err(Error::Unavailable { .. })));
    assert_eq!(a, b);
    assert_eq!(client.issuer().ready().await, a);
    assert_eq!(server.received(DOCUMENT).len(), 1);
}

#[cfg(feature = "testing")]
mod later {
    use super::*;

    async fn moving() -> (Server, Oidc, Clock, SigningKey) {
        let server = Server::start().await;
        let key = SigningKey::es384("k");
        server.publish(&[&key]);
        let clock = Clock::frozen();
        let client = client_with(settings(&server), clock.clone());
        (server, client, clock, key)
    }

    #[tokio::test]
    async fn the_pause_ends_and_grows_to_thirty_seconds() {
        let (server, client, clock, _key) = moving().await;
        server.answer(DOCUMENT, Reply::json(503, &json!({})));
        let mut pauses = Vec::new();
        let mut waited = 0;
        for _ in 0..95 {
            let before = server.received(DOCUMENT).len();
            client.issuer().ready().await.unwrap_err();
            if server.received(DOCUMENT).len() > before {
                pauses.push(waited);
                waited = 0;
            }
            clock.advance(Duration::from_secs(1));
            waited += 1;
        }
        assert_eq!(pauses, [0, 1, 2, 4, 8, 16, 30, 30]);
        server.answer(DOCUMENT, Reply::json(200, &server.discovery()));
        clock.advance(Duration::from_secs(30));
        assert_eq!(client.issuer().ready().await, Ok(()));
    }

    #[tokio::test]
    async fn a_key_that_is_published_late_is_found_and_after_many_searches_a_while_later() {
        let (server, client, clock, key) = moving().await;
        let (new, newest) = (SigningKey::es384("new"), SigningKey::es384("newest"));
        let token = new.token(&claims(&server));
        assert_eq!(refused(&client, &token).await, InvalidToken::UnknownKey);
        server.publish(&[&new, &key]);
        assert!(verify(&client, &token).await.is_ok());
        let token = newest.token(&claims(&server));
        for _ in 0..5 {
            assert_eq!(refused(&client, &token).await, InvalidToken::UnknownKey);
        }
        server.publish(&[&newest, &new, &key]);
        assert_eq!(refused(&client, &token).await, InvalidToken::UnknownKey);
        clock.advance(Duration::from_secs(30));
        assert!(verify(&client, &token).await.is_ok());
    }

    #[tokio::test]
    async fn what_is_an_hour_old_is_refreshed_behind_the_scenes() {
        let (server, client, clock, key) = moving().await;
        client.issuer().ready().await.unwrap();
        clock.advance(Duration::from_secs(3599));
        client.issuer().ready().await.unwrap();
        clock.advance(Duration::from_secs(1));
        let away = Reply::json(503, &json!({}));
        server.answer(DOCUMENT, away.clone());
        server.answer(KEYS, away);
        // The old ones serve at once; the attempts are made besides.
        let longer = with(&claims(&server), "exp", json!(clock.now() + 60));
        assert!(verify(&client, &key.token(&longer)).await.is_ok());
        assert_eq!(client.issuer().ready().await, Ok(()));
        while server.received(DOCUMENT).len() < 2 || server.received(KEYS).len() < 2 {
            tokio::task::yield_now().await;
        }
        assert!(verify(&client, &key.token(&longer)).await.is_ok());
    }
}
