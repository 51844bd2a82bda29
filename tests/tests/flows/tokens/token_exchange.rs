//! Token exchange: the application acts for a user, with what that user may do and no more.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_rocket::testing::{Builder, Endpoint, Fault, Idp};
use logto_rocket::{Call, Error, Logto, SubjectTokenType, authenticated, resource};
use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::{fault, http};
use rocket::http::{Method, Status};
use rocket::serde::json::Value;
use rocket::{post, routes};

resource!(Orders = "https://api.example.test/orders");
resource!(Unknown = "https://nope.test/");

#[authenticated(role = "admin")]
#[post("/act-for", data = "<subject_token>")]
async fn act_for(subject_token: &str, logto: &Logto) -> Result<String, Error> {
    let exchange = logto.exchange_token(subject_token).resource(Orders);
    let token = exchange.scopes(["read:orders", "delete:orders"]).send().await?;
    assert!(token.expires_in().as_secs() > 3500);
    Ok(token.scopes().join(" "))
}

async fn app() -> App {
    let provider = |provider: Builder| provider.token_exchange(true);
    App::builder().provider(provider).routes(routes![act_for]).start().await
}

fn code(error: Error) -> String {
    match error {
        Error::Refused { call: Call::TokenExchange, code, .. } => code,
        other => panic!("{other:?}"),
    }
}

fn claims(jwt: &str) -> Value {
    let payload = jwt.split('.').nth(1).expect("a JWT");
    let json = URL_SAFE_NO_PAD.decode(payload).expect("base64");
    rocket::serde::json::from_slice(&json).expect("claims")
}

#[rocket::async_test]
async fn an_administrator_acts_for_a_user_with_the_permissions_of_that_user() {
    let app = app().await;
    let mut admin = app.signed_in("alice").await;
    let subject = app.idp.subject_token("alice").unwrap();
    let headers = [("Origin", ORIGIN), ("Content-Type", "text/plain")];
    let answer = admin.request(Method::Post, "/act-for", &headers, &subject).await;
    assert_eq!((answer.status, answer.body.as_str()), (Status::Ok, "read:orders"));
    let again = admin.request(Method::Post, "/act-for", &headers, &subject).await;
    assert_eq!(again.status, Status::BadGateway, "it is spent: {again:?}");
    let subject = app.idp.subject_token("bob").unwrap();
    let answer = admin.request(Method::Post, "/act-for", &headers, &subject).await;
    assert_eq!((answer.status, answer.body.as_str()), (Status::Ok, ""), "bob may do nothing");
    let mut bob = app.signed_in("bob").await;
    let refused = bob.request(Method::Post, "/act-for", &headers, &subject).await;
    assert_eq!(refused.status, Status::Forbidden);
}

