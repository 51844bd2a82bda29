//! How many bytes a session costs a browser with each request.

use logto_rocket::testing::User;
use logto_rocket_tests::app::App;
use logto_rocket_tests::browser::Browser;
use rocket::http::Status;

/// With https the name of the cookie begins with this.
const HOST_PREFIX: &str = "__Host-";

/// The goal: one kilobyte of 1,024 bytes.
const KILOBYTE: usize = 1024;

/// The most that a browser keeps in one cookie, its name included.
const COOKIE_LIMIT: usize = 4096;

/// The Cookie header that the browser sends, without its name.
fn header(browser: &Browser<'_>) -> String {
    let pairs = browser.cookies.iter().map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().join("; ")
}

/// A user who has filled in all that Logto asks of a profile.
fn carol() -> User {
    User::new("carol-johannsen")
        .name("Carol Maria Johannsen")
        .picture("https://logto.example.com/avatars/8f14e45f-ceea-4671-9d2b.jpg")
        .profile("given_name", "Carol")
        .profile("family_name", "Johannsen")
        .profile("middle_name", "Maria")
        .profile("nickname", "caro")
        .profile("profile", "https://people.example.com/carol")
        .profile("website", "https://carol.example.com")
        .profile("gender", "female")
        .profile("birthdate", "1987-11-23")
        .profile("zoneinfo", "Europe/Copenhagen")
        .profile("locale", "da-DK")
}

/// A user with 50 roles, and a membership in 30 organizations.
fn bigbob() -> User {
    let user = User::new("bigbob").name("Big Bob").email("bigbob@example.test");
    let user = (1..50).fold(user, |user, n| user.role(&format!("department-{n:02}")));
    let user = user.role("admin");
    (1..=30).fold(user, |user, n| user.organization(&format!("org{n:02}abcdefg"), ["member"]))
}

#[rocket::async_test]
async fn with_the_default_scopes_a_full_profile_takes_at_most_a_kilobyte_of_each_request() {
    let usual = Vec::<String>::new();
    let app = App::builder()
        .provider(|provider| provider.user(carol()))
        .config(|config| config.scopes(usual))
        .start()
        .await;
    let browser = app.signed_in("carol-johannsen").await;
    let bytes = header(&browser).len() + HOST_PREFIX.len();
    println!("a full profile: {bytes} bytes");
    assert_eq!(browser.cookies.len(), 1, "{:?}", browser.cookies.keys());
    assert!((600..=KILOBYTE).contains(&bytes), "{bytes} bytes");
}

#[rocket::async_test]
async fn fifty_roles_and_thirty_organizations_fit_into_the_cookies() {
    let scopes =
        ["roles", "email", "urn:logto:scope:organizations", "urn:logto:scope:organization_roles"];
    let app = App::builder()
        .provider(|provider| provider.user(bigbob()))
        .config(|config| config.scopes(scopes))
        .start()
        .await;
    let mut browser = app.signed_in("bigbob").await;
    assert_eq!(browser.open("/admin").await.status, Status::Ok, "the last role is there as well");
    println!("bigbob: {} bytes in {} cookies", header(&browser).len(), browser.cookies.len());
    for (name, value) in &browser.cookies {
        assert!(HOST_PREFIX.len() + name.len() + value.len() <= COOKIE_LIMIT, "{name}");
    }
}
