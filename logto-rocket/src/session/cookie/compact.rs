//! Claims in few bytes: short names for those that are known, and each id and role name once.
//!
//! | claim | written as |
//! | --- | --- |
//! | a known name | its letters in [`NAMES`] |
//! | another name that looks like such letters | with `=` in front |
//! | `roles`, `organizations` | the names, with commas between |
//! | `organization_roles` | the role names, separated by commas, then `;`, then for each of `organizations` the positions of its roles in this list, with `|` between |
//!
//! A claim that cannot be written in this way (a name with a comma, a membership in an organization that is
//! not listed) is written unchanged.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::claims::Claims;

/// The claims whose names are written as letters.
const NAMES: [(&str, &str); 27] = [
    ("sub", "s"),
    ("name", "n"),
    ("username", "u"),
    ("picture", "p"),
    ("given_name", "gn"),
    ("family_name", "fn"),
    ("middle_name", "mn"),
    ("nickname", "nn"),
    ("preferred_username", "pu"),
    ("profile", "pr"),
    ("website", "w"),
    ("gender", "ge"),
    ("birthdate", "b"),
    ("zoneinfo", "z"),
    ("locale", "l"),
    ("created_at", "c"),
    ("updated_at", "d"),
    ("email", "e"),
    ("email_verified", "ev"),
    ("phone_number", "h"),
    ("phone_number_verified", "hv"),
    ("address", "a"),
    ("roles", ROLES),
    ("organizations", ORGANIZATIONS),
    ("organization_roles", ORGANIZATION_ROLES),
    ("sid", "i"),
    ("auth_time", "t"),
];

const ROLES: &str = "r";
const ORGANIZATIONS: &str = "o";
const ORGANIZATION_ROLES: &str = "x";

/// The places of roles: one character each.
const PLACES: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Claims in few bytes.
pub(super) fn written(claims: &Claims) -> String {
    let all = claims.all();
    let organizations = all.get("organizations").and_then(names).unwrap_or_default();
    // The original text, because a number may change when it is parsed and written again.
    let raw: BTreeMap<String, &RawValue> =
        serde_json::from_str(claims.as_json()).unwrap_or_default();
    let mut written = BTreeMap::new();
    for (name, raw) in raw {
        let short = all.get(&name).and_then(|value| match name.as_str() {
            "roles" | "organizations" => names(value).map(|names| names.join(",")),
            "organization_roles" => memberships(value, &organizations),
            _ => None,
        });
        let letters = NAMES.iter().find(|(known, _)| *known == name).map(|(_, letters)| *letters);
        let value = match (letters, short) {
            (Some(_), Some(short)) => Cow::Owned(Value::String(short).to_string()),
            _ => Cow::Borrowed(raw.get()),
        };
        let name = match letters {
            Some(letters) => letters.to_owned(),
            None if is_taken(&name) => format!("={name}"),
            None => name,
        };
        written.insert(name, value);
    }
    let member =
        |(name, value): (&String, &Cow<'_, str>)| format!("{}:{value}", Value::from(name.as_str()));
    let members: Vec<_> = written.iter().map(member).collect();
    format!("{{{}}}", members.join(","))
}

/// The claims that [`written`] wrote; `None` for anything else.
///
/// It puts the names and lists back into the text without parsing the values, because this runs at the first
/// request of each browser.
pub(super) fn read(text: &str) -> Option<Claims> {
    let Members(claims) = serde_json::from_str(text).ok()?;
    Claims::from_json(&claims).ok()
}

/// The members of an object, as text with their full names.
struct Members(String);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader)
    }
}

struct Reader;

/// A name as it was written.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Visitor<'de> for Reader {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("claims")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let (mut text, mut organizations) = (String::with_capacity(512), None);
        while let Some((Name(letters), value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
            text.push(if text.is_empty() { '{' } else { ',' });
            if let Some(name) = full_name(&letters) {
                text.extend(["\"", name, "\":"]);
            } else {
                let name = letters.strip_prefix('=').unwrap_or(&letters);
                text.push_str(&Value::from(name).to_string());
                text.push(':');
            }
            let value = value.get();
            match (&*letters, inner(value)) {
                (ROLES, Some(names)) => push_list(&mut text, split(names)),
                (ORGANIZATIONS, Some(ids)) => {
                    organizations = Some(ids);
                    push_list(&mut text, split(ids));
                }
                (ORGANIZATION_ROLES, Some(all)) => {
                    let ids: Vec<_> = split(organizations.unwrap_or_default()).collect();
                    let all = read_memberships(all, &ids)
                        .ok_or_else(|| de::Error::custom("no memberships"))?;
                    push_list(&mut text, all.iter().map(String::as_str));
                }
                _ => text.push_str(value),
            }
        }
        text.push_str(if text.is_empty() { "{}" } else { "}" });
        Ok(Members(text))
    }
}

/// What is between the quotes of a text in JSON. Its escapes stay, and none of them has a comma.
fn inner(json: &str) -> Option<&str> {
    json.strip_prefix('"')?.strip_suffix('"')
}

fn push_list<'a>(text: &mut String, names: impl Iterator<Item = &'a str>) {
    let mut separator = "[";
    for name in names {
        text.extend([separator, "\"", name, "\""]);
        separator = ",";
    }
    text.push_str(if separator == "[" { "[]" } else { "]" });
}

/// The claim that letters stand for.
fn full_name(letters: &str) -> Option<&'static str> {
    if letters.len() > 2 {
        return None;
    }
    NAMES.iter().find(|(_, known)| *known == letters).map(|(name, _)| *name)
}

