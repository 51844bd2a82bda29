//! A session as text, which is what is sealed: a line of JSON, and behind it the claims as they came.

use std::sync::Arc;

use super::Session;
use crate::claims::Claims;

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
            id_token: self.id_token,
            tokens: self.tokens,
            origin: self.origin,
            secret: self.secret,
        }
    }
}
