//! Names and attributes of cookies, and their size in a header.

use std::time::Duration;

use cookie::SameSite;

use super::super::names::Names;
use super::super::write::bytes_in_header;
use super::super::{Attributes, CookieWrite, PostLogout};
use super::{ATTRIBUTES, client, cookies, request, session, stored, two_hosts};
use crate::host::HostId;

#[test]
fn names_differ_by_application_base_and_port_and_say_that_they_are_the_hosts() {
    let names = |secure, app_id, base, port| {
        Names::new(secure, None, app_id, base, port).session().to_owned()
    };
    let usual = names(true, "app", "/auth", None);
    assert!(usual.starts_with("__Host-logto-"), "{usual}");
    assert_eq!(usual.len(), "__Host-logto-".len() + 6);
    assert_eq!(usual, names(true, "app", "/auth", None));
    for other in [
        names(true, "app2", "/auth", None),
        names(true, "app", "/login", None),
        names(true, "app", "/auth", Some(8000)),
    ] {
        assert_ne!(usual, other);
    }
    assert_ne!(names(false, "app", "/auth", Some(8000)), names(false, "app", "/auth", Some(8001)));
    assert_eq!(names(false, "app", "/auth", None), usual.trim_start_matches("__Host-"));
}

#[test]
fn the_configuration_names_the_sessions_cookie_and_no_other() {
    let own = Names::new(true, None, "app", "/auth", None);
    let named = Names::new(true, Some("mine"), "app", "/auth", None);
    assert_eq!((named.session(), named.piece(2)), ("mine", "mine-2".to_owned()));
    assert_eq!(own.piece(1), format!("{}-1", own.session()));
    assert_eq!(own.flow(3), format!("{}-flow-3", own.session()));
    assert_eq!(own.post_logout(), format!("{}-post-logout", own.session()));
    assert_eq!(named.flow(3), own.flow(3));
    assert_eq!(named.flows(), own.flows());
    assert_eq!(named.post_logout(), own.post_logout());
}

#[test]
fn a_cookie_is_of_the_whole_site_and_not_for_scripts() {
    for (secure, same_site) in [(true, SameSite::Lax), (false, SameSite::Strict)] {
        let (cookies, _) = cookies(Attributes { secure, same_site, ..ATTRIBUTES });
        let write = |value: Option<&str>, max_age| CookieWrite {
            name: "a".into(),
            value: value.map(str::to_owned),
            same_site,
            max_age,
        };
        let set = cookies.build(write(Some("b"), Some(Duration::from_secs(90))));
        assert_eq!((set.name(), set.value(), set.path()), ("a", "b", Some("/")));
        assert_eq!((set.secure(), set.http_only()), (Some(secure), Some(true)));
        assert_eq!((set.same_site(), set.domain()), (Some(same_site), None));
        assert_eq!(set.max_age(), Some(cookie::time::Duration::seconds(90)));
        assert_eq!(cookies.build(write(Some("b"), None)).max_age(), None);
        let deleted = cookies.build(write(None, Some(Duration::from_secs(90))));
        assert_eq!((deleted.value(), deleted.path()), ("", Some("/")));
        assert_eq!(deleted.max_age(), Some(cookie::time::Duration::ZERO));
    }
}

#[test]
fn what_a_cookie_takes_of_a_header_is_counted_to_the_byte() {
    let (cookies, clock) = cookies(Attributes { persistent: true, ..ATTRIBUTES });
    let writes = cookies.of(&session(4_000, clock.now())).expect("a session that fits");
    assert_eq!(writes.len(), 2);
    let sum: usize = writes.iter().map(|write| cookies.header_bytes(write)).sum();
    let sent = bytes_in_header("name", "value");
    assert_eq!(sent, "name=value; ".len());
    assert_eq!(
        writes[0].bytes(),
        bytes_in_header(&writes[0].name, writes[0].value.as_deref().expect("a value"))
    );
    let header: usize = writes
        .into_iter()
        .map(|write| format!("Set-Cookie: {}\r\n", cookies.build(write)).len())
        .sum();
    assert_eq!(sum, header);
    let deletion = || cookies.deletions().remove(0);
    // The counted size of a deletion may be too small. No limit depends on it.
    assert!(
        cookies.header_bytes(&deletion())
            <= format!("Set-Cookie: {}\r\n", cookies.build(deletion())).len()
    );
}

#[test]
fn a_sign_out_is_remembered_for_ten_minutes_by_this_host_alone() {
    let (cookies, _) = two_hosts(ATTRIBUTES);
    let [first, second] = [0, 1].map(|host| cookies.of(HostId::new(host)));
    let sign_out = PostLogout {
        return_to: "/bye?a".parse().expect("a path"),
        state: Some("s".to_owned().into()),
    };
    let write = first.post_logout_write(Some(&sign_out)).expect("a cookie");
    assert_eq!((write.same_site, write.max_age), (SameSite::Lax, Some(Duration::from_secs(600))));
    let client = client();
    let sent = stored(&[write]);
    let request = request(&client, &sent);
    let read = first.post_logout(request.inner()).expect("a sign-out");
    assert_eq!(read.return_to.as_str(), "/bye?a");
    assert_eq!(read.state.as_ref().map(crate::oidc::State::reveal), Some("s"));
    assert!(second.post_logout(request.inner()).is_none());
    assert!(first.post_logout(super::request(&client, &[]).inner()).is_none());
    let deletion = first.post_logout_write(None).expect("a deletion");
    assert_eq!((deletion.name.as_str(), deletion.value), (sent[0].0.as_str(), None));
}

#[test]
fn what_one_host_seals_no_other_opens() {
    let (cookies, clock) = two_hosts(ATTRIBUTES);
    let hosts = [HostId::FIRST, HostId::new(1)];
    assert_eq!(cookies.each().map(super::Cookies::host).collect::<Vec<_>>(), hosts);
    let sealed = hosts.map(|host| {
        let writes = cookies.of(host).of(&session(1, clock.now())).expect("a session");
        stored(&writes).remove(0).1
    });
    for (at, text) in sealed.iter().enumerate() {
        for (host, opens) in hosts.iter().enumerate() {
            let opened = cookies.of(*opens).unseal_session(text);
            assert_eq!(opened.is_some(), at == host, "{at} {host}");
            assert!(opened.is_none_or(|(session, old)| session.host == *opens && !old));
        }
    }
    // There is no third host, so the first one is used.
    assert_eq!(cookies.of(HostId::new(2)).host(), HostId::FIRST);
}
