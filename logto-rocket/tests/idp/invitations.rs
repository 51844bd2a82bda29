//! Organization invitations by the Management API.

use logto_rocket::testing::{Idp, User};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::*;

const API: &str = "https://default.logto.app/api";

/// A provider with Alice, who is in Acme, and Bob, who is nowhere.
async fn provider() -> Idp {
    let alice = User::new("alice").email("alice@example.test").organization("acme", ["admin"]);
    Idp::builder()
        .user(alice)
        .user(User::new("bob").email("bob@example.test"))
        .organization_role("admin", &["invite:member"])
        .organization_role("clerk", &[])
        .machine("manager", "secret", [(API, &["all"][..])])
        .machine("other", "secret", [(API, &[][..])])
        .start()
        .await
        .unwrap()
}

async fn token_of(idp: &Idp, machine: &str) -> String {
    let form = [("grant_type", "client_credentials"), ("resource", API), ("scope", "all")];
    let url = format!("{}/oidc/token", idp.endpoint());
    let request = client().post(url).basic_auth(machine, Some("secret")).form(&form);
    send(request).await.json()["access_token"].as_str().unwrap().to_owned()
}

async fn call(idp: &Idp, token: &str, method: Method, path: &str, body: Value) -> Got {
    let url = format!("{}/api/organization-invitations{path}", idp.endpoint());
    let request = client().request(method, url).bearer_auth(token).body(body.to_string());
    send(request.header("Content-Type", "application/json")).await
}

fn code_of(got: &Got) -> (u16, String) {
    (got.status, got.json()["code"].as_str().unwrap_or_default().to_owned())
}

fn in_a_day(idp: &Idp) -> u64 {
    (idp.clock().now() + 86_400) * 1000
}

#[rocket::async_test]
async fn who_accepts_an_invitation_becomes_a_member_with_its_roles() {
    let idp = provider().await;
    let token = token_of(&idp, "manager").await;
    let send = async |method, path: &str, body| call(&idp, &token, method, path, body).await;
    let body = json!({
        "inviterId": idp.user_id("alice"),
        "invitee": "bob@example.test",
        "organizationId": "acme",
        "expiresAt": in_a_day(&idp),
        "organizationRoleIds": ["clerk"],
        "messagePayload": { "link": "http://localhost:8000/" },
    });
    let made = send(Method::POST, "", body.clone()).await;
    assert_eq!((made.status, &made.json()["status"]), (201, &json!("Pending")));
    let twice = send(Method::POST, "", body).await;
    assert_eq!(code_of(&twice), (422, "entity.unique_integrity_violation".into()));

    let listed =
        send(Method::GET, "?organizationId=acme&invitee=bob@example.test", json!({})).await;
    assert_eq!(listed.json(), json!([made.json()]));
    assert_eq!(send(Method::GET, "?organizationId=other", json!({})).await.json(), json!([]));

    let accept = |user| json!({ "status": "Accepted", "acceptedUserId": idp.user_id(user) });
    let path = format!("/{}/status", made.json()["id"].as_str().unwrap());
    let wrong = send(Method::PUT, &path, accept("alice")).await;
    assert_eq!(code_of(&wrong), (422, "request.invalid_input".into()));
    let accepted = send(Method::PUT, &path, accept("bob")).await;
    assert_eq!((accepted.status, &accepted.json()["status"]), (200, &json!("Accepted")));
    let again = send(Method::PUT, &path, accept("bob")).await;
    assert_eq!(code_of(&again), (422, "request.invalid_input".into()));

    let code = code(&idp, "bob", ALL_SCOPES, &[]).await;
    let bob = claims(&exchange(&idp, &code, &[]).await.json()["id_token"]);
    assert_eq!(bob["organizations"], json!(["acme"]));
    assert_eq!(bob["organization_roles"], json!(["acme:clerk"]));
}

#[rocket::async_test]
async fn what_cannot_be_an_invitation_is_refused() {
    let idp = provider().await;
    let token = token_of(&idp, "manager").await;
    let wanted = |organization: &str, invitee: &str, at: u64| json!({ "invitee": invitee, "organizationId": organization, "expiresAt": at });
    let (day, carol) = (in_a_day(&idp), "carol@example.test");
    for (body, refused) in [
        (wanted("acme", "carol", day), (400, "guard.invalid_input")),
        (json!({}), (400, "guard.invalid_input")),
        (wanted("acme", carol, 1), (400, "request.invalid_input")),
        (wanted("nowhere", carol, day), (422, "entity.relation_foreign_key_not_found")),
    ] {
        let got = call(&idp, &token, Method::POST, "", body).await;
        assert_eq!(code_of(&got), (refused.0, refused.1.into()), "{}", got.text);
    }
    let made = call(&idp, &token, Method::POST, "", wanted("acme", carol, day)).await.json();
    let path = format!("/{}/status", made["id"].as_str().unwrap());
    idp.clock().advance(std::time::Duration::from_secs(2 * 86_400));
    let token = token_of(&idp, "manager").await;
    let listed = call(&idp, &token, Method::GET, "", json!({})).await.json();
    assert_eq!(listed[0]["status"], "Expired");
    let late = call(&idp, &token, Method::PUT, &path, json!({ "status": "Revoked" })).await;
    assert_eq!(code_of(&late), (422, "request.invalid_input".into()));
    let unknown =
        call(&idp, &token, Method::PUT, "/x/status", json!({ "status": "Revoked" })).await;
    assert_eq!(code_of(&unknown), (404, "entity.not_found".into()));
}

#[rocket::async_test]
async fn only_a_machine_with_the_scope_may_invite() {
    let idp = provider().await;
    let got = get(&idp, "/api/organization-invitations").await;
    assert_eq!(code_of(&got), (401, "auth.authorization_header_missing".into()));
    let got = call(&idp, "forged", Method::GET, "", json!({})).await;
    assert_eq!(code_of(&got), (401, "auth.unauthorized".into()));
    let other = token_of(&idp, "other").await;
    let got = call(&idp, &other, Method::POST, "", json!({})).await;
    assert_eq!(code_of(&got), (403, "auth.forbidden".into()));
    let manager = token_of(&idp, "manager").await;
    idp.clock().advance(std::time::Duration::from_secs(3_600));
    let got = call(&idp, &manager, Method::GET, "", json!({})).await;
    assert_eq!(code_of(&got), (401, "auth.unauthorized".into()));
}
