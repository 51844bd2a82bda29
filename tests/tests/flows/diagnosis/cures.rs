//! Each finding that is not good says what to do.

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket::{Diagnosis, DiagnosisCheck as Check};
use logto_rocket_tests::app::App;
use logto_rocket_tests::fault;

use super::{Good, Unknown, of, only};

const ASKED: [Endpoint; 3] = [Endpoint::Authorization, Endpoint::Token, Endpoint::EndSession];

#[rocket::async_test]
async fn each_finding_that_is_not_good_has_a_cure() {
    let page = || fault::html(200, "<h1>Welcome to nginx!</h1>");
    let elsewhere = || Fault::Redirect("https://login.example.com/".into());
    let odd = || fault::json(400, r#"{"error":"odd"}"#);
    let every = [ASKED.as_slice(), &[Endpoint::Keys]].concat();
    for (endpoints, answer) in [
        (&ASKED[..], page()),
        (&ASKED, elsewhere()),
        (&ASKED, odd()),
        (&every, Fault::Status(503)),
        (&every, Fault::Reset),
        (&every, Fault::Status(404)),
        (&[Endpoint::Discovery], Fault::Status(503)),
        (&[Endpoint::Discovery], page()),
        (&[Endpoint::Discovery], Fault::without_member("end_session_endpoint")),
        (&[Endpoint::Authorization], fault::json(400, r#"{"error":"invalid_client"}"#)),
        (&[Endpoint::Token], fault::json(400, r#"{"error":"invalid_client"}"#)),
    ] {
        let resources = ["https://api.example.test/orders", "https://api.example.test/tea"];
        let app = App::builder().config(|it| it.resources(resources)).start().await;
        for endpoint in endpoints {
            app.idp.fault(*endpoint, answer.clone()).for_ever();
        }
        let diagnosis = app.logto().diagnose().await;
        assert!(!diagnosis.is_good(), "{answer:?}: {diagnosis}");
        assert_each_has_a_cure(&diagnosis);
    }
}

fn assert_each_has_a_cure(diagnosis: &Diagnosis) {
    for finding in diagnosis.findings().iter().filter(|it| it.outcome() != Good) {
        let cure = finding.cure().unwrap_or_else(|| panic!("{}: {diagnosis}", finding.check()));
        assert!(cure.len() > 15 && !cure.contains("  "), "{cure}");
    }
}

#[rocket::async_test]
async fn only_logtos_own_form_shows_that_a_post_sign_out_uri_is_registered() {
    for page in ["<h1>Welcome to nginx!</h1>", "<form action=\"/search\"><input name=q></form>"] {
        let app = App::start().await;
        app.idp.fault(Endpoint::EndSession, fault::html(200, page)).for_ever();
        let diagnosis = app.logto().diagnose().await;
        let uri = only(&diagnosis, Check::PostSignOutUri);
        assert_eq!(uri.outcome(), Unknown, "{diagnosis}");
        let cure = uri.cure().unwrap();
        assert!(cure.contains("post sign-out redirect URIs of the application"), "{cure}");
    }
    // As oidc-provider, on which Logto is built, makes the form.
    let form = r#"<form id="op.logoutForm" method="post" action="http://localhost:3001/oidc/session/end/confirm"><input type="hidden" name="xsrf" value="1a2b"/></form>"#;
    for answer in [
        fault::html(200, form),
        Fault::Redirect("http://localhost:8000/auth/sign-out-callback".into()),
    ] {
        let app = App::start().await;
        app.idp.fault(Endpoint::EndSession, answer).for_ever();
        let diagnosis = app.logto().diagnose().await;
        assert_eq!(only(&diagnosis, Check::PostSignOutUri).outcome(), Good, "{diagnosis}");
    }
}

#[rocket::async_test]
async fn nobody_is_told_to_create_the_resource_of_organizations() {
    let organizations = "urn:logto:resource:organizations";
    let app = App::builder().config(|it| it.scopes(["urn:logto:scope:organizations"]));
    let app = app.start().await;
    let diagnosis = app.logto().diagnose().await;
    let known = only(&diagnosis, Check::Resource);
    assert_eq!((known.subject(), known.outcome()), (Some(organizations), Good), "as sign-ins do");

    let app = App::builder().config(|it| it.scopes(["urn:logto:scope:organizations"]));
    let app = app.start().await;
    let to = "http://localhost:8000/auth/sign-in-callback?error=invalid_target";
    app.idp.fault(Endpoint::Authorization, Fault::Redirect(to.into())).for_ever();
    let diagnosis = app.logto().diagnose().await;
    let [finding] = of(&diagnosis, Check::Resource)[..] else { panic!("{diagnosis}") };
    assert_eq!(finding.subject(), Some(organizations), "{diagnosis}");
    let cure = finding.cure().unwrap();
    assert!(!cure.contains("create the"), "{cure}");
    for part in ["a Logto with organizations", "`urn:logto:scope:organizations`", "`logto.scopes`"]
    {
        assert!(cure.contains(part), "{part}: {cure}");
    }
}
