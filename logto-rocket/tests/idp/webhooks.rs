use aws_lc_rs::hmac;
use logto_rocket::testing::{Idp, SignedWebhook};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn is_signed(idp: &Idp, webhook: &SignedWebhook) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, idp.webhook_signing_key().as_bytes());
    let tag = hmac::sign(&key, webhook.body.as_bytes());
    let digits: Vec<_> = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat() == webhook.signature
}

/// The bodies of what was made since the last call.
fn made(idp: &Idp) -> Vec<Value> {
    let webhooks = idp.webhooks();
    assert!(webhooks.iter().all(|webhook| is_signed(idp, webhook)));
    webhooks.iter().map(|webhook| serde_json::from_str(&webhook.body).unwrap()).collect()
}

#[rocket::async_test]
async fn each_change_that_logto_reports_makes_a_webhook_of_its_shape() {
    let idp = Idp::start().await.unwrap();
    let key = idp.webhook_signing_key();
    assert!(key.len() == 32 && key.bytes().all(|it| it.is_ascii_alphanumeric()), "{key}");
    let id = idp.user_id("alice").unwrap();
    idp.suspend("alice");
    idp.reinstate("alice");
    idp.set_claim("alice", "name", "Alice");
    idp.set_custom_data("alice", json!({ "id": "another" }));
    idp.leave_organization("alice", "org_1");
    idp.reset_password("alice");
    idp.delete("alice");
    idp.delete_role("admin");
    let made = made(&idp);
    let shape = |it: &Value| {
        let text = |pointer: &str| it.pointer(pointer).cloned().unwrap_or_default();
        (text("/event"), text("/matchedRoute"), text("/params/userId"), text("/data/isSuspended"))
    };
    let user = |event: &str, below: &str, data: Value| {
        (json!(event), json!(format!("/users/:userId{below}")), json!(id), data)
    };
    assert_eq!(
        made.iter().map(shape).collect::<Vec<_>>(),
        [
            user("User.SuspensionStatus.Updated", "/is-suspended", json!(true)),
            user("User.SuspensionStatus.Updated", "/is-suspended", json!(false)),
            user("User.Data.Updated", "", json!(false)),
            user("User.Data.Updated", "/custom-data", Value::Null),
            (
                json!("Organization.Membership.Updated"),
                json!("/organizations/:id/users/:userId"),
                json!(id),
                Value::Null
            ),
            (json!("PostResetPassword"), Value::Null, Value::Null, Value::Null),
            user("User.Deleted", "", json!(false)),
            (json!("Role.Deleted"), json!("/roles/:id"), Value::Null, Value::Null),
        ]
    );
    assert_eq!(made[3]["data"], json!({ "id": "another" }), "it is the custom data itself");
    assert_eq!(made[4]["removedUserIds"], json!([id]));
    assert_eq!(made[5]["userId"], json!(id));
    assert!(idp.user_id("alice").is_none());
    for name in ["createdAt", "hookId"] {
        assert!(made.iter().all(|it| it[name].is_string()), "{name}");
    }
}

#[rocket::async_test]
async fn nothing_is_reported_when_a_user_gets_or_loses_a_role_or_is_not_there() {
    let idp = Idp::start().await.unwrap();
    idp.add_role("bob", "admin");
    idp.remove_role("alice", "admin");
    idp.suspend("nobody");
    idp.delete("nobody");
    idp.reset_password("nobody");
    assert!(made(&idp).is_empty());
    idp.test_webhook("User.Deleted");
    let [test] = made(&idp).try_into().unwrap();
    assert_eq!(test["path"], "/fake-path/:id");
    assert!(made(&idp).is_empty(), "each is there once");
}

#[rocket::async_test]
async fn it_posts_to_the_address_that_it_was_given() {
    let idp = Idp::start().await.unwrap();
    idp.suspend("alice");
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    idp.post_webhooks_to(&format!("http://{}/hook?a=b", socket.local_addr().unwrap()));
    idp.reinstate("alice");
    let (mut stream, _) = socket.accept().await.unwrap();
    let (mut request, mut buffer) = (String::new(), [0; 4096]);
    while !request.ends_with('}') {
        let read = stream.read(&mut buffer).await.unwrap();
        request.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
    }
    stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
    let [_, webhook] = idp.webhooks().try_into().unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, webhook.body);
    assert!(head.starts_with("POST /hook?a=b HTTP/1.1\r\n"), "{head}");
    for line in [
        "content-type: application/json".to_owned(),
        format!("content-length: {}", body.len()),
        format!("logto-signature-sha-256: {}", webhook.signature),
    ] {
        assert!(head.contains(&line), "no `{line}` in {head}");
    }
}
