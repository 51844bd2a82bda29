//! Which kind of token is an access token.

use super::*;

#[tokio::test]
async fn the_type_is_that_of_an_access_token_in_any_case() {
    let setup = Setup::start().await;
    let typed = |typ: Value| setup.with_header(&with(&setup.header(), "typ", typ));
    for typ in ["at+jwt", "AT+JWT", "At+Jwt", "application/at+jwt", "Application/AT+JWT"] {
        assert!(setup.accepts(&typed(json!(typ))).await, "{typ}");
    }
    for typ in [
        "JWT",
        "jwt",
        "",
        "logout+jwt",
        "id+jwt",
        "dpop+jwt",
        "at+jwt ",
        " at+jwt",
        "at+jwt;x=1",
        "at",
        "application/",
        "application/jwt",
        "application/application/at+jwt",
        "text/at+jwt",
        "at+ｊwt",
        "xat+jwt",
        "at+jwts",
    ] {
        let why = setup.refused(&typed(json!(typ))).await;
        assert!(matches!(&why, InvalidToken::Header(why) if why.contains("typ")), "{typ}: {why:?}");
    }
    let absent = setup.with_header(&setup.key.header());
    for token in [absent, typed(json!(null))] {
        assert!(matches!(setup.refused(&token).await, InvalidToken::Header(_)));
    }
    for typ in [json!(7), json!(["at+jwt"]), json!({}), json!(true)] {
        assert_eq!(setup.refused(&typed(typ)).await, InvalidToken::Malformed);
    }
}

/// Security item 37: whatever else Logto signs by the same key.
#[tokio::test]
async fn an_id_token_and_a_logout_token_are_no_access_tokens() {
    let setup = Setup::start().await;
    let everything = |more: Value| {
        let mut claims = setup.claims();
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        claims
    };
    let id_token = everything(json!({"nonce": "n-1", "at_hash": "x", "sid": "s-1"}));
    let event = "http://schemas.openid.net/event/backchannel-logout";
    let logout_token = everything(json!({"events": {event: {}}, "sid": "s-1"}));
    for (typ, claims) in [
        (None, &id_token),
        (Some("JWT"), &id_token),
        (Some("logout+jwt"), &logout_token),
        (None, &logout_token),
    ] {
        let header = setup.key.header();
        let header = typ.map_or(header.clone(), |typ| with(&header, "typ", json!(typ)));
        let why = setup.refused(&setup.key.token_with(&header, claims)).await;
        assert!(matches!(&why, InvalidToken::Header(why) if why.contains("typ")), "{why:?}");
    }
    // As Logto makes them, they also lack what an access token has.
    let as_made = super::super::claims(&setup.server);
    assert_eq!(setup.refused_claim(&access_token(&setup.key, &as_made)).await, "client_id");
    assert!(setup.accepts(&access_token(&setup.key, &everything(json!({})))).await);
}

/// And the reverse.
#[tokio::test]
async fn an_access_token_is_no_id_token() {
    let setup = Setup::start().await;
    let claims = with(&with(&setup.claims(), "nonce", json!("n-1")), "aud", json!(APP));
    let token = access_token(&setup.key, &claims);
    assert!(matches!(super::super::refused(&setup.api, &token).await, InvalidToken::Header(_)));
    assert!(verify(&setup.api, &setup.key.token(&claims)).await.is_ok());
    assert!(setup.accepts(&token).await);
}