/// Whether a name means something else when it is read.
fn is_taken(name: &str) -> bool {
    name.starts_with('=') || NAMES.iter().any(|(_, letters)| *letters == name)
}

/// The names of a list that can be written with commas between.
fn names(value: &Value) -> Option<Vec<&str>> {
    let names: Vec<_> = value.as_array()?.iter().map(Value::as_str).collect::<Option<_>>()?;
    names.iter().all(|name| is_plain(name)).then_some(names)
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains([',', ';', '|'])
}

fn split(names: &str) -> impl Iterator<Item = &str> {
    names.split(',').filter(|name| !name.is_empty())
}

/// The roles in organizations, each name once.
fn memberships(value: &Value, organizations: &[&str]) -> Option<String> {
    let all = names(value)?;
    let (mut roles, mut places) = (Vec::new(), vec![String::new(); organizations.len()]);
    for membership in &all {
        let (id, role) = membership.split_once(':').filter(|(_, role)| !role.is_empty())?;
        let organization = organizations.iter().position(|known| *known == id)?;
        let place = roles.iter().position(|known| *known == role).unwrap_or_else(|| {
            roles.push(role);
            roles.len() - 1
        });
        places[organization].push(char::from(*PLACES.get(place)?));
    }
    let text = format!("{};{}", roles.join(","), places.join("|"));
    let read = read_memberships(&text, organizations)?;
    (read == all).then_some(text)
}

fn read_memberships(text: &str, organizations: &[&str]) -> Option<Vec<String>> {
    let (roles, places) = text.split_once(';')?;
    let roles: Vec<_> = split(roles).collect();
    let mut all = Vec::new();
    for (id, places) in organizations.iter().zip(places.split('|')) {
        for place in places.bytes() {
            let place = PLACES.iter().position(|known| *known == place)?;
            all.push(format!("{id}:{}", roles.get(place)?));
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn is_read_as_written(claims: &Value) -> String {
        let claims = Claims::from_json(&claims.to_string()).unwrap();
        let text = written(&claims);
        assert_eq!(read(&text).as_ref(), Some(&claims), "{text}");
        text
    }

    #[test]
    fn usual_claims_take_few_bytes() {
        let text = is_read_as_written(&json!({
            "sub": "k3d9", "name": null, "roles": ["admin", "auditor"], "organizations": ["o1", "o2"],
            "organization_roles": ["o1:owner", "o1:member", "o2:member"], "team": "ops",
        }));
        let short = r#"{"n":null,"o":"o1,o2","r":"admin,auditor","s":"k3d9","team":"ops","x":"owner,member;01|1"}"#;
        assert_eq!(text, short);
    }

    #[test]
    fn each_known_name_is_read_as_it_was_written() {
        for (name, _) in NAMES.iter().filter(|(name, _)| *name != "sub") {
            is_read_as_written(&json!({"sub": "k3d9", *name: null}));
        }
    }

    #[test]
    fn numbers_are_written_as_they_came() {
        for number in ["99999999999991999999", "0.30000000000000004", "1E5", "-0.0"] {
            let json = format!(r#"{{"sub":"k","scores":[{number}]}}"#);
            let text = written(&Claims::from_json(&json).unwrap());
            let again = read(&text).unwrap();
            assert!(again.as_json().contains(&format!("[{number}]")), "{}", again.as_json());
            assert_eq!(written(&again), text);
        }
    }

    #[test]
    fn what_cannot_be_written_so_is_written_as_it_is() {
        for claims in [
            json!({ "sub": "k", "roles": ["a,b", "c"], "r": 1, "=r": 2, "==r": 3, "s": "x" }),
            json!({ "sub": "k", "roles": [], "organizations": [], "organization_roles": [] }),
            json!({ "sub": "k", "roles": [""], "organizations": ["a;b", "c|d"] }),
            json!({ "sub": "k", "organization_roles": ["o1:owner"] }),
            json!({ "sub": "k", "organizations": ["o1"], "organization_roles": ["o2:owner"] }),
            json!({ "sub": "k", "organizations": ["o1", "o2"],
                    "organization_roles": ["o2:a", "o1:a", "o2:b"] }),
            json!({ "sub": "k", "organizations": ["o1", "o1"], "organization_roles": ["o1:a:b"] }),
        ] {
            is_read_as_written(&claims);
        }
        let many: Vec<_> = (0..100).map(|number| format!("o1:role-{number}")).collect();
        let claims = json!({ "sub": "k", "organizations": ["o1"], "organization_roles": many });
        is_read_as_written(&claims);
    }

    proptest! {
        #[test]
        fn any_claims_are_read_as_they_were_written(
            roles in proptest::collection::vec("[a-c,;|:=\"\\\\\n é]{0,3}", 0..4),
            organizations in proptest::collection::vec("[a-c,;|:\"\\\\é]{0,2}", 0..4),
            memberships in proptest::collection::vec("[a-c\"é]{0,2}:[a-c,;|:\"\\\\é]{0,2}", 0..5),
            own in proptest::collection::btree_map("[a-z=]{1,2}", any::<Option<i32>>(), 0..5),
        ) {
            let mut claims = json!({
                "sub": "k", "roles": roles, "organizations": organizations,
                "organization_roles": memberships,
            });
            for (name, value) in own {
                claims[format!("={name}")] = json!(value);
            }
            is_read_as_written(&claims);
        }

        #[test]
        fn no_text_panics(text in any::<String>(), places in "[0-9a-z|;,]{0,12}") {
            read(&text);
            read(&json!({ "s": "k", "o": "a,b", "x": places }).to_string());
        }
    }
}
