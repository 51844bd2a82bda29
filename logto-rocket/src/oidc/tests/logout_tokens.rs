//! Which logout tokens end a session, how often, and who caused a refusal.

use super::*;
use crate::error::Call;
use crate::oidc::{Algorithm, Discovered, LogoutError, LogoutToken, LogoutTyp, PublishedKeys};

const KEYS: &str = "/oidc/jwks";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A client that has Logto's keys, and the stopped clock of this client.
async fn setup(
    key: &SigningKey,
    change: impl FnOnce(&mut IssuerSettings),
) -> (Server, Oidc, Clock) {
    let server = Server::start().await;
    server.publish(&[key]);
    let mut settings = settings(&server);
    change(&mut settings);
    let clock = Clock::frozen();
    let client = client_with(settings, clock.clone());
    client.issuer().ready().await.unwrap();
    (server, client, clock)
}

/// The claims of a logout token as Logto makes it.
fn logout_claims(server: &Server, now: u64) -> Value {
    json!({
        "iss": server.issuer(), "aud": APP, "iat": now, "exp": now + 120, "jti": "j-1",
        "sub": "user_1", "sid": "s-1", "events": {EVENT: {}},
    })
}

fn signed(key: &SigningKey, claims: &Value) -> String {
    key.token_with(&with(&key.header(), "typ", json!("logout+jwt")), claims)
}

async fn post(client: &Oidc, token: &str) -> Result<LogoutToken, LogoutError> {
    client.verify_logout_token(token, None).await
}

