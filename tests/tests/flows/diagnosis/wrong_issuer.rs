//! A wrong `logto.issuer` beside the right endpoint.

use logto_rocket::testing::Idp;
use logto_rocket::{Clock, DiagnosisCheck as Check};
use logto_rocket_tests::app::{config_for, launch, logto_of};

use super::assert_only_wrong;

#[rocket::async_test]
async fn a_wrong_issuer_is_blamed_and_not_the_right_endpoint() {
    let idp = Idp::start().await.unwrap();
    for (path, check) in [("/oidc2", Check::Endpoint), ("/oidc/", Check::Issuer)] {
        let issuer = format!("{}{path}", idp.endpoint());
        let client = launch(&Clock::frozen(), config_for(&idp).issuer(&issuer), Vec::new()).await;
        let diagnosis = logto_of(&client).diagnose().await;
        assert_only_wrong(&diagnosis, check, "", "correct `logto.issuer` (from");
        assert!(!diagnosis.to_string().contains("`logto.endpoint` (from"), "{diagnosis}");
    }
}
