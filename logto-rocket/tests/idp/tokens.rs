use std::time::Duration;

use logto_rocket::Clock;
use logto_rocket::testing::Idp;
use serde_json::json;

use crate::support::*;

#[rocket::async_test]
async fn a_code_brings_opaque_tokens_and_an_id_token() {
    let idp = Idp::start().await.unwrap();
    let code = code(&idp, "alice", ALL_SCOPES, &[]).await;
    assert_eq!(code.len(), 43);
    let got = exchange(&idp, &code, &[]).await;
    let tokens = got.json();
    assert_eq!(got.status, 200);
    assert_eq!(got.header("cache-control"), "no-store");
    assert!(got.headers.get("pragma").is_none());
    assert_eq!(
        names(&tokens),
        ["access_token", "expires_in", "id_token", "refresh_token", "scope", "token_type"]
    );
    assert_eq!(tokens["access_token"].as_str().unwrap().len(), 43);
    assert_eq!(tokens["refresh_token"].as_str().unwrap().len(), 43);
    assert_eq!(tokens["expires_in"], 3600);
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["scope"], ALL_SCOPES);
}

#[rocket::async_test]
async fn the_id_token_of_a_full_profile_has_the_claims_of_the_capture() {
    let idp = Idp::start().await.unwrap();
    let tokens = sign_in(&idp, "alice", ALL_SCOPES, &[]).await;
    let (header, claims) = decoded(&tokens["id_token"]);
    assert_eq!(names(&header), ["alg", "kid"], "no typ");
    assert_eq!(header["alg"], "ES384");
    let mut expected = [
        "sub",
        "name",
        "family_name",
        "given_name",
        "nickname",
        "preferred_username",
        "picture",
        "website",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
        "username",
        "created_at",
        "email",
        "email_verified",
        "phone_number",
        "phone_number_verified",
        "address",
        "roles",
        "organizations",
        "organization_roles",
        "nonce",
        "aud",
        "exp",
        "iat",
        "iss",
    ];
    expected.sort_unstable();
    assert_eq!(names(&claims), expected);
    assert_eq!(claims["iss"], idp.issuer());
    assert_eq!(claims["aud"], idp.app_id());
    assert_eq!(claims["nonce"], "the nonce");
    assert_eq!(claims["sub"].as_str().unwrap().len(), 12);
    assert_eq!(claims["exp"].as_u64().unwrap(), claims["iat"].as_u64().unwrap() + 3600);
    assert!(claims["updated_at"].as_u64().unwrap() > 1_700_000_000_000, "milliseconds");
    assert!(claims["created_at"].as_u64().unwrap() > 1_700_000_000_000, "milliseconds");
    assert_eq!(claims["address"]["country"], "GB");
    assert_eq!(claims["roles"], json!(["admin"]));
    assert_eq!(claims["organizations"], json!(["org_1"]));
    assert_eq!(claims["organization_roles"], json!(["org_1:org-admin"]));
    assert!(verifies(&tokens["id_token"], &get(&idp, "/oidc/jwks").await.json()));
}

#[rocket::async_test]
async fn a_user_without_a_profile_has_nulls() {
    let idp = Idp::start().await.unwrap();
    let claims = claims(&sign_in(&idp, "bob", ALL_SCOPES, &[]).await["id_token"]);
    for name in ["name", "picture", "email", "phone_number"] {
        assert_eq!(claims.get(name), Some(&json!(null)), "{name} is there as null");
    }
    assert_eq!(claims["email_verified"], false);
    assert_eq!(claims["phone_number_verified"], false);
    for name in ["roles", "organizations", "organization_roles"] {
        assert_eq!(claims[name], json!([]));
    }
    assert_eq!(claims.get("family_name"), None);
    assert_eq!(claims.get("address"), None);
}

#[rocket::async_test]
async fn scopes_decide_the_claims() {
    let idp = Idp::start().await.unwrap();
    let tokens = sign_in(&idp, "alice", "openid", &[]).await;
    assert_eq!(names(&claims(&tokens["id_token"])), ["aud", "exp", "iat", "iss", "nonce", "sub"]);
    assert_eq!(tokens["scope"], "openid");
    assert_eq!(tokens.get("refresh_token"), None);
}

#[rocket::async_test]
async fn sid_is_sent_only_if_the_session_is_required() {
    let idp = Idp::builder().session_required(true).start().await.unwrap();
    let tokens = sign_in(&idp, "alice", "openid", &[]).await;
    assert_eq!(claims(&tokens["id_token"])["sid"].as_str().unwrap().len(), 43);
}

