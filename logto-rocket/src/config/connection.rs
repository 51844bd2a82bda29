//! [`Connection`]: where Logto is, and how this server reaches it.

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;

use super::errors::{Warning, Wrong};
use super::reader::Reader;
use super::values::{CaCertificates, Issuer};
use super::{texts, urls};
use crate::oidc::Algorithm;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// The shortest timeout of a call to Logto.
const SHORTEST_CALL: Duration = Duration::from_millis(100);

/// Where Logto is, and how this server reaches it. The fields are named as the keys.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    /// Logto's issuer identifier.
    pub(crate) issuer: Issuer,
    /// The URL at which browsers reach Logto; `None` if only the issuer is configured.
    pub(crate) endpoint: Option<Url>,
    /// The URL at which this server reaches Logto, if it is not that of the issuer.
    pub(crate) internal_endpoint: Option<Url>,
    /// The accepted difference between Logto's clock and this server's clock.
    pub(crate) clock_skew: Duration,
    /// The one algorithm that tokens may be signed by, if it is pinned.
    pub(crate) signing_algorithm: Option<Algorithm>,
    /// How long a call to Logto may take.
    pub(crate) timeout: Duration,
    /// How long connecting to Logto may take.
    pub(crate) connect_timeout: Duration,
    /// The roots to trust besides the system's.
    pub(crate) ca_certificates: Option<CaCertificates>,
    /// The source of each configured value, as a text.
    pub(crate) sources: BTreeMap<&'static str, String>,
}

/// Reads them; `None` if there is an error without which there is no issuer.
pub(super) fn read(
    reader: &mut Reader,
    debug: bool,
    warnings: &mut Vec<Warning>,
) -> Option<Connection> {
    let (issuer, endpoint) = issuer(reader);
    let internal_endpoint = internal_endpoint(reader, debug, warnings);
    let clock_skew = reader.duration("clock_skew", (Duration::ZERO, 5 * MINUTE), MINUTE);
    let signing_algorithm = reader.text("signing_algorithm", texts::signing_algorithm);
    let timeout = reader.duration("timeout", (SHORTEST_CALL, 5 * MINUTE), 10 * SECOND);
    let connect_timeout = reader.duration("connect_timeout", (SHORTEST_CALL, MINUTE), 2 * SECOND);
    let ca_certificates = reader.file("ca_certificates", CaCertificates::read);
    let sources = reader.sources();
    issuer.map(|issuer| Connection {
        issuer,
        endpoint,
        internal_endpoint,
        clock_skew,
        signing_algorithm,
        timeout,
        connect_timeout,
        ca_certificates,
        sources,
    })
}

/// The issuer, given or derived from the endpoint, and the endpoint if it is given.
fn issuer(reader: &mut Reader) -> (Option<Issuer>, Option<Url>) {
    if !reader.has("endpoint") && !reader.has("issuer") {
        let remedy = "give the endpoint that Logto's console shows, such as \
                    `endpoint = \"https://example.logto.app\"`";
        reader.reject("endpoint", Wrong::new("is missing, and so is `issuer`", remedy));
    }
    let endpoint = reader.text("endpoint", urls::endpoint);
    let given = reader.text("issuer", Issuer::parse);
    if reader.has("issuer") {
        return (given, endpoint);
    }
    let derived = endpoint.as_ref().map(Issuer::of).transpose();
    let derived = derived.map_err(|wrong| reader.reject("endpoint", wrong));
    (derived.ok().flatten(), endpoint)
}

fn internal_endpoint(reader: &mut Reader, debug: bool, warnings: &mut Vec<Warning>) -> Option<Url> {
    let url = reader.text("internal_endpoint", urls::internal_endpoint)?;
    if url.scheme() == "http" && !debug {
        let what = "is plain http: an attacker who can read or change the traffic of that network \
                    can read the app secret and the tokens";
        let cure = "use https, or protect that network";
        warnings.push(reader.warning("internal_endpoint", what, cure));
    }
    Some(url)
}
