//! Keys of Logto that verify none of its tokens here.

use logto_rocket::DiagnosisCheck as Check;
use logto_rocket::testing::Endpoint;
use logto_rocket_tests::app::App;
use logto_rocket_tests::fault;

use super::{Good, assert_only_wrong, only};

#[rocket::async_test]
async fn keys_that_verify_nothing_are_found() {
    let app = App::start().await;
    app.logto().ready().await;
    app.idp.fault(Endpoint::Keys, fault::json(200, r#"{"keys":[]}"#)).for_ever();
    let diagnosis = app.logto().diagnose().await;
    assert_only_wrong(&diagnosis, Check::SigningKeys, "ES384", "rotate the signing key");
}

#[rocket::async_test]
async fn a_pinned_algorithm_for_which_logto_has_no_key_is_found() {
    let app = App::builder().config(|it| it.signing_algorithm("RS256")).start().await;
    let diagnosis = app.logto().diagnose().await;
    let found = "no key for RS256, which `logto.signing_algorithm` (from";
    assert_only_wrong(&diagnosis, Check::SigningKeys, found, "set it to ES384");
}

#[rocket::async_test]
async fn a_pinned_algorithm_for_which_logto_has_a_key_is_good() {
    let app = App::builder().config(|it| it.signing_algorithm("ES384")).start().await;
    let diagnosis = app.logto().diagnose().await;
    assert_eq!(only(&diagnosis, Check::SigningKeys).outcome(), Good, "{diagnosis}");
}

#[rocket::async_test]
async fn an_answer_that_has_no_keys_leads_to_its_address_and_not_to_a_rotation() {
    let large = format!(r#"{{"keys":["{}"]}}"#, "x".repeat(1 << 20));
    for answer in [fault::json(200, large), fault::json(200, "[]"), fault::html(404, "no page")] {
        let app = App::start().await;
        app.logto().ready().await;
        app.idp.fault(Endpoint::Keys, answer).for_ever();
        let diagnosis = app.logto().diagnose().await;
        let cure = format!("open {}/oidc/jwks", app.idp.endpoint());
        assert_only_wrong(&diagnosis, Check::SigningKeys, "", &cure);
        let cure = only(&diagnosis, Check::SigningKeys).cure();
        assert!(cure.is_some_and(|it| !it.contains("rotate")), "{diagnosis}");
        assert!(cure.is_some_and(|it| it.contains("`logto.endpoint`")), "{diagnosis}");
        assert_eq!(only(&diagnosis, Check::AppSecret).outcome(), Good, "{diagnosis}");
    }
}
