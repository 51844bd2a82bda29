//! Claims in few bytes: short names for those that are known, and each id and role name once.
//!
//! | claim | written as |
//! | --- | --- |
//! | a known name | its letters in [`NAMES`] |
//! | another name that looks like such letters | with `=` in front |
//! | `roles`, `organizations` | the names, with commas between |
//! | `organization_roles` | the role names, with commas between, then `;`, then for each of `organizations` the places of its roles, with `|` between |
//!
//! What cannot be written so (a name with a comma, a membership in an organization that is not listed) is
//! written as it is.

use serde_json::{Map, Value};

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
    let mut written = Map::with_capacity(all.len());
    for (name, value) in all {
        let short = match name.as_str() {
            "roles" | "organizations" => names(value).map(|names| names.join(",")),
            "organization_roles" => memberships(value, &organizations),
            _ => None,
        };
        let letters = NAMES.iter().find(|(known, _)| known == name).map(|(_, letters)| *letters);
        let value = match (letters, short) {
            (Some(_), Some(short)) => Value::String(short),
            _ => value.clone(),
        };
        let name = match letters {
            Some(letters) => letters.to_owned(),
            None if is_taken(name) => format!("={name}"),
            None => name.clone(),
        };
        written.insert(name, value);
    }
    Value::Object(written).to_string()
}

/// The claims that [`written`] wrote; `None` for anything else.
pub(super) fn read(text: &str) -> Option<Claims> {
    let written: Map<String, Value> = serde_json::from_str(text).ok()?;
    let organizations = match written.get(ORGANIZATIONS) {
        Some(Value::String(ids)) => split(ids).map(ToOwned::to_owned).collect(),
        _ => Vec::new(),
    };
    let mut claims = Map::with_capacity(written.len());
    for (name, value) in written {
        let value = match (name.as_str(), value) {
            (ROLES | ORGANIZATIONS, Value::String(names)) => split(&names).collect(),
            (ORGANIZATION_ROLES, Value::String(text)) => {
                Value::from(read_memberships(&text, &organizations)?)
            }
            (_, value) => value,
        };
        let known = NAMES.iter().find(|(_, letters)| *letters == name).map(|(name, _)| *name);
        let name = match (known, name.strip_prefix('=')) {
            (Some(name), _) | (None, Some(name)) => name.to_owned(),
            (None, None) => name,
        };
        claims.insert(name, value);
    }
    Claims::from_json(&Value::Object(claims).to_string()).ok()
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
    let ids: Vec<_> = organizations.iter().map(|id| (*id).to_owned()).collect();
    let read = read_memberships(&text, &ids)?;
    (read == all).then_some(text)
}

fn read_memberships(text: &str, organizations: &[String]) -> Option<Vec<String>> {
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
            roles in proptest::collection::vec("[a-c,;|:=]{0,3}", 0..4),
            organizations in proptest::collection::vec("[a-c,;|:]{0,2}", 0..4),
            memberships in proptest::collection::vec("[a-c,;|]{0,2}:[a-c,;|:]{0,2}", 0..5),
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
