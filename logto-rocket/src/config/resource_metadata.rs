//! [`ResourceMetadata`]: whether and what the metadata of protected resources tells.

use super::reader::Reader;
use super::texts;

/// Whether and what the metadata of protected resources (RFC 9728) tells.
#[derive(Clone, Debug)]
pub(crate) struct ResourceMetadata {
    /// Whether it is there.
    pub(crate) is_served: bool,
    /// The scopes that it names, if not all that the mounted routes require.
    pub(crate) scopes: Option<Vec<String>>,
}

impl ResourceMetadata {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let is_served = reader.flag("resource_metadata").unwrap_or(true);
        Self { is_served, scopes: reader.list("resource_metadata_scopes", texts::scope) }
    }
}
