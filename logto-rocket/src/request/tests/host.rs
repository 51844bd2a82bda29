//! Which of the hosts of the site a request is for.

use rocket::http::Method::Get;
use rocket::http::uri::{Authority, Host};
use rocket::local::blocking::Client;

use super::{config, request, site};
use crate::client;
use crate::host::HostId;
use crate::request::{NotListed, host_of, listed_host};

/// The host that a request with these `Host` headers and this `:authority` is for.
fn listed(
    site: &Client,
    headers: &[&str],
    authority: Option<&'static str>,
) -> Result<HostId, NotListed> {
    let attached = client::Client::of(site.rocket()).expect("the fairing");
    let mut request = request(site, Get, "/", headers);
    if let Some(authority) = authority {
        let authority = Authority::parse(authority).expect("an authority");
        request.inner_mut().set_host(Host::new(authority));
    }
    let found = listed_host(request.inner(), attached);
    let judged = host_of(request.inner(), attached);
    assert_eq!(judged, found.clone().unwrap_or(HostId::FIRST), "the first judges all others");
    found
}

#[test]
fn a_site_with_one_host_is_meant_whatever_the_request_says() {
    let site = site(config().base_url("https://a.example"));
    for headers in [&["Host: evil.example"][..], &["Host: a.example", "Host: b.example"], &[]] {
        assert_eq!(listed(&site, headers, None), Ok(HostId::FIRST), "{headers:?}");
    }
}

#[test]
fn of_several_hosts_the_request_names_one() {
    let site = site(config().base_urls(["https://a.example", "https://b.example:8443"]));
    let second = HostId::new(1);
    for (headers, authority, host) in [
        (&["Host: a.example"][..], None, HostId::FIRST),
        (&["Host: A.Example"], None, HostId::FIRST),
        (&["Host: a.example:443"], None, HostId::FIRST),
        (&["Host: b.example:8443"], None, second),
        (&[], Some("b.example:8443"), second),
        (&["Host: b.example:8443"], Some("b.example:8443"), second),
        (&["Host: a.example:443"], Some("a.example"), HostId::FIRST),
    ] {
        assert_eq!(listed(&site, headers, authority), Ok(host), "{headers:?} {authority:?}");
    }
}

#[test]
fn a_request_for_no_listed_host_or_for_several_is_told_so() {
    let site = site(config().base_urls(["https://a.example", "https://b.example:8443"]));
    let other = |name: &str| NotListed::Other(Some(name.to_owned()));
    for (headers, authority, why) in [
        (&["Host: c.example"][..], None, other("c.example")),
        (&["Host: b.example"], None, other("b.example")),
        (&["Host: C.example"], Some("c.example"), other("C.example")),
        (&[], Some("c.example"), other("c.example")),
        (&["Host: a.example", "Host: a.example"], None, NotListed::Several),
        (&["Host: a.example"], Some("b.example:8443"), NotListed::Several),
        (&["Host: c.example"], Some("d.example"), NotListed::Several),
        (&["Host: a.example"], Some("d.example"), NotListed::Several),
        (&[], None, NotListed::Other(None)),
    ] {
        assert_eq!(listed(&site, headers, authority), Err(why), "{headers:?} {authority:?}");
    }
}