/// The claim that a token is refused for.
async fn refused_claim(client: &Oidc, token: &str) -> &'static str {
    match post(client, token).await {
        Err(LogoutError::Token(InvalidToken::Claim { name, .. })) => name,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_logout_token_counts_once_and_once_more_after_its_logout_has_failed() {
    let key = SigningKey::es384("k");
    let (server, client, clock) = setup(&key, |_| {}).await;
    let token = signed(&key, &logout_claims(&server, clock.now()));
    let read = post(&client, &token).await.unwrap();
    assert_eq!((read.sub.as_deref(), read.sid.as_deref()), (Some("user_1"), Some("s-1")));
    assert_eq!(read.issued_at, clock.now());
    assert_eq!(post(&client, &token).await, Err(LogoutError::Replayed));
    client.forget_logout_token(&read);
    assert!(post(&client, &token).await.is_ok());
    assert_eq!(post(&client, &token).await, Err(LogoutError::Replayed));
    let another = with(&logout_claims(&server, clock.now()), "jti", json!("j-2"));
    assert!(post(&client, &signed(&key, &another)).await.is_ok());
}

#[tokio::test]
async fn a_logout_token_is_of_its_time_of_this_issuer_and_for_this_application() {
    let key = SigningKey::es384("k");
    let (server, client, clock) = setup(&key, |_| {}).await;
    let (now, skew) = (clock.now(), 60);
    let claims = logout_claims(&server, now);
    let at = |iat: u64| with(&with(&claims, "iat", json!(iat)), "exp", json!(iat + 300));
    for (claims, refused) in [
        (with(&claims, "iss", json!("https://other.example/oidc")), "iss"),
        (with(&claims, "aud", json!("app_2")), "aud"),
        (at(now - 120 - skew), "iat"),
        (at(now + skew + 1), "iat"),
        (with(&claims, "exp", json!(now - skew)), "exp"),
        (with(&claims, "events", json!({})), "events"),
        (with(&claims, "events", json!({EVENT: true})), "events"),
        (without(&claims, "events"), "events"),
        (with(&claims, "nonce", json!("n-1")), "nonce"),
        (without(&without(&claims, "sub"), "sid"), "sid"),
        (without(&claims, "jti"), "jti"),
    ] {
        assert_eq!(refused_claim(&client, &signed(&key, &claims)).await, refused, "{claims}");
    }
    for (number, claims) in
        [at(now - 119 - skew), at(now + skew), without(&claims, "sub"), without(&claims, "sid")]
            .iter()
            .enumerate()
    {
        let claims = with(claims, "jti", json!(number.to_string()));
        assert!(post(&client, &signed(&key, &claims)).await.is_ok(), "{claims}");
    }
}

#[tokio::test]
async fn a_logout_token_says_that_it_is_one_unless_the_issuer_is_known_not_to() {
    let key = SigningKey::es384("k");
    let (server, client, clock) = setup(&key, |_| {}).await;
    let lenient = ClientSettings { logout_typ: LogoutTyp::Optional, ..ClientSettings::of_a_test() };
    let lenient = Oidc::new(Arc::clone(client.issuer()), lenient);
    for (number, (typ, strictly, leniently)) in [
        (Some("logout+jwt"), true, true),
        (Some("application/logout+jwt"), true, true),
        (Some("JWT"), false, false),
        (Some("at+jwt"), false, false),
        (None, false, true),
    ]
    .into_iter()
    .enumerate()
    {
        let claims = with(&logout_claims(&server, clock.now()), "jti", json!(number.to_string()));
        let header = typ.map_or(key.header(), |typ| with(&key.header(), "typ", json!(typ)));
        let token = key.token_with(&header, &claims);
        for (client, is_accepted) in [(&client, strictly), (&lenient, leniently)] {
            let answer = post(client, &token).await;
            assert_eq!(answer.is_ok(), is_accepted, "{typ:?} {answer:?}");
            let is_header = matches!(answer, Err(LogoutError::Token(InvalidToken::Header(_))));
            assert_eq!(is_header, !is_accepted);
        }
    }
}

#[tokio::test]
async fn keys_are_searched_for_a_logout_token_only_if_its_key_is_not_known() {
    let key = SigningKey::es384("k");
    let (server, client, clock) = setup(&key, |_| {}).await;
    let claims = logout_claims(&server, clock.now());
    assert!(post(&client, &signed(&key, &claims)).await.is_ok());
    assert_eq!(server.received(KEYS).len(), 1);
    let new = SigningKey::es384("new");
    server.publish(&[&new]);
    let claims = with(&claims, "jti", json!("j-2"));
    assert!(post(&client, &signed(&new, &claims)).await.is_ok());
    assert_eq!(server.received(KEYS).len(), 2);
}

#[tokio::test]
async fn the_algorithm_that_is_pinned_is_the_only_one() {
    let (pinned, other) = (SigningKey::es384("k"), SigningKey::es256("k"));
    for (key, is_accepted) in [(&pinned, true), (&other, false)] {
        let es384 = |settings: &mut IssuerSettings| {
            settings.signing_algorithm = Some(Algorithm::Es384);
        };
        let (server, client, clock) = setup(key, es384).await;
        let answer = post(&client, &signed(key, &logout_claims(&server, clock.now()))).await;
        assert_eq!(answer.is_ok(), is_accepted, "{answer:?}");
        if let Err(why) = answer {
            assert!(why.to_string().contains("its algorithm is ES256, but"), "{why}");
        }
        let id_token = key.token(&claims(&server));
        assert_eq!(verify(&client, &id_token).await.is_ok(), is_accepted);
    }
}

#[test]
fn a_refusal_says_what_is_wrong_and_whose_fault_it_is() {
    let away = Error::Unavailable {
        call: Call::Keys,
        why: "no answer".into(),
        status: None,
        retry_after: None,
    };
    for (error, is_the_senders, text) in [
        (LogoutError::Request, true, "not a form with one `logout_token`"),
        (LogoutError::Token(InvalidToken::Signature), true, "the logout token is not valid: "),
        (LogoutError::Replayed, true, "has been used before"),
        (LogoutError::Unavailable(away), false, "no answer"),
    ] {
        assert_eq!(error.is_the_senders(), is_the_senders, "{error}");
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[tokio::test]
async fn whoever_examines_the_keys_learns_that_they_are_of_no_use() {
    let key = SigningKey::es384("k");
    let (server, client, _clock) = setup(&key, |_| {}).await;
    let Discovered::Right(endpoints) = client.issuer().examine().await else {
        panic!("the document is right")
    };
    let right = client.issuer().examine_keys(&endpoints).await;
    assert!(matches!(right, Ok(PublishedKeys::Right)), "{right:?}");
    server.answer(KEYS, Reply::json(200, &json!({"keys": []})));
    let Ok(PublishedKeys::Unusable(why)) = client.issuer().examine_keys(&endpoints).await else {
        panic!("no key is of use")
    };
    assert!(why.to_string().contains("no key for an accepted algorithm"), "{why}");
    server.answer(KEYS, Reply::json(503, &json!({})));
    let why = client.issuer().examine_keys(&endpoints).await;
    assert!(matches!(why, Err(Error::Unavailable { call: Call::Keys, .. })), "{why:?}");
}
