//! How often Logto's keys are fetched for tokens that anybody can present.

use tokio::task::JoinSet;

use super::*;

const DISCOVERY: &str = "/oidc/.well-known/openid-configuration";
const COOL_DOWN: Duration = Duration::from_secs(5);

/// A setup, and its clock, which stands still.
async fn setup() -> (Setup, Clock) {
    let (setup, clock) = unready().await;
    (setup.ready().await, clock)
}

async fn unready() -> (Setup, Clock) {
    let clock = Clock::frozen();
    (Setup::unready(SigningKey::es384("k"), clock.clone()).await, clock)
}

impl Setup {
    fn fetches(&self) -> usize {
        self.server.received(KEYS).len()
    }

    /// Tokens that each name another key, which Logto has not.
    fn random(&self, count: usize) -> Vec<String> {
        let tokens = (0..count).map(|number| {
            let header = with(&self.header(), "kid", json!(format!("random-{number}")));
            self.with_header(&header)
        });
        tokens.collect()
    }
}

/// Presents all at once.
async fn at_once(setup: &Setup, tokens: Vec<String>) -> Vec<Result<VerifiedToken, Error>> {
    let mut all = JoinSet::new();
    for token in tokens {
        let issuer = Arc::clone(setup.api.issuer());
        all.spawn(async move { issuer.verify_access_token(&token).await });
    }
    all.join_all().await
}

#[tokio::test]
async fn keys_are_fetched_once_however_many_wait() {
    let (setup, _clock) = unready().await;
    let tokens = (0..100).map(|number| setup.with_claim("jti", json!(number))).collect();
    assert!(at_once(&setup, tokens).await.iter().all(Result::is_ok));
    assert_eq!((setup.server.received(DISCOVERY).len(), setup.fetches()), (1, 1));
}

/// Security item 41.
#[tokio::test]
async fn a_thousand_unknown_keys_cause_one_fetch_in_a_cool_down() {
    let (setup, clock) = setup().await;
    for round in 0..3 {
        let before = setup.fetches();
        for token in setup.random(1_000) {
            assert_eq!(setup.refused(&token).await, InvalidToken::UnknownKey);
        }
        assert_eq!(setup.fetches() - before, 1, "round {round}");
        assert!(setup.accepts(&setup.token()).await);
        clock.advance(COOL_DOWN);
    }
}

/// Security item 41.
#[tokio::test]
async fn a_thousand_unknown_keys_at_once_cause_one_fetch() {
    let (setup, _clock) = setup().await;
    let before = setup.fetches();
    for answer in at_once(&setup, setup.random(1_000)).await {
        assert_eq!(answer.err(), Some(Error::InvalidToken(InvalidToken::UnknownKey)));
    }
    assert_eq!(setup.fetches() - before, 1);
    assert!(setup.accepts(&setup.token()).await);
}

/// Security item 41: with Logto away, too; and what is known goes on.
#[tokio::test]
async fn a_thousand_unknown_keys_cause_one_fetch_while_logto_is_away() {
    let (setup, clock) = setup().await;
    setup.server.answer(KEYS, Reply::json(503, &json!({})));
    for _ in 0..2 {
        let before = setup.fetches();
        for token in setup.random(1_000) {
            let error = present(&setup.api, &token).await.err().unwrap();
            assert!(matches!(error, Error::Unavailable { .. }), "{error}");
        }
        assert_eq!(setup.fetches() - before, 1);
        assert!(setup.accepts(&setup.token()).await);
        clock.advance(COOL_DOWN);
    }
}

#[tokio::test]
async fn what_is_refused_without_its_signature_asks_for_no_key() {
    let (setup, _clock) = unready().await;
    for token in [
        setup.with_claim("iss", json!("https://evil.example")),
        setup.with_claim("exp", json!(1)),
        setup.without_claim("client_id"),
        setup.with_header(&setup.key.header()),
        "a.b.c".into(),
        "opaque".into(),
    ] {
        setup.refused(&token).await;
    }
    assert_eq!((setup.server.received(DISCOVERY).len(), setup.fetches()), (0, 0));
    assert!(setup.accepts(&setup.token()).await);
}

