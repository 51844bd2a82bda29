//! `table!`: the code that all types for a table of the configuration share.

/// Gives a type that wraps a `Dict` its constructor, its setter, and a `Debug` output without secrets.
macro_rules! table {
    ($config:ident, $key:literal) => {
        impl $config {
            /// A table that sets no key.
            pub fn new() -> Self {
                Self::default()
            }

            pub(super) fn into_dict(self) -> Dict {
                self.0
            }

            fn set(mut self, key: &str, value: impl Into<rocket::figment::value::Value>) -> Self {
                self.0.insert(key.into(), value.into());
                self
            }
        }

        impl std::fmt::Debug for $config {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                super::debug(stringify!($config), concat!($key, "."), &self.0, f)
            }
        }
    };
}

pub(super) use table;
