//! [`Held`]: JSON that a value can hold.

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// JSON that a `serde_json::Value` can represent. Without this check, a skipped value could be a number
/// beyond the range of `f64`, half of a surrogate pair, or too many nested lists.
pub(super) struct Held;

impl<'de> Deserialize<'de> for Held {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Held;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Held, E> {
        Ok(Held)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Held, E> {
        Ok(Held)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Held, E> {
        Ok(Held)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Held, E> {
        Ok(Held)
    }

    fn visit_str<E>(self, _: &str) -> Result<Held, E> {
        Ok(Held)
    }

    fn visit_unit<E>(self) -> Result<Held, E> {
        Ok(Held)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Held, A::Error> {
        while list.next_element::<Held>()?.is_some() {}
        Ok(Held)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Held, A::Error> {
        while object.next_entry::<Held, Held>()?.is_some() {}
        Ok(Held)
    }
}
