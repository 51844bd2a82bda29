//! The text of a session before encryption: a line of JSON, followed by the claims as they were
//! received.

use std::sync::Arc;

use crate::claims::Claims;
use crate::session::Session;

impl Session {
    /// The session as text.
    pub fn to_text(&self) -> Option<String> {
        let mut text = serde_json::to_string(self).ok()?;
        text.push('\n');
        text.push_str(self.claims.as_json());
        Some(text)
    }

    /// The session that [`to_text`](Self::to_text) wrote; `None` for anything else.
    pub fn from_text(text: &str) -> Option<Self> {
        let (line, claims) = text.split_once('\n')?;
        let rest: Session<()> = serde_json::from_str(line).ok()?;
        Some(rest.with(Arc::new(Claims::from_json(claims).ok()?)))
    }
}

impl Session<()> {
    fn with(self, claims: Arc<Claims>) -> Session {
        Session {
            claims,
            format: self.format,
            id: self.id,
            generation: self.generation,
            refresh_token: self.refresh_token,
            asked: self.asked,
            signed_in_at: self.signed_in_at,
            confirmed_at: self.confirmed_at,
            last_seen: self.last_seen,
            marks: self.marks,
            id_token: self.id_token,
            tokens: self.tokens,
            origin: self.origin,
            secret: self.secret,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Asked, SignInOrigin};

    /// A session whose claims came in several lines, from a browser whose name has two.
    fn text() -> String {
        let claims =
            Claims::from_json("\n{\n  \"sub\": \"k3d9\",\n  \"team\": \"a\\nb\"\n}\n").unwrap();
        let user_agent = Some("A Browser\r\n{\"sub\":\"admin\"}".to_owned());
        let mut session = Session::new(claims, Asked::default(), 1_000);
        session.origin = Some(SignInOrigin { address: None, user_agent });
        session.to_text().unwrap()
    }

    #[test]
    fn a_session_reads_as_it_was_written_whatever_is_in_it() {
        let text = text();
        let session = Session::from_text(&text).unwrap();
        assert_eq!(session.claims.sub, "k3d9");
        assert_eq!(session.claims.get::<String>("team").unwrap().as_deref(), Some("a\nb"));
        assert_eq!(session.to_text().unwrap(), text);
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
