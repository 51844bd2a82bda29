//! A session that is too large for one cookie is cut in pieces.

use logto_rocket::SessionConfig;
use logto_rocket::testing::{Idp, User};
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::{Answer, Browser};
use rocket::http::Status;

/// The most characters in one piece, and in all.
const PIECE: usize = 3500;
const LIMIT: usize = 7000;

/// An application with a user whose name, and nothing else, is long.
async fn app() -> App {
    App::builder()
        .provider(|provider| provider.user(User::new("carol")).user(User::new("bob")))
        .config(|config| config.session(SessionConfig::new().max_cookie_bytes(LIMIT)))
        .start()
        .await
}

fn name(idp: &Idp, length: usize) -> String {
    let name: String = ('a'..='z').cycle().take(length).collect();
    idp.set_claim("carol", "name", name.clone());
    name
}

async fn sign_in(app: &App, browser: &mut Browser<'_>, length: usize) -> (String, Answer) {
    let name = name(&app.idp, length);
    let answer = app.sign_in(browser, "carol", "/").await;
    (name, answer)
}

/// The sealed text, without the count that the first piece begins with.
fn sealed_bytes(browser: &Browser<'_>) -> usize {
    let session = browser.cookies.iter().filter(|(name, _)| !name.contains("-flow-"));
    session.map(|(_, value)| value.split_once('.').map_or(value.len(), |(_, it)| it.len())).sum()
}

/// The length of the name with which a session has about this many bytes.
async fn length_for(app: &App, bytes: usize) -> usize {
    let mut browser = app.browser();
    let (_, answer) = sign_in(app, &mut browser, 100).await;
    assert_eq!(answer.status, Status::SeeOther);
    100 + (bytes - sealed_bytes(&browser)) * 3 / 4
}

#[rocket::async_test]
async fn sessions_around_the_size_of_one_cookie_come_back_whole() {
    let app = app().await;
    let (from, to) = (length_for(&app, 3400).await, length_for(&app, 3600).await);
    let mut pieces = [0, 0, 0];
    let mut sizes = (usize::MAX, 0);
    for length in (from..=to).step_by(2) {
        let mut browser = app.browser();
        let (name, answer) = sign_in(&app, &mut browser, length).await;
        assert_eq!(answer.status, Status::SeeOther, "{length}: {answer:?}");
        assert_eq!(browser.open("/").await.body, format!("Hello, {name}"));
        assert!(browser.cookies.iter().all(|(name, value)| name.len() + value.len() < 3900));
        let bytes = sealed_bytes(&browser);
        assert_eq!(browser.cookies.len(), bytes.div_ceil(PIECE), "{bytes}");
        pieces[browser.cookies.len()] += 1;
        sizes = (sizes.0.min(bytes), sizes.1.max(bytes));
    }
    assert!(pieces[1] > 10 && pieces[2] > 10, "both sides of the border: {pieces:?}");
    assert!(sizes.0 <= 3410 && sizes.1 >= 3590, "{sizes:?}");
}

#[rocket::async_test]
async fn what_does_not_fit_fails_with_a_page_and_its_tokens_are_revoked() {
    let app = app().await;
    // The limit is that of the headers, which two names and their attributes are part of.
    let (from, to) = (length_for(&app, 6650).await, length_for(&app, 6950).await);
    let (mut fit, mut failed) = (0, 0);
    for length in (from..=to).step_by(2) {
        let mut browser = app.browser();
        let (name, answer) = sign_in(&app, &mut browser, length).await;
        if answer.status == Status::SeeOther {
            assert_eq!(failed, 0, "what is smaller fits");
            assert_eq!(browser.open("/").await.body, format!("Hello, {name}"));
            let headers = answer.all("Set-Cookie").into_iter();
            let session = headers.filter(|header| !header.contains("-flow-"));
            let bytes: usize = session.map(|header| "Set-Cookie: \r\n".len() + header.len()).sum();
            assert!(bytes <= LIMIT && browser.cookies.len() == 2, "{bytes}");
            fit += 1;
        } else {
            assert_eq!(answer.status, Status::InternalServerError, "{answer:?}");
            assert!(answer.body.contains("too much data"), "{}", answer.body);
            assert_eq!(browser.open("/").await.body, "Hello, stranger");
            failed += 1;
            assert_eq!(app.idp.requests().revocation(), failed);
        }
    }
    assert!(fit > 10 && failed > 10, "both sides of the border: {fit}, {failed}");
}

/// Guards against this mistake: the number of pieces was believed, and pieces of two versions were
/// put together.
#[rocket::async_test]
async fn pieces_of_two_versions_are_no_session() {
    let app = app().await;
    let length = length_for(&app, 5000).await;
    let (mut one, mut two) = (app.browser(), app.browser());
    sign_in(&app, &mut one, length).await;
    sign_in(&app, &mut two, length).await;
    assert_eq!(one.open("/account").await.status, Status::Ok);
    assert_eq!(two.open("/account").await.status, Status::Ok);
    let names: Vec<_> = one.cookies.keys().cloned().collect();
    let [first, second] = names.as_slice() else { panic!("two pieces: {names:?}") };

    let (good, other) = (one.cookies.clone(), two.cookies.clone());
    let with = |changes: &[(&String, Option<String>)]| {
        let mut cookies = good.clone();
        for (name, value) in changes {
            match value {
                Some(value) => cookies.insert((*name).clone(), value.clone()),
                None => cookies.remove(*name),
            };
        }
        cookies
    };
    let third = second.replace("-1", "-2");
    for wrong in [
        with(&[(second, other.get(second).cloned())]),
        with(&[(first, other.get(first).cloned())]),
        with(&[(second, None)]),
        with(&[(first, None)]),
        with(&[(second, Some(String::new()))]),
        with(&[(first, Some(good[first].replacen("2.", "3.", 1)))]),
        with(&[(first, Some(good[first].replacen("2.", "3.", 1))), (&third, Some("AAAA".into()))]),
        with(&[(first, Some(good[first].replacen("2.", "1.", 1)))]),
        with(&[(first, Some(good[first].replacen("2.", "", 1)))]),
        with(&[(first, Some(good[second].clone())), (second, Some(good[first].clone()))]),
    ] {
        let mut browser = app.browser();
        browser.cookies.clone_from(&wrong);
        assert_eq!(browser.open("/account").await.status, Status::SeeOther);
        assert_eq!(browser.cookies, wrong, "they are left alone");
    }
    let mut browser = app.browser();
    browser.cookies = with(&[(&third, Some("left over".into()))]);
    assert_eq!(browser.open("/account").await.status, Status::Ok, "the untouched ones are good");
}

#[rocket::async_test]
async fn a_smaller_session_takes_the_pieces_of_a_larger_one_away() {
    let app = app().await;
    let mut browser = app.browser();
    let length = length_for(&app, 5000).await;
    sign_in(&app, &mut browser, length).await;
    browser.open("/account").await;
    assert_eq!(browser.cookies.len(), 2);
    app.sign_in(&mut browser, "bob", "/").await;
    assert_eq!(browser.open("/account").await.status, Status::Ok);
    assert_eq!(browser.cookies.len(), 1, "{:?}", browser.cookies.keys());
}
