//! What launches, and what does not.

use std::env;

use logto_rocket::testing::Idp;
use logto_rocket_tests::app::App;
use logto_rocket_tests::process::run_again;

#[rocket::async_test]
async fn a_right_configuration_launches() {
    App::start().await;
}

/// It runs itself again, in an environment that says which profile Rocket is in.
#[test]
fn a_provider_without_passwords_starts_in_the_debug_profile_only() {
    const NAME: &str =
        concat!(module_path!(), "::a_provider_without_passwords_starts_in_the_debug_profile_only");
    const PROFILE: &str = "TEST_ROCKET_PROFILE";
    if env::var_os(PROFILE).is_some() {
        let started = rocket::execute(Idp::start());
        println!("{}", started.map_or_else(|error| error.to_string(), |_| "it started".into()));
        return;
    }
    let in_profile = |name| run_again(NAME, &[("ROCKET_PROFILE", name), (PROFILE, name)]);
    let printed = in_profile("debug");
    assert!(printed.contains("it started"), "{printed}");
    for profile in ["release", "staging"] {
        let printed = in_profile(profile);
        assert!(printed.contains(profile) && !printed.contains("it started"), "{printed}");
    }
}
