//! What the configuration says of each sign-in (`sign_in`), and what overrides it.

use std::collections::BTreeMap;

use logto_rocket::{DirectSignIn, Error, FirstScreen, Logto, SignIn, SignInConfig};
use logto_rocket_tests::app::App;
use logto_rocket_tests::uri::query;
use rocket::{get, routes};

const DEFAULTS: [(&str, &str); 3] = [
    ("direct_sign_in", "social:google"),
    ("first_screen", "identifier:sign_in"),
    ("ui_locales", "fr-CA fr"),
];

#[get("/join")]
async fn join(logto: &Logto) -> Result<SignIn, Error> {
    logto.sign_up().ui_locales(["de"]).start().await
}

async fn app() -> App {
    let sign_in = SignInConfig::new()
        .first_screen(FirstScreen::IdentifierSignIn)
        .ui_locales(["fr-CA", "fr"])
        .direct_sign_in(DirectSignIn::Social("google".into()));
    App::builder().config(|config| config.sign_in(sign_in)).routes(routes![join]).start().await
}

/// What the sign-in that begins at `path` asks Logto for, of what the configuration has defaults for.
async fn asked(app: &App, path: &str) -> BTreeMap<String, String> {
    let mut browser = app.browser();
    let mut answer = browser.open(path).await;
    if answer.location().starts_with('/') {
        let route = answer.location().to_owned();
        answer = browser.open(&route).await;
    }
    let names = DEFAULTS.map(|(name, _)| name);
    let asked = query(answer.location()).into_iter();
    asked.filter(|(name, _)| names.contains(&name.as_str())).collect()
}

fn these(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[rocket::async_test]
async fn the_defaults_hold_for_the_route_and_for_what_leads_there() {
    let app = app().await;
    for path in ["/auth/sign-in", "/account", "/auth/sign-in?login_hint=alice&return_to=/x"] {
        assert_eq!(asked(&app, path).await, these(&DEFAULTS), "{path}");
    }
    assert_eq!(asked(&App::start().await, "/auth/sign-in").await, these(&[]));
}

#[rocket::async_test]
async fn a_link_and_code_win_over_the_defaults() {
    let app = app().await;
    let [connector, screen, languages] = DEFAULTS;
    for (path, expected) in [
        ("/auth/sign-in?ui_locales=de", &[connector, screen, ("ui_locales", "de")][..]),
        (
            "/auth/sign-in?direct_sign_in=sso:abc",
            &[("direct_sign_in", "sso:abc"), screen, languages],
        ),
        // These ask for a page, which a connector would hide.
        ("/auth/sign-in?first_screen=sign_in", &[("first_screen", "sign_in"), languages]),
        ("/auth/sign-up", &[("first_screen", "register"), languages]),
        ("/auth/sign-in?login_hint=a%40b.test&one_time_token=abc", &[languages]),
        ("/join", &[("first_screen", "register"), ("ui_locales", "de")]),
        // A value that Logto does not know sets nothing.
        ("/auth/sign-in?first_screen=evil&ui_locales=%3C", &DEFAULTS),
    ] {
        assert_eq!(asked(&app, path).await, these(expected), "{path}");
    }
}

#[rocket::async_test]
async fn the_hook_for_options_wins_over_the_defaults() {
    let languages = SignInConfig::new().ui_locales(["fr"]);
    let app = App::builder()
        .config(|config| config.sign_in(languages))
        .fairing(|fairing| fairing.sign_in_options(|_, options| options.ui_locales(["pt-BR"])))
        .start()
        .await;
    assert_eq!(asked(&app, "/auth/sign-in").await, these(&[("ui_locales", "pt-BR")]));
}
