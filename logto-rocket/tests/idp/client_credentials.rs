use logto_rocket::testing::Idp;

use crate::support::*;

const API: &str = "https://default.logto.app/api";

async fn machine() -> Idp {
    let permissions: [(&str, &[&str]); 2] = [(API, &["all"]), ("org_1", &["invite:member"])];
    Idp::builder().machine("m2m", "secret", permissions).start().await.unwrap()
}

async fn ask(idp: &Idp, more: &[(&str, &str)]) -> Got {
    let mut form = vec![("grant_type", "client_credentials")];
    form.extend(more);
    let url = format!("{}/oidc/token", idp.endpoint());
    send(client().post(url).basic_auth("m2m", Some("secret")).form(&form)).await
}

#[rocket::async_test]
async fn a_machine_gets_the_scopes_that_it_names_and_has() {
    let idp = machine().await;
    let got = ask(&idp, &[("resource", API), ("scope", "all nope")]).await.json();
    assert_eq!(names(&got), ["access_token", "expires_in", "scope", "token_type"]);
    assert_eq!(got["scope"], "all");
    let access = claims(&got["access_token"]);
    assert_eq!((access["sub"].as_str(), access["client_id"].as_str()), (Some("m2m"), Some("m2m")));
    assert_eq!((access["aud"].as_str(), access["scope"].as_str()), (Some(API), Some("all")));
    for more in [&[("resource", API)][..], &[("resource", API), ("scope", "nope")]] {
        let got = ask(&idp, more).await.json();
        assert_eq!(names(&got), ["access_token", "expires_in", "token_type"]);
        assert_eq!(claims(&got["access_token"]).get("scope"), None);
    }
    let got = ask(&idp, &[("resource", ORDERS), ("scope", "read:orders")]).await;
    assert_eq!(
        (got.status, got.json().get("scope")),
        (200, None),
        "a scope that is not permitted is left out"
    );
}

#[rocket::async_test]
async fn a_machine_gets_organization_tokens_where_it_belongs() {
    let idp = machine().await;
    let got = ask(&idp, &[("organization_id", "org_1")]).await.json();
    assert_eq!(got["scope"], "");
    let got = ask(&idp, &[("organization_id", "org_1"), ("scope", "invite:member")]).await.json();
    let access = claims(&got["access_token"]);
    assert_eq!(access["aud"], "urn:logto:organization:org_1");
    assert_eq!(access["scope"], "invite:member");
    let got = ask(&idp, &[("organization_id", "org_1"), ("resource", ORDERS)]).await.json();
    assert_eq!(claims(&got["access_token"])["organization_id"], "org_1");
    assert_eq!(claims(&got["access_token"])["aud"], ORDERS);
    let got = ask(&idp, &[("organization_id", "org_2")]).await;
    let description = "app has not associated with the organization";
    assert_eq!(got.error(), refusal(403, "access_denied", description));
}

#[rocket::async_test]
async fn a_target_is_needed_and_must_be_known() {
    let idp = machine().await;
    let description = "both `resource` and `organization_id` are not provided";
    let got = ask(&idp, &[("scope", "all")]).await;
    assert_eq!(got.error(), refusal(400, "invalid_target", description));
    let description = "resource indicator is missing, or unknown";
    let got = ask(&idp, &[("resource", "https://nope.test/")]).await;
    assert_eq!(got.error(), refusal(400, "invalid_target", description));
}

#[rocket::async_test]
async fn a_web_application_is_no_machine_and_a_machine_has_no_users() {
    let idp = machine().await;
    assert_eq!(idp.app_id(), "test_app", "the handle names the web application");
    let description = "requested grant type is not allowed for this client";
    let form = [("grant_type", "client_credentials"), ("resource", API)];
    let got = token(&idp, &form).await;
    assert_eq!(got.error(), refusal(400, "invalid_request", description));
    let got = ask(&idp, &[]).await;
    assert_eq!(got.status, 400);
    let url = format!("{}/oidc/token", idp.endpoint());
    let form = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let got = send(client().post(url).basic_auth("m2m", Some("secret")).form(&form)).await;
    assert_eq!(got.error(), refusal(400, "invalid_request", description));
}
