//! [`Environment`]: where the suite and the relying party are.

use std::env;
use std::path::PathBuf;

use reqwest::{Certificate, Client, redirect};
use url::Url;

/// Where the suite and the relying party are, by variables of the environment.
pub struct Environment {
    /// `CONFORMANCE_SUITE`: the address of the suite, `https://localhost:8443/` by default.
    pub suite: Url,
    /// `CONFORMANCE_TOKEN`: a token of a suite that asks for one.
    pub token: Option<String>,
    /// `CONFORMANCE_CA`: a PEM file with what signed the certificates of both, if no public authority did.
    pub authority: Option<PathBuf>,
    /// `CONFORMANCE_CERTIFICATE` and `CONFORMANCE_KEY`: PEM files with which the relying party serves https.
    pub certificate: PathBuf,
    /// See `certificate`.
    pub key: PathBuf,
    /// `CONFORMANCE_SITE`: the address at which the suite and this runner reach the relying party,
    /// `https://localhost:3443` by default. It listens at this port of every interface.
    pub site: Url,
}

impl Environment {
    /// Reads it.
    pub fn read() -> Result<Self, String> {
        let address = |name: &str, default: &str| {
            let text = env::var(name).unwrap_or_else(|_| default.into());
            Url::parse(&text).map_err(|why| format!("{name} = {text:?} is not a URL: {why}"))
        };
        let file = |name: &str| {
            let path = env::var_os(name).map(PathBuf::from);
            let path = path.ok_or_else(|| format!("{name} is missing; the README says what it is"));
            path?.canonicalize().map_err(|why| format!("{name} cannot be read: {why}"))
        };
        Ok(Self {
            suite: address("CONFORMANCE_SUITE", "https://localhost:8443/")?,
            token: env::var("CONFORMANCE_TOKEN").ok(),
            authority: env::var_os("CONFORMANCE_CA").map(|_| file("CONFORMANCE_CA")).transpose()?,
            certificate: file("CONFORMANCE_CERTIFICATE")?,
            key: file("CONFORMANCE_KEY")?,
            site: address("CONFORMANCE_SITE", "https://localhost:3443")?,
        })
    }

    /// A client that trusts the authority and follows no redirects.
    pub fn client(&self) -> Result<Client, String> {
        let mut client = Client::builder().redirect(redirect::Policy::none()).no_proxy();
        if let Some(path) = &self.authority {
            let read = |why: &dyn std::fmt::Display| format!("CONFORMANCE_CA: {why}");
            let pem = std::fs::read(path).map_err(|why| read(&why))?;
            for certificate in Certificate::from_pem_bundle(&pem).map_err(|why| read(&why))? {
                client = client.add_root_certificate(certificate);
            }
        }
        client.build().map_err(|why| format!("no https client can be made: {why:?}"))
    }

    /// The address of a page of the relying party.
    pub fn page(&self, path: &str) -> String {
        format!("{}{path}", self.site.origin().ascii_serialization())
    }
}
