//! The language of the built-in pages: as the request asks for it.

use logto_rocket::Language;
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::From;
use logto_rocket_tests::browser::{Answer, navigation};
use rocket::http::Method;
use rocket::response::content::RawHtml;

use super::rows::{self, Row};
use super::site::{Looks, Site};
use super::{addresses, element};

/// Asserts that a page says in which language it is, and that others get another one.
#[track_caller]
fn assert_in(page: &Answer, language: &str) {
    assert!(page.body.contains(&format!("<html lang=\"{language}\">")), "{page:?}");
    assert_eq!(page.all("Content-Language"), [language], "{page:?}");
    let vary = page.all("Vary").join(",").to_ascii_lowercase();
    assert_eq!(vary.split(',').filter(|it| it.trim() == "accept-language").count(), 1, "{page:?}");
}

#[rocket::async_test]
async fn every_page_is_in_german_for_visitors_who_prefer_it() {
    let looks: Looks = |fairing| fairing;
    for Row { code, make, status, .. } in rows::all() {
        let site = Site::that_makes(code, looks).await;
        let english = make(&site, looks).await;
        assert_in(&english, "en");
        let site = Site::in_languages("de-AT,de;q=0.9,en;q=0.8", code, looks).await;
        let german = make(&site, looks).await;
        assert_in(&german, "de");
        assert_eq!(german.status.code, status, "{code}");
        german.assert_not_stored();
        assert_ne!(element(&english, "h1"), element(&german, "h1"), "{code}");
        assert_ne!(element(&english, "p"), element(&german, "p"), "{code}");
        assert_eq!(addresses(&english), addresses(&german), "{code}");
        for label in ["Home", "Sign", "Go on", "Try again", "Use another", "Stay"] {
            assert!(!german.body.contains(&format!(">{label}")), "{code}: {german:?}");
        }
    }
}

#[rocket::async_test]
async fn a_page_is_in_the_language_that_the_request_prefers() {
    let app = App::start().await;
    for (sent, language) in [
        (&["de"][..], "de"),
        (&["de-CH"], "de"),
        (&["en;q=0.8, de;q=0.9"], "de"),
        (&["fr-FR, de;q=0.1"], "de"),
        (&["fr;q=0.3", "de"], "de"),
        (&["en, de"], "en"),
        (&["de;q=0, fr"], "en"),
        (&["fr, *;q=0.1"], "en"),
        (&["de;q=2"], "en"),
        (&["de_DE"], "en"),
        (&[""], "en"),
        (&[], "en"),
    ] {
        let mut headers = navigation(From::AddressBar);
        headers.extend(sent.iter().map(|sent| ("Accept-Language", *sent)));
        let path = "/auth/sign-in-callback?state=a&code=b";
        let page = app.browser().request(Method::Get, path, &headers, "").await;
        assert_in(&page, language);
        let title = element(&page, "h1");
        let expected = ["This sign-in is unknown", "Diese Anmeldung ist unbekannt"];
        assert_eq!(title, expected[usize::from(language == "de")], "{sent:?}");
    }
}

#[rocket::async_test]
async fn a_program_gets_its_problem_in_english() {
    let app = App::start().await;
    let mut bob = app.signed_in("bob").await;
    let english = bob.fetch("/admin").await.problem();
    bob.headers.push(("Accept-Language".into(), "de".into()));
    let problem = bob.fetch("/admin").await;
    assert_eq!(problem.header("Content-Language"), None);
    assert_eq!(problem.problem(), english);
    assert_eq!(english["title"], "No access");
}

#[rocket::async_test]
async fn a_hook_gets_the_texts_in_the_language_of_the_request() {
    let looks: Looks = |fairing| {
        fairing.pages(|_, page| {
            let label = page.actions.first().map(|action| action.label).unwrap_or_default();
            let is_german = page.language == Language::German;
            let (tag, title) = (page.language, page.title);
            Some(RawHtml(format!("{tag} {is_german} {title} {} {label}", page.text)))
        })
    };
    let hooked = |languages| async move {
        let site = Site::in_languages(languages, "sign_out", looks).await;
        site.signed_in("alice").await.navigate("/auth/sign-out", From::OtherSite).await
    };
    let german = hooked("de").await;
    assert_eq!(german.body, "de true Abmelden? Noch ist nichts geschehen. Abmelden");
    assert!(german.all("Vary").contains(&"Accept-Language"), "{german:?}");
    assert_eq!(german.header("Content-Language"), None, "it may be in any language");
    let english = hooked("en").await;
    assert_eq!(english.body, "en false Sign out? Nothing has happened yet. Sign out");
}

#[rocket::async_test]
async fn what_a_library_shows_while_it_leaves_is_in_the_language_of_the_request() {
    let app = App::start().await;
    for loader in [("X-Up-Version", "3.8.0"), ("Turbo-Frame", "a")] {
        for (language, link) in [("en", "Go on"), ("de", "Weiter")] {
            let headers = [loader, ("Accept", "text/html"), ("Accept-Language", language)];
            let page = app.browser().request(Method::Get, "/auth/sign-in", &headers, "").await;
            assert_in(&page, language);
            assert!(page.body.contains(&format!("<main lang=\"{language}\">")), "{page:?}");
            assert!(page.body.contains(&format!(">{link}</a>")), "{page:?}");
        }
    }
}
