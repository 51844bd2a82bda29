//! API resources that Logto does not know.

use logto_rocket::testing::Idp;
use logto_rocket::{Clock, DiagnosisCheck as Check};
use logto_rocket_tests::app::{App, config_without_address, launch, logto_of};

use super::{Good, Unknown, Wrong, of, only};

const KNOWN: &str = "https://api.example.test/orders";
const UNKNOWN: &str = "https://api.example.test/order";

#[rocket::async_test]
async fn an_unknown_resource_is_found_among_several() {
    let app = App::builder().config(|it| it.resources([KNOWN, UNKNOWN])).start().await;
    let diagnosis = app.logto().diagnose().await;
    let found: Vec<_> = of(&diagnosis, Check::Resource)
        .into_iter()
        .map(|it| (it.subject().unwrap(), it.outcome()))
        .collect();
    assert_eq!(found, [(KNOWN, Good), (UNKNOWN, Wrong)], "{diagnosis}");
    assert_eq!(only(&diagnosis, Check::RedirectUri).outcome(), Good, "{diagnosis}");
    let cure = of(&diagnosis, Check::Resource)[1].cure().unwrap();
    assert!(cure.contains("`logto.resources`"), "{cure}");
}

#[rocket::async_test]
async fn the_only_resource_is_not_asked_for_twice() {
    let app = App::builder().config(|it| it.resources([UNKNOWN])).start().await;
    let diagnosis = app.logto().diagnose().await;
    assert_eq!(only(&diagnosis, Check::Resource).outcome(), Wrong, "{diagnosis}");
    assert_eq!(app.idp.requests().authorizations(), 1);
}

#[rocket::async_test]
async fn a_diagnosis_makes_at_most_twelve_requests_to_logto() {
    let resources: Vec<_> = (0..20).map(|at| format!("https://api.example.test/{at}")).collect();
    let hosts = ["https://shop.example", "https://shop.example.org", "https://shop.example.net"];
    for (hosts, asked) in [(&hosts[..1], 8), (&hosts, 4)] {
        let uris = hosts.iter().map(|host| format!("{host}/auth/sign-in-callback"));
        let idp = uris.fold(Idp::builder(), |idp, uri| idp.redirect_uri(&uri));
        let idp = idp.start().await.unwrap();
        let config = config_without_address(&idp).resources(resources.clone());
        let config = config.base_urls(hosts.iter().copied());
        let client = launch(&Clock::frozen(), config, Vec::new()).await;
        // The launch fetches these two as well.
        logto_of(&client).ready().await;
        idp.forget_requests();
        let diagnosis = logto_of(&client).diagnose().await;
        assert_eq!(idp.requests().all().count(), 12, "{diagnosis}");
        let resources = of(&diagnosis, Check::Resource);
        let wrong = resources.iter().filter(|it| it.outcome() == Wrong).count();
        assert_eq!(wrong, asked, "{diagnosis}");
        let rest = resources.last().unwrap();
        assert_eq!(rest.outcome(), Unknown, "{diagnosis}");
        assert!(rest.found().contains("not checked"), "{diagnosis}");
        assert!(rest.subject().unwrap().ends_with("/19"), "{diagnosis}");
    }
}
