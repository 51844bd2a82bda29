//! The text of a session before encryption: a line of JSON, followed by the claims in few bytes.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::compact;
use crate::host::HostId;
use crate::oidc::{NonceHash, RawIdToken, RefreshToken};
use crate::session::cached_token::{CachedTokens, is_zero};
use crate::session::session::{Asked, Session, SignInOrigin};
use crate::session_id::SessionId;
use crate::session_values::SessionValues;

/// The format of what is sealed. A session in another format reads as signed out.
const FORMAT: u8 = 3;

/// The values of a session besides its claims. Times are relative to the sign-in.
#[derive(Serialize, Deserialize)]
struct Line(
    u8,
    SessionId,
    u64,
    Option<RefreshToken>,
    u64,
    i64,
    i64,
    Option<NonceHash>,
    Option<Rest>,
);

/// The values that most sessions do not have.
#[derive(Default, Serialize, Deserialize)]
struct Rest {
    #[serde(rename = "q", default, skip_serializing_if = "is_default")]
    asked: Asked,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    claims_setting: Option<u32>,
    #[serde(rename = "m", default, skip_serializing_if = "is_zero")]
    marks: u32,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    persistent: Option<bool>,
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    max_age: Option<u64>,
    /// How much later Logto issued the ID token of the sign-in, by its own clock.
    #[serde(rename = "i", default, skip_serializing_if = "is_default")]
    issued: i64,
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    values: Option<SessionValues>,
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    id_token: Option<RawIdToken>,
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    tokens: CachedTokens,
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    origin: Option<SignInOrigin>,
}

impl Session {
    /// The session as text.
    pub fn to_text(&self) -> Option<String> {
        let rest = Rest {
            asked: self.asked.clone(),
            claims_setting: self.claims_setting,
            marks: self.marks,
            persistent: self.persistent,
            max_age: self.max_age,
            issued: difference(self.issued_at, self.signed_in_at)?,
            values: self.values.clone(),
            id_token: self.id_token.clone(),
            tokens: self.tokens.clone(),
            origin: self.origin.clone(),
        };
        let line = Line(
            FORMAT,
            self.id.clone(),
            self.generation,
            self.refresh_token.clone(),
            self.signed_in_at,
            difference(self.confirmed_at, self.signed_in_at)?,
            difference(self.last_seen, self.signed_in_at)?,
            self.nonce.clone(),
            rest.is_needed().then_some(rest),
        );
        let mut text = serde_json::to_string(&line).ok()?;
        text.push('\n');
        text.push_str(&compact::written(&self.claims));
        Some(text)
    }

    /// The session that [`to_text`](Self::to_text) wrote; `None` for anything else. The encryption, and not
    /// the text, names the host of the session, so the host is set to the first one here.
    pub fn from_text(text: &str) -> Option<Self> {
        let (line, claims) = text.split_once('\n')?;
        let line: Line = serde_json::from_str(line).ok()?;
        let Line(FORMAT, id, generation, refresh_token, signed_in_at, confirmed, seen, nonce, rest) =
            line
        else {
            return None;
        };
        let Rest {
            asked,
            claims_setting,
            marks,
            persistent,
            max_age,
            issued,
            values,
            id_token,
            tokens,
            origin,
        } = rest.unwrap_or_default();
        Some(Self {
            id,
            host: HostId::FIRST,
            generation,
            claims: Arc::new(compact::read(claims)?),
            claims_setting,
            refresh_token,
            nonce,
            asked,
            signed_in_at,
            issued_at: signed_in_at.checked_add_signed(issued)?,
            confirmed_at: signed_in_at.checked_add_signed(confirmed)?,
            last_seen: signed_in_at.checked_add_signed(seen)?,
            persistent,
            max_age,
            marks,
            values,
            id_token,
            tokens,
            origin,
            secret: None,
        })
    }
}

