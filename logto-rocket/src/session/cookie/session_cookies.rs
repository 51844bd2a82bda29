//! Sessions as cookies: encrypted as a whole, and split if one cookie is too small.

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rocket::Request;

use super::names::MAX_PIECES;
use super::vault::Unsealed;
use super::{CookieWrite, Cookies, SealedAs};
use crate::session::session::Session;

/// The most characters of sealed text in one cookie. With a name and attributes this stays below
/// the 4,096 bytes that every browser accepts.
const PIECE: usize = 3500;

/// From this size on a warning names the largest claims.
const LARGE: usize = 3500;

/// A session that does not fit into its cookies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge {
    bytes: usize,
    limit: usize,
    largest: String,
}

impl Cookies {
    /// The value of the first cookie of the session.
    pub(in crate::session) fn session_value<'r>(
        &self,
        request: &'r Request<'_>,
    ) -> Option<&'r str> {
        request.cookies().get(self.names.session()).map(cookie::Cookie::value)
    }

    /// The sealed text of the session, if all pieces are there and fit together.
    pub(in crate::session) fn session_text<'r>(
        &self,
        request: &'r Request<'_>,
    ) -> Option<Cow<'r, str>> {
        let first = self.session_value(request)?;
        // Sealed text has no dot, so one behind a digit says how many pieces there are.
        let (Some(count @ b'0'..=b'9'), Some(b'.')) =
            (first.as_bytes().first(), first.as_bytes().get(1))
        else {
            return Some(Cow::Borrowed(first));
        };
        let count = usize::from(count - b'0');
        if !(2..=MAX_PIECES).contains(&count) {
            return None;
        }
        let mut text = first[2..].to_owned();
        for number in 1..count {
            text.push_str(request.cookies().get(&self.names.piece(number))?.value());
        }
        Some(Cow::Owned(text))
    }

    /// The session that a text was sealed from, and whether it was sealed with an older key.
    pub(in crate::session) fn unseal_session(&self, text: &str) -> Option<(Session, bool)> {
        let Unsealed { text, by_older_key } =
            self.vault.open(SealedAs::Session, self.names.session(), text)?;
        Some((Session::from_text(&text)?, by_older_key))
    }

    /// The cookies that hold the session, and the deletion of pieces that the request still has.
    pub fn writes(
        &self,
        session: &Session,
        request: &Request<'_>,
    ) -> Result<Vec<CookieWrite>, TooLarge> {
        let mut writes = self.of(session)?;
        let leftovers = (writes.len()..MAX_PIECES).map(|number| self.names.piece(number));
        let sent = leftovers.filter(|name| request.cookies().get(name).is_some());
        writes.extend(sent.map(|name| self.deletion(name)));
        Ok(writes)
    }

    /// The cookies that hold the session: one, or, where it is too large for that, several pieces.
    pub fn of(&self, session: &Session) -> Result<Vec<CookieWrite>, TooLarge> {
        let text = match &session.secret {
            Some(secret) => secret.reveal().to_owned(),
            None => self.sealed(session)?,
        };
        let max_age = self.lifetimes.left(session, self.clock.now());
        let same_site = self.attributes.same_site;
        let write = |name, value| CookieWrite { name, value: Some(value), same_site, max_age };

        let count = text.len().div_ceil(PIECE);
        if count <= 1 {
            return Ok(vec![write(self.names.session().to_owned(), text)]);
        }
        let mut writes = Vec::with_capacity(count);
        let mut rest = text.as_str();
        for number in 0..count {
            let (piece, tail) = rest.split_at(rest.len().min(PIECE));
            rest = tail;
            writes.push(match number {
                0 => write(self.names.session().to_owned(), format!("{count}.{piece}")),
                _ => write(self.names.piece(number), piece.to_owned()),
            });
        }
        Ok(writes)
    }

    /// Whether the session fits into its cookies.
    pub(in crate::session) fn check_size(&self, session: &Session) -> Result<(), TooLarge> {
        self.sealed(session).map(drop)
    }

    /// The deletion of all cookies that a session can have.
    pub fn deletions(&self) -> Vec<CookieWrite> {
        let names = (1..MAX_PIECES).map(|number| self.names.piece(number));
        std::iter::once(self.names.session().to_owned())
            .chain(names)
            .map(|name| self.deletion(name))
            .collect()
    }

    fn deletion(&self, name: String) -> CookieWrite {
        let same_site = self.attributes.same_site;
        CookieWrite { name, value: None, same_site, max_age: Duration::ZERO }
    }

    fn sealed(&self, session: &Session) -> Result<String, TooLarge> {
        let limit = self.attributes.max_bytes;
        let text = session
            .to_text()
            .and_then(|text| self.vault.seal(SealedAs::Session, self.names.session(), &text));
        let bytes = text.as_ref().map_or(usize::MAX, String::len);
        match text {
            Some(text) if bytes <= limit => {
                if bytes > LARGE && !self.warned_of_size.swap(true, Ordering::Relaxed) {
                    log::warn!(
                        "A session takes {bytes} bytes of cookies; the limit is {limit}. The \
                         largest claims: {}. Set `logto.session.claims` to the claims to store.",
                        largest(session)
                    );
                }
                Ok(text)
            }
            _ => Err(TooLarge { bytes, limit, largest: largest(session) }),
        }
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bytes, limit, largest } = self;
        write!(
            f,
            "the session takes {bytes} bytes of cookies, but `logto.session.max_cookie_bytes` is \
             {limit}; the largest claims: {largest}; list the claims to store in \
             `logto.session.claims`, or ask for fewer scopes"
        )
    }
}

/// The names and sizes of the three largest claims.
fn largest(session: &Session) -> String {
    let sizes = session.claims.sizes();
    let named = sizes.iter().take(3).map(|(name, size)| format!("`{name}` ({size} bytes)"));
    named.collect::<Vec<_>>().join(", ")
}
