//! The keys are those that Rocket itself makes of its `secret_key`, in every form.

use cookie::{Cookie, CookieJar, Key};
use rocket::figment::Figment;
use rocket::http::CookieJar as RocketJar;
use rocket::local::blocking::Client;

use super::super::Settings;
use super::{COMPLETE, assert_holds, debug, jailed, outcome_of, release};

const BASE64_OF_32: &str = "hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk=";
const BASE64_OF_64: &str =
    "nh1tIUTxvKgdQfSSAJq/+q83eZzzRFTl9emR3luzF3YgBcGvtRNO6CVu8Y6LmDviAgdHNfEV0bwPUkJMpuuNSw==";
const HEX: &str = "0123456789abcdefABCDEF0123456789abcdef0123456789abcdef01234567ff";

#[rocket::get("/")]
fn seal(cookies: &RocketJar<'_>) {
    cookies.add_private(("user", "me"));
}

/// A private cookie that Rocket sealed.
fn sealed_by_rocket(figment: &Figment) -> Cookie<'static> {
    let rocket = rocket::custom(figment.clone()).mount("/", rocket::routes![seal]);
    let client = Client::tracked(rocket).expect("a rocket");
    let response = client.get("/").dispatch();
    let header = response.headers().get_one("Set-Cookie").expect("a cookie").to_owned();
    Cookie::parse_encoded(header).expect("a cookie")
}

fn opened(cookie: &Cookie<'static>, key: &Key) -> Option<String> {
    let jar = CookieJar::new();
    jar.private(key).decrypt(cookie.clone()).map(|cookie| cookie.value().to_owned())
}

fn settings(figment: &Figment) -> Settings {
    outcome_of(figment, None).unwrap().0
}

#[test]
fn every_form_of_rockets_key_opens_rockets_cookies() {
    jailed(|jail| {
        let quiet = ("log_level", "off");
        let forms = [
            format!("\"{BASE64_OF_32}\""),
            format!("\"{BASE64_OF_64}\""),
            format!("\"{HEX}\""),
            format!("{:?}", (1..=32).collect::<Vec<u8>>()),
            format!("{:?}", (1..=48).collect::<Vec<u8>>()),
            format!("{:?}", (1..=70).collect::<Vec<u8>>()),
        ];
        for form in forms {
            let toml = format!("[default]\nsecret_key = {form}\n{COMPLETE}");
            for figment in [debug(jail, &toml), debug(jail, &toml).select("release")] {
                let figment = figment.merge(quiet);
                let settings = settings(&figment);
                let [key] = settings.secret_keys.as_slice() else { panic!("one key") };
                let cookie = sealed_by_rocket(&figment);
                assert_eq!(opened(&cookie, key).as_deref(), Some("me"), "{form}");
                assert_eq!(opened(&cookie, &Key::from(&[1; 64])), None, "{form}");
                assert!(!settings.generated_key);

                let handed_on = debug(jail, COMPLETE).merge(quiet);
                let handed_on = handed_on.merge(("secret_key", key.master()));
                assert_eq!(opened(&sealed_by_rocket(&handed_on), key).as_deref(), Some("me"));
            }
        }
    });
}

#[test]
fn our_own_keys_win_over_rockets_and_keep_their_order() {
    jailed(|jail| {
        jail.set_env("ROCKET_SECRET_KEY", HEX);
        let bytes: Vec<u8> = (1..=32).collect();
        let toml = format!("{COMPLETE}\nsecret_keys = [\"{BASE64_OF_32}\", {bytes:?}]");
        let settings = settings(&debug(jail, &toml));
        let rockets = |key: &str| settings_with_key(&debug(jail, COMPLETE), key);
        assert_eq!(settings.secret_keys.len(), 2);
        assert!(settings.secret_keys[0] == rockets(BASE64_OF_32));
        assert!(settings.secret_keys[1] == Key::derive_from(&bytes));
    });
}

fn settings_with_key(figment: &Figment, key: &str) -> Key {
    settings(&figment.clone().merge(("secret_key", key))).secret_keys.remove(0)
}

#[test]
fn without_a_key_debug_makes_one_and_release_refuses() {
    jailed(|jail| {
        for none in ["", "secret_key = \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\""] {
            let toml = format!("[default]\n{none}\n{COMPLETE}");
            let (one, other) = (settings(&debug(jail, &toml)), settings(&debug(jail, &toml)));
            assert!(one.generated_key);
            assert!(one.secret_keys[0] != other.secret_keys[0]);

            let figment = debug(jail, &toml).select("release");
            let errors = outcome_of(&figment, None).unwrap_err();
            assert_holds(&errors, &["logto.secret_keys", "openssl rand -base64 32"]);
        }
        assert!(!settings(&release(jail, COMPLETE)).generated_key);
    });
}

#[test]
fn what_is_no_key_is_refused() {
    jailed(|jail| {
        let zeroes = format!("[{}]", ["0"; 32].join(","));
        for keys in ["[]", "[\"short\"]", "5", "[[1, 2, 3]]", "[[300]]", &format!("[{zeroes}]")] {
            let toml = format!("{COMPLETE}\nsecret_keys = {keys}");
            let errors = outcome_of(&debug(jail, &toml), None).unwrap_err();
            assert_holds(&errors, &["has 1 error:", "  logto.secret_keys (from Rocket.toml)"]);
        }
    });
}
