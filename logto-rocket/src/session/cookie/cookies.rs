//! Sessions as cookies: sealed whole, cut in pieces where one cookie is too small.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use cookie::{Cookie, SameSite};
use rocket::Request;

use crate::session::cookie::names::MAX_PIECES;
use crate::session::memory::cache::Opened;
use crate::session::{FLOW_LIFETIME, Flow, Session, Sessions};

/// The most characters of sealed text in one cookie. With a name and attributes this stays below
/// the 4,096 bytes that every browser keeps.
const PIECE: usize = 3500;

/// From this size on a warning names the largest claims.
const LARGE: usize = 3500;

/// A cookie to be set, or, without a value, to be deleted.
pub(crate) struct CookieWrite {
    name: String,
    value: Option<String>,
    same_site: SameSite,
    max_age: Duration,
}

/// A session that does not fit into the cookies that it may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge {
    bytes: usize,
    limit: usize,
    largest: String,
}

impl Sessions {
    /// Opens the cookies of the session, if all pieces are there and fit together.
    pub(in crate::session) fn open_cookies(&self, request: &Request<'_>) -> Option<Arc<Opened>> {
        let first = request.cookies().get(self.names.session())?.value();
        // Sealed text has no dot, so one behind a digit says how many pieces there are.
        let (Some(count @ b'0'..=b'9'), Some(b'.')) =
            (first.as_bytes().first(), first.as_bytes().get(1))
        else {
            return self.open(first);
        };
        let count = usize::from(count - b'0');
        if !(2..=MAX_PIECES).contains(&count) {
            return None;
        }
        let mut text = first[2..].to_owned();
        for number in 1..count {
            text.push_str(request.cookies().get(&self.names.piece(number))?.value());
        }
        self.open(&text)
    }

    /// Opens the sealed text of a session, or remembers what was in it.
    fn open(&self, text: &str) -> Option<Arc<Opened>> {
        if let Some(opened) = self.opened.get(text) {
            return Some(opened);
        }
        let opened = self.vault.open(self.names.session(), text)?;
        let session = Session::from_text(&opened.text)?;
        Some(self.opened.insert(text, Opened::new(session, opened.by_older_key, None)))
    }

    /// The cookies that hold the session, and the deletion of pieces that the request still has.
    pub fn writes(
        &self,
        session: &Session,
        request: &Request<'_>,
    ) -> Result<Vec<CookieWrite>, TooLarge> {
        let mut writes = self.cookies(session)?;
        let leftovers = (writes.len()..MAX_PIECES).map(|number| self.names.piece(number));
        let presented = leftovers.filter(|name| request.cookies().get(name).is_some());
        writes.extend(presented.map(|name| self.deletion(name)));
        Ok(writes)
    }

    /// The cookies that hold the session: one, or, where it is too large for that, several pieces.
    pub fn cookies(&self, session: &Session) -> Result<Vec<CookieWrite>, TooLarge> {
        let text = match &session.secret {
            Some(secret) => secret.reveal().to_owned(),
            None => self.sealed(session)?,
        };
        let over_at = session.signed_in_at.saturating_add(self.settings.max_lifetime.as_secs());
        let max_age = Duration::from_secs(over_at.saturating_sub(self.clock.now()));
        let same_site = self.settings.same_site;
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

    /// Whether the session fits into its cookies. What is in a store always does.
    pub fn check_size(&self, session: &Session) -> Result<(), TooLarge> {
        if self.store.is_some() { Ok(()) } else { self.sealed(session).map(drop) }
    }

    /// The deletion of the session's cookies, all that there can be.
    pub fn deletions(&self) -> Vec<CookieWrite> {
        let names = (1..MAX_PIECES).map(|number| self.names.piece(number));
        std::iter::once(self.names.session().to_owned())
            .chain(names)
            .map(|name| self.deletion(name))
            .collect()
    }

    /// The cookie of a sign-in. It is `Lax` whatever the session is: the callback comes from
    /// another site.
    pub fn flow_write(&self, flow: &Flow) -> Option<CookieWrite> {
        let (name, sealed) = flow.seal(self)?;
        Some(CookieWrite::lax(name, Some(sealed)))
    }

    /// The cookie that remembers where to go after signing out.
    pub fn farewell_write(&self, return_to: Option<&str>) -> Option<CookieWrite> {
        let name = self.names.farewell();
        let value = match return_to {
            Some(return_to) => Some(self.vault.seal(&name, return_to)?),
            None => None,
        };
        Some(CookieWrite::lax(name, value))
    }

    /// Where to go after signing out, as [`farewell_write`](Self::farewell_write) left it.
    pub fn farewell(&self, request: &Request<'_>) -> Option<String> {
        let name = self.names.farewell();
        let cookie = request.cookies().get(&name)?;
        Some(self.vault.open(&name, cookie.value())?.text)
    }

    fn deletion(&self, name: String) -> CookieWrite {
        let same_site = self.settings.same_site;
        CookieWrite { name, value: None, same_site, max_age: Duration::ZERO }
    }

    fn sealed(&self, session: &Session) -> Result<String, TooLarge> {
        let limit = self.settings.max_cookie_bytes;
        let text = session.to_text().and_then(|text| self.vault.seal(self.names.session(), &text));
        let bytes = text.as_ref().map_or(usize::MAX, String::len);
        match text {
            Some(text) if bytes <= limit => {
                if bytes > LARGE && !self.warned_of_size.swap(true, Ordering::Relaxed) {
                    log::warn!(
                        "A session takes {bytes} bytes of cookies; the limit is {limit}. The \
                         largest claims: {}. `logto.session.claims` names those to keep.",
                        largest(session)
                    );
                }
                Ok(text)
            }
            _ => Err(TooLarge { bytes, limit, largest: largest(session) }),
        }
    }
}

impl CookieWrite {
    /// The deletion of a cookie that carried one of our sign-ins.
    pub fn forget_flow(name: String) -> Self {
        Self::lax(name, None)
    }

    fn lax(name: String, value: Option<String>) -> Self {
        Self { name, value, same_site: SameSite::Lax, max_age: FLOW_LIFETIME }
    }

    /// The cookie with its attributes. Its text needs no percent-encoding: it is base64.
    pub fn into_cookie(self, secure: bool) -> Cookie<'static> {
        let max_age = if self.value.is_some() { self.max_age } else { Duration::ZERO };
        let max_age = i64::try_from(max_age.as_secs()).unwrap_or(i64::MAX);
        Cookie::build((self.name, self.value.unwrap_or_default()))
            .path("/")
            .http_only(true)
            .secure(secure)
            .same_site(self.same_site)
            .max_age(cookie::time::Duration::seconds(max_age))
            .build()
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bytes, limit, largest } = self;
        write!(
            f,
            "the session takes {bytes} bytes of cookies and `logto.session.max_cookie_bytes` is \
             {limit}; the largest claims: {largest}; name the claims to keep in \
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
