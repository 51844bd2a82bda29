//! What a sign-in in progress has asked Logto for.

use super::super::AskedInFlow;
use crate::session::session::Asked;

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn asked(scopes: &[&str], resources: &[&str]) -> Asked {
    Asked::new(&texts(scopes), &texts(resources))
}

#[test]
fn what_every_sign_in_asks_for_is_known_again_by_a_short_text() {
    let usual = asked(&["openid", "email"], &["urn:orders"]);
    let flow = AskedInFlow::new(&texts(&["openid", "email"]), &texts(&["urn:orders"]), &usual);
    let text = serde_json::to_string(&flow).expect("a text");
    assert_eq!(text.len(), 10, "{text}");
    assert_eq!(flow.resolve(usual.clone()), usual);
}

#[test]
fn what_a_handler_has_added_is_kept_in_full() {
    let usual = asked(&["openid"], &["urn:orders"]);
    for (scopes, resources) in
        [(&["read"][..], &[][..]), (&[], &["urn:stock"]), (&["read"], &["urn:stock"])]
    {
        let all: Vec<_> = [&["openid"], scopes].concat();
        let every: Vec<_> = [&["urn:orders"], resources].concat();
        let flow = AskedInFlow::new(&texts(&all), &texts(&every), &usual);
        assert_eq!(flow.resolve(usual.clone()), asked(&all, &every), "{scopes:?} {resources:?}");
    }
}

#[test]
fn of_an_application_that_asks_for_something_else_by_now_the_least_is_assumed() {
    let usual = asked(&["openid", "email"], &[]);
    for flow in [
        AskedInFlow::new(&texts(&["openid", "email"]), &[], &usual),
        AskedInFlow::new(&texts(&["openid", "email", "roles"]), &[], &usual),
    ] {
        for now in [asked(&["openid"], &[]), asked(&["openid", "email"], &["urn:orders"])] {
            assert_eq!(flow.clone().resolve(now), Asked::least());
        }
    }
    assert_eq!(AskedInFlow::unknown().resolve(usual), Asked::least());
}
