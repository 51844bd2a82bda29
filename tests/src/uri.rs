//! Parts of the URLs that browser, application and provider exchange.

use std::collections::BTreeMap;

use url::Url;
use url::form_urlencoded::byte_serialize;

/// A text as the value of a parameter.
pub fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

/// The parameters of a URL; of one that comes twice, the last.
///
/// # Panics
///
/// If it is no absolute URL.
pub fn query(url: &str) -> BTreeMap<String, String> {
    Url::parse(url).expect("an absolute URL").query_pairs().into_owned().collect()
}

/// The path and query of an absolute URL.
///
/// # Panics
///
/// If it is no absolute URL.
pub fn path_of(url: &str) -> String {
    Url::parse(url).expect("an absolute URL")[url::Position::BeforePath..].to_owned()
}