#[rocket::async_test]
async fn the_request_is_that_of_the_specification() {
    let app = app().await;
    let (logto, idp) = (app.logto(), &app.idp);
    let subject = idp.subject_token("alice").unwrap();
    let actor = opaque_token(idp).await;
    let exchange = logto.exchange_token(&subject).actor_token(&actor);
    let exchange = exchange.resource(Orders).organization("org_1").scope("read:orders");
    let printed = format!("{exchange:?}");
    assert!(!printed.contains(&subject) && !printed.contains(&actor), "{printed}");
    let token = exchange.send().await.unwrap();
    let requests = idp.requests();
    let form = requests.last(Endpoint::Token).unwrap();
    for (name, value) in [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", &subject),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ("actor_token", &actor),
        ("actor_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ("resource", "https://api.example.test/orders"),
        ("organization_id", "org_1"),
        ("scope", "read:orders"),
    ] {
        assert_eq!(form.param(name), Some(value), "{name}");
    }
    let claims = claims(token.as_str());
    assert_eq!(claims["act"]["sub"], idp.user_id("bob").unwrap());
    assert_eq!(claims["sub"], idp.user_id("alice").unwrap());
    assert_eq!(claims["organization_id"], "org_1");
    assert!(token.has_scope("read:orders"));
}

#[rocket::async_test]
async fn without_a_resource_the_token_is_for_userinfo_and_a_personal_one_works_again() {
    let app = app().await;
    let personal = app.idp.personal_access_token("alice").unwrap();
    for _ in 0..2 {
        let exchange = app.logto().exchange_token(&personal);
        let exchange = exchange.subject_token_type(SubjectTokenType::PersonalAccessToken);
        let token = exchange.scope("openid profile").send().await.unwrap();
        assert_eq!(token.scopes(), ["openid", "profile"]);
        let known = app.logto().introspect(token.as_str()).await.unwrap();
        assert_eq!(known.sub(), app.idp.user_id("alice").as_deref());
    }
}

#[rocket::async_test]
async fn a_refusal_says_the_remedy() {
    let app = app().await;
    let subject = |user| app.logto().exchange_token(app.idp.subject_token(user).unwrap());
    let unknown = app.logto().exchange_token("nope").send().await.unwrap_err();
    assert!(unknown.to_string().contains("works once"), "{unknown}");
    assert_eq!(code(unknown), "invalid_grant");
    let actor = subject("alice").actor_token("nope").send().await.unwrap_err();
    assert_eq!(code(actor), "invalid_grant");
    let resource = subject("alice").resource(Unknown).send().await.unwrap_err();
    assert_eq!(code(resource), "invalid_target");
    let organization = subject("bob").organization("org_1").send().await.unwrap_err();
    assert_eq!(code(organization), "access_denied");
    let app = App::start().await;
    let subject = app.idp.subject_token("alice").unwrap();
    let refused = app.logto().exchange_token(subject).send().await.unwrap_err();
    assert!(refused.to_string().contains("must be allowed"), "{refused}");
    assert_eq!(code(refused), "invalid_request");
}

#[rocket::async_test]
async fn an_exchange_is_sent_once_whatever_comes_back() {
    let app = app().await;
    for (fault, away) in [
        (Fault::Status(503), true),
        (Fault::LoseAnswer, true),
        (Fault::Redirect("http://127.0.0.1:9/".into()), false),
        (fault::html(200, "<p>"), false),
    ] {
        let before = app.idp.requests().token();
        app.idp.fault(Endpoint::Token, fault.clone());
        let subject = app.idp.subject_token("alice").unwrap();
        let error = app.logto().exchange_token(&subject).send().await.unwrap_err();
        let unavailable = matches!(&error, Error::Unavailable { call: Call::TokenExchange, .. });
        let bad = matches!(&error, Error::BadAnswer { call: Call::TokenExchange, .. });
        assert_eq!((unavailable, bad), (away, !away), "{fault:?}: {error}");
        assert_eq!(app.idp.requests().token(), before + 1, "{fault:?}");
        assert!(!format!("{error} {error:?}").contains(&subject), "{error:?}");
    }
}

/// An opaque access token of bob's, as his session has one.
async fn opaque_token(idp: &Idp) -> String {
    let url = format!(
        "{}/oidc/auth?client_id={}&response_type=code&scope=openid&redirect_uri={ORIGIN}/&state=s",
        idp.endpoint(),
        idp.app_id()
    );
    let callback = url::Url::parse(&idp.authorize(&url, "bob").await.unwrap()).unwrap();
    let code = callback.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let redirect_uri = format!("{ORIGIN}/");
    let fields =
        [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", &redirect_uri)];
    let request = http::client().post(format!("{}/oidc/token", idp.endpoint()));
    let request = request.basic_auth(idp.app_id(), Some(idp.app_secret()));
    let answer = http::form(request, &fields).send().await.unwrap().text().await.unwrap();
    let answer: Value = rocket::serde::json::from_str(&answer).unwrap();
    answer["access_token"].as_str().expect("a token").to_owned()
}
