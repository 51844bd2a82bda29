//! Large bodies: a user can make the report of the own suspension several megabytes long.

use logto_rocket_tests::webhooks::post;
use rocket::http::Status;
use serde_json::{Value, json};

use super::app;

fn nested(depth: usize) -> String {
    format!("{}1{}", "[".repeat(depth), "]".repeat(depth))
}

/// Guards against this mistake: a user with 4 MB of custom data could not be suspended, because the report
/// was too long; another one nested lists until no parser read it.
#[rocket::async_test]
async fn no_custom_data_hides_a_suspension() {
    let app = app().await;
    for custom in [
        // 7.9 MB of them.
        format!("[{}0]", "100000000000000000000,".repeat(360_000)),
        nested(100_000),
        r#"{"a":"\ud800","b":1e400,"isSuspended":false,"id":"another"}"#.into(),
        format!("\"{}\"", "ä\u{2028}\\\"".repeat(1_000_000)),
    ] {
        app.idp.reinstate("alice");
        let mut alice = app.signed_in("alice").await;
        let id = app.idp.user_id("alice").unwrap();
        let at = app.now_as_text(999);
        let body = format!(
            "{{\"event\":\"User.SuspensionStatus.Updated\",\"createdAt\":\"{at}\",\"path\":\
             \"/users/{id}/is-suspended\",\"params\":{{\"userId\":\"{id}\"}},\"matchedRoute\":\
             \"/users/:userId/is-suspended\",\"data\":{{\"id\":\"{id}\",\"customData\":{custom},\
             \"isSuspended\":true}},\"hookId\":\"h\"}}"
        );
        assert!(body.len() < 8 << 20, "{}", body.len());
        let answer = post(&app.client, &app.idp.sign_webhook(&body)).await;
        assert_eq!(answer.status, Status::NoContent, "{} bytes", body.len());
        assert!(!alice.is_signed_in().await, "{} bytes", body.len());
        app.clock.advance(super::SECOND);
    }
}

#[rocket::async_test]
async fn eight_mebibytes_are_read_and_no_byte_more() {
    let app = app().await;
    let of_length = |length: usize| {
        let mut body: Value = json!({ "event": "User.Created", "data": "" });
        body["createdAt"] = app.now_as_text(0).into();
        let rest = length - body.to_string().len();
        body["data"] = "x".repeat(rest).into();
        let webhook = app.idp.sign_webhook(&body.to_string());
        assert_eq!(webhook.body.len(), length);
        webhook
    };
    for (length, expected) in [
        (64 << 10, Status::NoContent),
        ((64 << 10) + 1, Status::NoContent),
        (8 << 20, Status::NoContent),
        ((8 << 20) + 1, Status::PayloadTooLarge),
    ] {
        assert_eq!(post(&app.client, &of_length(length)).await.status, expected, "{length}");
    }
}
