//! What a sign-out tells the issuer besides the application: `ui_locales` and `logout_hint`.

use std::collections::BTreeMap;

use logto_rocket::{Logto, LogtoUser, SessionConfig, SignOut, Store};
use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::{Answer, From};
use logto_rocket_tests::uri::{encoded, query};
use rocket::{post, routes};

/// The hints among the parameters of an address at Logto.
fn hints(answer: &Answer) -> BTreeMap<String, String> {
    let names = ["ui_locales", "logout_hint"];
    query(answer.location()).into_iter().filter(|(name, _)| names.contains(&&**name)).collect()
}

fn these(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[post("/leave?<hint>&<count>")]
async fn leave(logto: &Logto, user: &LogtoUser, hint: &str, count: usize) -> SignOut {
    let locales = std::iter::repeat_n("de", count);
    logto.sign_out(user).ui_locales(locales).logout_hint(hint).start().await
}

#[rocket::async_test]
async fn a_link_and_code_send_them() {
    let app = App::builder().routes(routes![leave]).start().await;
    let mut alice = app.signed_in("alice").await;
    let link = "/auth/sign-out?ui_locales=fr-CA%20fr&logout_hint=a%40b.test%26x";
    let out = alice.navigate(link, From::OwnPage).await;
    assert_eq!(hints(&out), these(&[("ui_locales", "fr-CA fr"), ("logout_hint", "a@b.test&x")]));
    assert!(!alice.is_signed_in().await);
    let mut alice = app.signed_in("alice").await;
    let out = alice.post("/leave?hint=alice&count=1", From::OwnPage, ORIGIN).await;
    assert_eq!(hints(&out), these(&[("ui_locales", "de"), ("logout_hint", "alice")]));
    let out = app.signed_in("alice").await.navigate("/auth/sign-out", From::OwnPage).await;
    assert_eq!(hints(&out), these(&[]));
}

/// A sign-out never fails for a hint.
#[rocket::async_test]
async fn what_cannot_be_sent_is_left_out_and_the_session_ends() {
    let app = App::builder().routes(routes![leave]).start().await;
    let nine = "de%20".repeat(9);
    let long = "x".repeat(257);
    for link in [
        "?ui_locales=%3Cscript%3E".to_owned(),
        format!("?ui_locales={nine}"),
        "?ui_locales=&logout_hint=".to_owned(),
        "?logout_hint=a%0Ab".to_owned(),
        format!("?logout_hint={long}"),
        "?id_token_hint=eyJ&client_id=evil&post_logout_redirect_uri=https://evil.example/"
            .to_owned(),
    ] {
        let mut alice = app.signed_in("alice").await;
        let out = alice.navigate(&format!("/auth/sign-out{link}"), From::OwnPage).await;
        assert_eq!(hints(&out), these(&[]), "{link}");
        let sent = query(out.location());
        assert_eq!(sent["client_id"], app.idp.app_id(), "{link}");
        assert!(sent["post_logout_redirect_uri"].starts_with(ORIGIN), "{link}");
        assert!(!sent.contains_key("id_token_hint") && !alice.is_signed_in().await, "{link}");
    }
    let mut alice = app.signed_in("alice").await;
    let out = alice.post(&format!("/leave?hint={long}&count=9"), From::OwnPage, ORIGIN).await;
    assert_eq!(hints(&out), these(&[]));
    assert!(!alice.is_signed_in().await);
}

#[rocket::async_test]
async fn the_page_with_the_button_keeps_them() {
    let app = App::start().await;
    let mut alice = app.signed_in("alice").await;
    let link = "/auth/sign-out?return_to=/x&ui_locales=de&logout_hint=%22%3E";
    let page = alice.navigate(link, From::OtherSite).await;
    let kept = "/auth/sign-out?return_to=%2Fx&amp;ui_locales=de&amp;logout_hint=%22%3E";
    assert!(page.body.contains(&format!("action=\"{kept}\"")), "{}", page.body);
    let out = alice.post(&kept.replace("&amp;", "&"), From::OwnPage, ORIGIN).await;
    assert_eq!(hints(&out), these(&[("ui_locales", "de"), ("logout_hint", "\">")]));
}

/// A page of the site itself can end the session at Logto, too, where there is none here.
#[rocket::async_test]
async fn a_sign_out_everywhere_sends_them() {
    let app = App::start().await;
    let link = "/auth/sign-out?everywhere=1&ui_locales=de";
    let out = app.browser().navigate(link, From::OwnPage).await;
    assert_eq!(hints(&out), these(&[("ui_locales", "de")]));
}

/// A response of more than 4 kB of headers does not pass nginx as it comes.
#[rocket::async_test]
async fn the_longest_sign_out_passes_a_proxy() {
    let session = SessionConfig::new().keep_id_token(true).store(Store::Memory);
    let app = App::builder().config(|config| config.session(session)).start().await;
    let (tags, hint) = (["a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q-r"; 8].join(" "), "ä".repeat(128));
    for page in ["/x".to_owned(), format!("/{}", "x".repeat(1_023))] {
        let mut alice = app.signed_in("alice").await;
        let (page, tags, hint) = (encoded(&page), encoded(&tags), encoded(&hint));
        let link = format!("/auth/sign-out?return_to={page}&ui_locales={tags}&logout_hint={hint}");
        let out = alice.navigate(&link, From::OwnPage).await;
        assert_eq!(hints(&out).len(), 2, "{out:?}");
        let bytes = out.headers.iter().map(|(name, value)| name.len() + value.len() + 4);
        let bytes = bytes.sum::<usize>();
        assert!(bytes < 3_600, "{bytes} bytes: {out:?}");
    }
}