#[rocket::async_test]
async fn the_scope_never_lists_what_a_resource_permits() {
    let idp = Idp::start().await.unwrap();
    let scope = "openid offline_access read:orders";
    let tokens = sign_in(&idp, "alice", scope, &[("resource", ORDERS)]).await;
    assert_eq!(tokens["scope"], "openid offline_access");
}

#[rocket::async_test]
async fn an_exchange_with_a_resource_brings_its_jwt_at_once() {
    let idp = Idp::start().await.unwrap();
    let code = code(&idp, "alice", "openid offline_access read:orders", &[("resource", ORDERS)]);
    let got = exchange(&idp, &code.await, &[("resource", ORDERS)]).await;
    let (header, claims) = decoded(&got.json()["access_token"]);
    assert_eq!(header["typ"], "at+jwt");
    assert_eq!(claims["aud"], ORDERS);
    assert_eq!(claims["scope"], "read:orders");
    assert!(got.json()["id_token"].is_string() && got.json()["refresh_token"].is_string());
}

#[rocket::async_test]
async fn an_exchange_with_a_resource_not_asked_for_burns_the_code() {
    let idp = Idp::start().await.unwrap();
    let code = code(&idp, "alice", "openid offline_access", &[]).await;
    let got = exchange(&idp, &code, &[("resource", ORDERS)]).await;
    let description = "resource indicator is missing, or unknown";
    assert_eq!(got.error(), refusal(400, "invalid_target", description));
    assert_eq!(exchange(&idp, &code, &[]).await.error(), invalid_grant());
}

#[rocket::async_test]
async fn a_resource_without_openid_brings_its_jwt_and_no_id_token() {
    let idp = Idp::start().await.unwrap();
    let more = [("resource", ORDERS), ("nonce", "-")];
    let tokens = sign_in(&idp, "alice", "read:orders", &more).await;
    assert_eq!(names(&tokens), ["access_token", "expires_in", "scope", "token_type"]);
    assert_eq!(claims(&tokens["access_token"])["aud"], ORDERS);
    assert_eq!(tokens["scope"], "read:orders");
}

