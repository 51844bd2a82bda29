//! A wrong `logto.issuer` beside the right endpoint.

use logto_rocket::testing::Idp;
use logto_rocket::{Clock, DiagnosisCheck as Check};
use logto_rocket_tests::app::{config_for, launch, logto_of};
use logto_rocket_tests::certificates::Certificates;
use logto_rocket_tests::oidc_provider::{Provider, ProviderOptions};

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

#[rocket::async_test]
async fn a_wrong_internal_endpoint_leads_to_its_own_key() {
    let (idp, other) = (Idp::start().await.unwrap(), Idp::start().await.unwrap());
    let nowhere = "http://127.0.0.1:9";
    for (internal, check) in [(nowhere, Check::Endpoint), (other.endpoint(), Check::Issuer)] {
        let config = config_for(&idp).internal_endpoint(internal);
        let client = launch(&Clock::frozen(), config, Vec::new()).await;
        let diagnosis = logto_of(&client).diagnose().await;
        assert_only_wrong(&diagnosis, check, "", "`logto.internal_endpoint`");
        assert!(!diagnosis.to_string().contains("console shows"), "{diagnosis}");
    }
}

#[rocket::async_test]
async fn a_port_that_does_not_speak_tls_is_no_matter_of_certificates() {
    let idp = Idp::start().await.unwrap();
    let endpoint = idp.endpoint().replace("http://", "https://");
    let config = config_for(&idp).endpoint(endpoint);
    let client = launch(&Clock::frozen(), config, Vec::new()).await;
    let diagnosis = logto_of(&client).diagnose().await;
    assert_only_wrong(&diagnosis, Check::Endpoint, "does not speak TLS", "`logto.endpoint`");
    assert!(!diagnosis.to_string().contains("ca_certificates"), "{diagnosis}");
}

#[rocket::async_test]
async fn a_certificate_of_an_unknown_authority_leads_to_the_key_for_it() {
    let Some(certificates) = Certificates::make() else { return };
    let tls = Some([certificates.certificate(), certificates.key()]);
    let options = ProviderOptions { tls, ..ProviderOptions::default() };
    let Some(provider) = Provider::start(&options) else { return };
    let idp = Idp::start().await.unwrap();
    let config = config_for(&idp).endpoint(provider.origin());
    let client = launch(&Clock::frozen(), config, Vec::new()).await;
    let diagnosis = logto_of(&client).diagnose().await;
    assert_only_wrong(&diagnosis, Check::Endpoint, "no TLS connection", "`logto.endpoint`");
    assert!(diagnosis.to_string().contains("set `logto.ca_certificates`"), "{diagnosis}");
}
