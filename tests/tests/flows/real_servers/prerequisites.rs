//! The programs that other tests need start, answer and end, wherever they are installed.

use std::io::{Read, Write};
use std::net::TcpStream;

use logto_rocket_tests::chromium::Chromium;
use logto_rocket_tests::oidc_provider::{Provider, ProviderOptions};

fn get(origin: &str, path: &str) -> std::io::Result<String> {
    let host = origin.strip_prefix("http://").expect("the provider speaks http");
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn the_provider_names_its_issuer_and_ends_when_dropped() {
    let Some(provider) = Provider::start(&ProviderOptions::default()) else { return };
    let origin = provider.origin().to_owned();
    let discovery = get(&origin, "/oidc/.well-known/openid-configuration").expect("it answers");
    assert!(discovery.starts_with("HTTP/1.1 200"), "{discovery}");
    assert!(discovery.contains(&format!("\"issuer\":\"{}\"", provider.issuer())), "{discovery}");
    drop(provider);
    get(&origin, "/").expect_err("it is gone");
}

#[test]
fn a_browser_script_that_fails_reports_what_it_printed() {
    let Some(browser) = Chromium::find() else { return };
    let report =
        browser.run("sign_in.mjs", &[("PROVIDER", "none of ours")]).expect_err("it is refused");
    assert!(report.contains("PROVIDER must be idp or oidc-provider"), "{report}");
}