#[rocket::async_test]
async fn a_failed_attempt_does_not_burn_the_code() {
    let idp = Idp::start().await.unwrap();
    let code = code(&idp, "alice", "openid", &[]).await;
    let attempt = |name: &'static str, value: &'static str| {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        form.retain(|(n, _)| *n != name);
        if !value.is_empty() {
            form.push((name, value));
        }
        form
    };
    let missing =
        |name| refusal(400, "invalid_request", &format!("missing required parameter '{name}'"));
    for (name, value, expected) in [
        ("code_verifier", "", invalid_grant()),
        ("code_verifier", "qabnh4WJeHt3VdhBzJZpBk70sZf_DH0BHKlX_hltMMY", invalid_grant()),
        (
            "code_verifier",
            "abc",
            refusal(
                400,
                "invalid_request",
                "code_verifier must be a string with a minimum length of 43 characters",
            ),
        ),
        ("redirect_uri", "http://localhost:8000/callback", invalid_grant()),
        ("redirect_uri", "", missing("redirect_uri")),
        ("code", "", missing("code")),
        ("code", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", invalid_grant()),
        ("grant_type", "", missing("grant_type")),
        (
            "grant_type",
            "password",
            refusal(400, "unsupported_grant_type", "unsupported grant_type requested"),
        ),
    ] {
        assert_eq!(token(&idp, &attempt(name, value)).await.error(), expected, "{name}={value}");
    }
    assert_eq!(exchange(&idp, &code, &[]).await.status, 200);
}

#[rocket::async_test]
async fn the_body_of_invalid_grant_is_logtos() {
    let idp = Idp::start().await.unwrap();
    let got = exchange(&idp, "unknown", &[]).await;
    assert_eq!(
        got.json(),
        json!({
            "code": "oidc.invalid_grant",
            "message": "Grant request is invalid.",
            "error_uri": "https://openid.sh/debug/invalid_grant",
            "error": "invalid_grant",
            "error_description": "grant request is invalid",
        })
    );
}

#[rocket::async_test]
async fn a_second_exchange_ends_what_the_first_one_brought() {
    let idp = Idp::start().await.unwrap();
    let code = code(&idp, "alice", "openid offline_access", &[]).await;
    let tokens = exchange(&idp, &code, &[]).await.json();
    assert_eq!(userinfo(&idp, &tokens["access_token"]).await.status, 200);
    assert_eq!(exchange(&idp, &code, &[]).await.error(), invalid_grant());
    assert_eq!(userinfo(&idp, &tokens["access_token"]).await.status, 401);
    assert_eq!(refresh(&idp, &tokens, &[]).await.error(), invalid_grant());
}

#[rocket::async_test]
async fn a_code_lives_60_seconds() {
    let clock = Clock::frozen();
    let idp = Idp::builder().clock(clock.clone()).start().await.unwrap();
    let (first, second) =
        (code(&idp, "bob", "openid", &[]).await, code(&idp, "bob", "openid", &[]).await);
    clock.advance(Duration::from_secs(50));
    assert_eq!(exchange(&idp, &first, &[]).await.status, 200);
    clock.advance(Duration::from_secs(10));
    assert_eq!(exchange(&idp, &second, &[]).await.error(), invalid_grant());
}

#[rocket::async_test]
async fn without_a_challenge_no_verifier_may_come() {
    let idp = Idp::start().await.unwrap();
    let without = [("code_challenge", "-"), ("code_challenge_method", "-")];
    let plain = code(&idp, "alice", "openid", &without).await;
    assert_eq!(exchange(&idp, &plain, &[]).await.error(), invalid_grant());
    let form =
        [("grant_type", "authorization_code"), ("code", &*plain), ("redirect_uri", CALLBACK)];
    assert_eq!(token(&idp, &form).await.status, 200, "PKCE is not required of a web application");
}

#[rocket::async_test]
async fn clients_are_refused_as_logto_refuses_them() {
    let idp = Idp::start().await.unwrap();
    let url = format!("{}/oidc/token", idp.endpoint());
    let form = [("grant_type", "refresh_token"), ("refresh_token", "unknown")];
    let post = || client().post(&url).form(&form);

    let got = send(post().basic_auth(idp.app_id(), Some("wrong"))).await;
    assert_eq!(got.error(), refusal(401, "invalid_client", "client authentication failed"));
    assert_eq!(got.json()["message"], "An OIDC error occurred: oidc.invalid_client.");
    let challenge = format!(
        r#"Basic realm="{}", error="invalid_client", error_description="client authentication failed""#,
        idp.issuer()
    );
    assert_eq!(got.header("www-authenticate"), challenge);

    let got = send(post().basic_auth("nope", Some("x"))).await;
    assert_eq!(got.error(), refusal(400, "invalid_client", "invalid client nope"));

    let got = send(post()).await;
    let description = "no client authentication mechanism provided";
    assert_eq!(got.error(), refusal(400, "invalid_request", description));

    let with = |id: &str, secret: &str| {
        let mut form = form.to_vec();
        form.extend([("client_id", id), ("client_secret", secret)]);
        client().post(&url).form(&form)
    };
    let got = send(with(idp.app_id(), "wrong")).await;
    assert_eq!(got.error(), refusal(401, "invalid_client", "client authentication failed"));
    assert_eq!(got.header("www-authenticate"), "", "only if Basic was used");
    let both =
        with(idp.app_id(), idp.app_secret()).basic_auth(idp.app_id(), Some(idp.app_secret()));
    let description = "client authentication must only be provided using one mechanism";
    assert_eq!(send(both).await.error(), refusal(400, "invalid_request", description));
    let right = send(with(idp.app_id(), idp.app_secret())).await;
    assert_eq!(right.error(), invalid_grant(), "post is as good as basic");
}

#[rocket::async_test]
async fn basic_credentials_are_form_decoded() {
    let idp = Idp::builder().app("an app", "p+ss:w&rd=%").start().await.unwrap();
    let url = format!("{}/oidc/token", idp.endpoint());
    let form = [("grant_type", "refresh_token"), ("refresh_token", "unknown")];
    let basic = client().post(url).basic_auth("an+app", Some("p%2Bss%3Aw%26rd%3D%25")).form(&form);
    assert_eq!(send(basic).await.error(), invalid_grant());
}

#[rocket::async_test]
async fn a_json_body_works_and_a_text_does_not() {
    let idp = Idp::start().await.unwrap();
    let url = format!("{}/oidc/token", idp.endpoint());
    let post = |kind: &str, body: String| {
        let request = client().post(&url).basic_auth(idp.app_id(), Some(idp.app_secret()));
        request.header("content-type", kind).body(body)
    };
    let code = code(&idp, "alice", "openid", &[]).await;
    let body = json!({
        "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    });
    assert_eq!(send(post("application/json", body.to_string())).await.status, 200);
    let description =
        "only application/x-www-form-urlencoded content-type bodies are supported on POST /token";
    let got = send(post("text/plain", "x=1".into())).await;
    assert_eq!(got.error(), refusal(400, "invalid_request", description));
}
