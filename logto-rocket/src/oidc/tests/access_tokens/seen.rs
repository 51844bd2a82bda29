//! What is remembered of tokens that were verified before.

use super::*;

/// Ends a test instead of letting it hang.
const WATCHDOG: Duration = Duration::from_secs(60);

const HOUR: Duration = Duration::from_secs(3600);

async fn setup() -> (Setup, Clock) {
    let clock = Clock::frozen();
    let setup = Setup::unready(SigningKey::es384("k"), clock.clone()).await;
    (setup.ready().await, clock)
}

/// A setup, its clock, and a token of a day that was seen.
async fn seen() -> (Setup, Clock, String) {
    let (setup, clock) = setup().await;
    let token = setup.with_claim("exp", json!(clock.now() + 86_400));
    assert!(setup.accepts(&token).await);
    (setup, clock, token)
}

#[tokio::test]
async fn a_seen_token_with_another_signature_is_another_token() {
    let (setup, _clock, token) = seen().await;
    let (message, signature) = token.rsplit_once('.').unwrap();
    let other = setup.token();
    let (_, of_another) = other.rsplit_once('.').unwrap();
    let turned: String = signature.chars().rev().collect();
    for signature in [of_another, &turned, "", "AA", &signature[4..]] {
        assert_eq!(setup.refused(&format!("{message}.{signature}")).await, InvalidToken::Signature);
    }
    let (header, rest) = token.split_once('.').unwrap();
    let unsigned = super::super::signing::encode(br#"{"alg":"none","typ":"at+jwt"}"#);
    assert!(!setup.accepts(&format!("{unsigned}.{rest}")).await);
    assert!(!setup.accepts(&format!("{header}.{rest}=")).await);
    assert!(setup.accepts(&token).await);
    // Another signature by the same key is as good.
    let again = setup.key.sign(message.as_bytes());
    assert!(setup.accepts(&format!("{message}.{}", super::super::signing::encode(&again))).await);
}

#[tokio::test]
async fn a_seen_token_is_over_when_it_expires() {
    let (setup, clock, token) = seen().await;
    clock.advance(Duration::from_secs(86_399));
    assert!(setup.accepts(&token).await);
    clock.advance(Duration::from_secs(1));
    assert_eq!(setup.refused_claim(&token).await, "exp");
    assert_eq!(setup.refused_claim(&token).await, "exp");
}

#[tokio::test]
async fn a_seen_token_is_over_when_its_key_is_no_longer_published() {
    let (setup, clock, token) = seen().await;
    let new = SigningKey::es384("new");
    setup.server.publish(&[&new]);
    clock.advance(HOUR);
    // The next request looks for newer keys behind the scenes.
    let refused = async {
        while setup.accepts(&token).await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(WATCHDOG, refused).await.expect("the token is refused");
    assert_eq!(setup.refused(&token).await, InvalidToken::UnknownKey);
    let by_new = access_token(&new, &with(&setup.claims(), "exp", json!(clock.now() + 60)));
    assert!(setup.accepts(&by_new).await);
}

/// Without waiting for the hour, where another token makes Logto's newer keys known.
#[tokio::test]
async fn a_seen_token_is_over_when_a_newer_key_set_lacks_its_key() {
    let (setup, _clock, token) = seen().await;
    let new = SigningKey::es384("new");
    setup.server.publish(&[&new]);
    assert!(setup.accepts(&token).await, "nobody knows yet");
    assert!(setup.accepts(&access_token(&new, &setup.claims())).await);
    assert_eq!(setup.refused(&token).await, InvalidToken::UnknownKey);
}

/// A key under the id of the old one.
#[tokio::test]
async fn a_seen_token_is_over_when_its_key_id_gets_another_key() {
    let (setup, _clock, token) = seen().await;
    let (replaced, new) = (SigningKey::es384("k"), SigningKey::es384("new"));
    setup.server.publish(&[&replaced, &new]);
    assert!(setup.accepts(&access_token(&new, &setup.claims())).await);
    assert_eq!(setup.refused(&token).await, InvalidToken::Signature);
    assert!(setup.accepts(&access_token(&replaced, &setup.claims())).await);
}

#[tokio::test]
async fn a_seen_token_stays_good_beside_a_new_key() {
    let (setup, _clock, token) = seen().await;
    let new = SigningKey::rsa("new", "RS256");
    setup.server.publish(&[&new, &setup.key]);
    assert!(setup.accepts(&access_token(&new, &setup.claims())).await);
    assert!(setup.accepts(&token).await);
}

#[tokio::test]
async fn seen_and_new_tokens_are_good_while_logto_is_away() {
    let (setup, clock, token) = seen().await;
    for path in [KEYS, "/oidc/.well-known/openid-configuration"] {
        setup.server.answer(path, Reply::json(503, &json!({})));
    }
    for _ in 0..3 {
        clock.advance(2 * HOUR);
        assert!(setup.accepts(&token).await);
        let new = with(&setup.claims(), "exp", json!(clock.now() + 60));
        assert!(setup.accepts(&access_token(&setup.key, &new)).await);
    }
}

/// Only what was verified is remembered.
#[tokio::test]
async fn a_token_that_was_refused_is_judged_anew() {
    let (setup, clock) = setup().await;
    let new = SigningKey::es384("new");
    let token = access_token(&new, &with(&setup.claims(), "exp", json!(clock.now() + 3600)));
    assert_eq!(setup.refused(&token).await, InvalidToken::UnknownKey);
    setup.server.publish(&[&new]);
    clock.advance(Duration::from_secs(5));
    assert!(setup.accepts(&token).await);
    let later = setup.with_claim("nbf", json!(clock.now() + 120));
    setup.server.publish(&[&setup.key]);
    assert_eq!(setup.refused_claim(&later).await, "nbf");
    clock.advance(Duration::from_secs(60));
    assert!(setup.accepts(&later).await);
}

#[tokio::test]
async fn what_is_remembered_is_bounded_in_bytes() {
    let (setup, _clock) = setup().await;
    let seen = &setup.api.issuer().seen_tokens;
    let large = |number: u32| {
        let claims = with(&setup.claims(), "jti", json!(number));
        access_token(&setup.key, &with(&claims, "own", json!("x".repeat(40 * 1024))))
    };
    for number in 0..200 {
        assert!(setup.accepts(&large(number)).await);
    }
    let (count, bytes) = seen.size();
    assert!((20..200).contains(&count) && bytes <= 16 << 20, "{count} with {bytes} bytes");
    // What was forgotten is verified once more.
    assert!(setup.accepts(&large(0)).await);
}

#[tokio::test]
async fn what_has_expired_is_forgotten_and_what_was_refused_never_remembered() {
    let (setup, clock) = setup().await;
    let seen = &setup.api.issuer().seen_tokens;
    for number in 0..50 {
        let claims = with(&setup.claims(), "exp", json!(clock.now() + 60));
        let token = access_token(&setup.key, &with(&claims, "jti", json!(number)));
        let (message, signature) = token.rsplit_once('.').unwrap();
        let turned: String = signature.chars().rev().collect();
        assert!(setup.accepts(&token).await);
        assert!(!setup.accepts(&format!("{message}.{turned}")).await);
    }
    assert_eq!(seen.size().0, 50);
    clock.advance(Duration::from_secs(600));
    assert!(setup.accepts(&setup.with_claim("exp", json!(clock.now() + 60))).await);
    assert_eq!(seen.size().0, 1);
}

/// The keys with which a test signs tokens are trusted in addition to the keys that Logto publishes, and replace
/// none of them.
#[tokio::test]
async fn the_keys_of_a_test_keep_no_token_good_that_they_have_not_signed() {
    let (setup, clock, token) = seen().await;
    let own = SigningKey::es384("own");
    setup.api.issuer().trust(json!({"keys": [own.jwk]}));
    let by_own = access_token(&own, &with(&setup.claims(), "exp", json!(clock.now() + 86_400)));
    for _ in 0..2 {
        assert!(setup.accepts(&by_own).await);
        assert!(setup.accepts(&token).await);
    }
    setup.server.publish(&[&SigningKey::es384("new")]);
    clock.advance(HOUR);
    let refused = async {
        while setup.accepts(&token).await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(WATCHDOG, refused).await.expect("the token is refused");
    assert!(setup.accepts(&by_own).await);
}