impl Rest {
    fn is_needed(&self) -> bool {
        let Self {
            asked,
            claims_setting,
            marks,
            persistent,
            max_age,
            issued,
            values,
            id_token,
            tokens,
            origin,
        } = self;
        !is_default(asked)
            || claims_setting.is_some()
            || *marks > 0
            || persistent.is_some()
            || max_age.is_some()
            || *issued != 0
            || values.is_some()
            || id_token.is_some()
            || !tokens.is_empty()
            || origin.is_some()
    }
}

fn difference(at: u64, from: u64) -> Option<i64> {
    i64::try_from(at).ok()?.checked_sub(i64::try_from(from).ok()?)
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::Claims;

    /// A session whose claims came in several lines, from a browser whose name has two.
    fn text() -> String {
        let claims =
            Claims::from_json("\n{\n  \"sub\": \"k3d9\",\n  \"team\": \"a\\nb\"\n}\n").unwrap();
        let user_agent = Some("A Browser\r\n{\"sub\":\"admin\"}".to_owned());
        let mut session = Session::new(claims, Asked::default(), 1_000);
        session.origin = Some(SignInOrigin { address: None, user_agent });
        session.confirmed_at = 990;
        session.last_seen = 1_010;
        session.marks = 3;
        session.persistent = Some(false);
        session.max_age = Some(900);
        session.claims_setting = Some(u32::MAX);
        session.issued_at = 998;
        session.values = SessionValues::new(&["own\nvalues"]).ok();
        session.to_text().unwrap()
    }

    #[test]
    fn a_session_reads_as_it_was_written_whatever_is_in_it() {
        let text = text();
        let session = Session::from_text(&text).unwrap();
        assert_eq!(session.claims.sub, "k3d9");
        assert_eq!(session.claims.get::<String>("team").unwrap().as_deref(), Some("a\nb"));
        assert_eq!((session.confirmed_at, session.last_seen, session.marks), (990, 1_010, 3));
        assert_eq!((session.persistent, session.max_age), (Some(false), Some(900)));
        assert_eq!(session.claims_setting, Some(u32::MAX));
        assert_eq!((session.signed_in_at, session.issued_at), (1_000, 998));
        let values = session.values.as_ref().unwrap();
        assert_eq!(values.read::<Vec<String>>().unwrap(), ["own\nvalues"]);
        assert_eq!(session.to_text().unwrap(), text);
    }

    #[test]
    fn what_few_sessions_have_is_written_if_there_is_any_of_it() {
        let claims = Claims::from_json(r#"{"sub":"k3d9"}"#).unwrap();
        let plain = Session::new(claims, Asked::default(), 1_000);
        let usual = plain.to_text().unwrap();
        let tokens = r#"[[{},{"t":"at","s":[],"n":1,"e":2,"f":0}]]"#;
        let changes: [fn(&mut Session, &str); 10] = [
            |session, _| session.asked = Asked::least(),
            |session, _| session.claims_setting = Some(0),
            |session, _| session.marks = 1,
            |session, _| session.persistent = Some(true),
            |session, _| session.max_age = Some(60),
            |session, _| session.issued_at = 1_001,
            |session, _| session.values = SessionValues::new(&7).ok(),
            |session, _| session.id_token = Some(RawIdToken::from("a.b.c")),
            |session, tokens| session.tokens = serde_json::from_str(tokens).unwrap(),
            |session, _| session.origin = Some(SignInOrigin::default()),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut session = plain.clone();
            change(&mut session, tokens);
            let text = session.to_text().unwrap();
            assert!(text.len() > usual.len(), "{number}: {text}");
            assert_eq!(Session::from_text(&text).unwrap().to_text().unwrap(), text, "{number}");
        }
        assert!(usual.contains("null]\n"), "{usual}: nothing stands for what is not there");
    }

    #[test]
    fn half_a_session_is_none() {
        let text = text();
        let (line, claims) = text.split_once('\n').unwrap();
        for half in [line, claims, &format!("{line}\n"), &format!("\n{claims}"), &text[1..]] {
            assert!(Session::from_text(half).is_none(), "{half}");
        }
    }
}
