//! When the set-up is diagnosed without being asked for.

use rocket::figment::Figment;

use super::super::read_resource_server;
use super::*;

#[test]
fn it_is_diagnosed_in_the_debug_profile_unless_that_is_turned_off() {
    assert!(with("").unwrap().diagnose);
    assert!(!with("diagnose = false").unwrap().diagnose);
    jailed(|jail| {
        jail.set_env("LOGTO_DIAGNOSE", "false");
        assert!(!is_diagnosed(&debug(jail, COMPLETE), None));
    });
    let off = Config::new().diagnose(false);
    jailed(|jail| assert!(!is_diagnosed(&debug(jail, COMPLETE), Some(&off))));
}

#[test]
fn it_is_never_diagnosed_in_another_profile() {
    jailed(|jail| {
        assert!(!is_diagnosed(&release(jail, COMPLETE), None));
        let on = format!("{COMPLETE}\ndiagnose = true");
        assert!(!is_diagnosed(&release(jail, &on), None));
    });
}

#[cfg(feature = "testing")]
#[test]
fn a_test_provider_is_never_diagnosed() {
    let idp = super::super::TestProvider::new("http://127.0.0.1:9", "app", "secret");
    let config = Config::new().diagnose(true).test_provider(idp);
    jailed(|jail| assert!(!is_diagnosed(&debug(jail, COMPLETE), Some(&config))));
}

/// Whether both kinds of application are diagnosed.
fn is_diagnosed(figment: &Figment, config: Option<&Config>) -> bool {
    let (settings, _) = read(figment, config, false).unwrap();
    let Ok((api, _)) = read_resource_server(figment, config) else { panic!("no configuration") };
    assert_eq!(settings.diagnose, api.diagnose);
    settings.diagnose
}