/// Law 20: access tokens of programs use up no JWKS requests of sign-ins.
#[tokio::test]
async fn strangers_leave_the_search_for_a_new_key_to_sign_ins() {
    let (setup, _clock) = setup().await;
    for token in setup.random(100) {
        assert_eq!(setup.refused(&token).await, InvalidToken::UnknownKey);
    }
    let new = SigningKey::es384("new");
    setup.server.publish(&[&new, &setup.key]);
    let before = setup.fetches();
    // In the cool-down a program is refused at once, and a sign-in is not.
    let program = access_token(&new, &setup.claims());
    assert_eq!(setup.refused(&program).await, InvalidToken::UnknownKey);
    assert_eq!(setup.fetches() - before, 0);
    let id_token = new.token(&super::super::claims(&setup.server));
    assert!(verify(&setup.api, &id_token).await.is_ok());
    assert_eq!(setup.fetches() - before, 1);
    // What the sign-in found is there for programs as well.
    assert!(setup.accepts(&program).await);
    assert_eq!(setup.fetches() - before, 1);
}

/// The reverse: sign-ins use up nothing of programs.
#[tokio::test]
async fn sign_ins_leave_the_search_for_a_new_key_to_programs() {
    let (setup, _clock) = setup().await;
    for number in 0..100 {
        let header = with(&setup.key.header(), "kid", json!(format!("random-{number}")));
        let id_token = setup.key.token_with(&header, &super::super::claims(&setup.server));
        assert_eq!(super::super::refused(&setup.api, &id_token).await, InvalidToken::UnknownKey);
    }
    let new = SigningKey::es384("new");
    setup.server.publish(&[&new, &setup.key]);
    assert!(setup.accepts(&access_token(&new, &setup.claims())).await);
}

/// Logto publishes RSA keys without `alg`.
#[tokio::test]
async fn a_rotation_from_ec_to_rsa_fails_no_request() {
    let (setup, clock) = setup().await;
    let old = setup.token();
    assert!(setup.accepts(&old).await);
    let rsa = SigningKey::rsa("rsa", "RS256");
    assert!(rsa.jwk.get("alg").is_none());
    setup.server.publish(&[&rsa, &setup.key]);
    let by = |key: &SigningKey, number| access_token(key, &with(&setup.claims(), "jti", number));
    let mut tokens = vec![old.clone(); 20];
    tokens.extend((0..20).map(|number| by(&rsa, json!(number))));
    tokens.extend((20..40).map(|number| by(&setup.key, json!(number))));
    for answer in at_once(&setup, tokens).await {
        assert_eq!(answer.err(), None);
    }
    assert_eq!(setup.fetches(), 2, "one for all that wait");
    // And back to EC once more.
    clock.advance(COOL_DOWN);
    let newest = SigningKey::es384("newest");
    setup.server.publish(&[&newest, &rsa]);
    let tokens = (0..20).flat_map(|number| [by(&rsa, json!(number)), by(&newest, json!(number))]);
    for answer in at_once(&setup, tokens.collect()).await {
        assert_eq!(answer.err(), None);
    }
    assert_eq!(setup.fetches(), 3);
}

/// RSA keys with an `alg` verify by that alone.
#[tokio::test]
async fn the_algorithm_that_a_key_is_published_with_is_its_only_one() {
    let mut key = SigningKey::rsa("k", "PS256");
    key.jwk["alg"] = json!("RS256");
    let setup = Setup::with(key).await;
    assert!(matches!(setup.refused(&setup.token()).await, InvalidToken::Header(_)));
    let mut key = SigningKey::rsa("k", "PS256");
    key.jwk["alg"] = json!("PS256");
    let setup = Setup::with(key).await;
    assert!(setup.accepts(&setup.token()).await);
}
