//! Sessions as cookies: encrypted as a whole, and split if one cookie is too small.

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::Ordering;

use rocket::Request;

use super::names::MAX_PIECES;
use super::vault::Unsealed;
use super::{CookieWrite, Cookies, SealedAs};
use crate::session::session::Session;
use crate::session_values::SessionValues;

/// The maximum number of characters of encrypted text in one cookie. With a name and attributes this stays
/// below the 4,096 bytes that every browser accepts.
const PIECE: usize = 3500;

/// How many cookies of one name are looked at.
const MAX_SAME_NAMED: usize = 3;

/// From this part of the limit on a warning names the largest claims: three quarters.
const LARGE: (usize, usize) = (3, 4);

/// A session that does not fit into its cookies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge {
    /// The size of the `Set-Cookie` headers.
    bytes: usize,
    limit: usize,
    largest: String,
    /// The size of the values of the application, as JSON.
    values: usize,
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
        let count = pieces_of(first)?;
        if count == 1 {
            return Some(Cow::Borrowed(first));
        }
        let mut text = first[2..].to_owned();
        for number in 1..count {
            text.push_str(request.cookies().get(&self.names.piece(number))?.value());
        }
        Some(Cow::Owned(text))
    }

    /// The possible texts of the session's cookies. There are several if the browser sends several cookies of
    /// one name, because a sibling domain or another path has also set one.
    pub(in crate::session) fn all_session_texts(&self, request: &Request<'_>) -> Vec<String> {
        let mut texts = Vec::new();
        for first in same_named(request, self.names.session()) {
            match pieces_of(first) {
                None => {}
                Some(1) => texts.push(first.to_owned()),
                Some(count) => {
                    let mut joined = vec![first[2..].to_owned()];
                    for number in 1..count {
                        let pieces = same_named(request, &self.names.piece(number));
                        let with = |text: &String| {
                            pieces.iter().map(|piece| format!("{text}{piece}")).collect::<Vec<_>>()
                        };
                        joined = joined.iter().flat_map(with).collect();
                    }
                    texts.extend(joined);
                }
            }
        }
        texts
    }

    /// The values of the first cookie of the session, where the browser sends several.
    pub(in crate::session) fn all_session_values<'r>(
        &self,
        request: &'r Request<'_>,
    ) -> Vec<&'r str> {
        same_named(request, self.names.session())
    }

    /// The session that a text was sealed from, and whether it was sealed with an older key.
    pub(in crate::session) fn unseal_session(&self, text: &str) -> Option<(Session, bool)> {
        let Unsealed { text, by_older_key } =
            self.vault.open(SealedAs::Session, self.names.session(), text)?;
        Some((Session { host: self.host, ..Session::from_text(&text)? }, by_older_key))
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
        let Some(secret) = &session.secret else {
            return self.checked(session, self.pieces(session, self.sealed(session)));
        };
        Ok(self.pieces(session, Some(secret.reveal().to_owned())))
    }

    /// A text in as many cookies as it takes.
    pub(super) fn pieces(&self, session: &Session, text: Option<String>) -> Vec<CookieWrite> {
        let text = text.unwrap_or_default();
        let is_persistent = session.persistent.unwrap_or(self.attributes.persistent);
        let max_age = is_persistent.then(|| self.lifetimes.left(session, self.clock.now()));
        let same_site = self.attributes.same_site;
        let write = |name, value| CookieWrite { name, value: Some(value), same_site, max_age };

        let count = text.len().div_ceil(PIECE);
        if count <= 1 {
            return vec![write(self.names.session().to_owned(), text)];
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
        writes
    }

    /// Whether the session fits into its cookies.
    pub(in crate::session) fn check_size(&self, session: &Session) -> Result<(), TooLarge> {
        self.of(session).map(drop)
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
        CookieWrite { name, value: None, same_site, max_age: None }
    }

    fn sealed(&self, session: &Session) -> Option<String> {
        self.vault.seal(SealedAs::Session, self.names.session(), &session.to_text()?)
    }

    /// The cookies of a session, if a response has room for them.
    fn checked(
        &self,
        session: &Session,
        writes: Vec<CookieWrite>,
    ) -> Result<Vec<CookieWrite>, TooLarge> {
        let limit = self.attributes.max_bytes;
        let bytes = writes.iter().map(|write| self.header_bytes(write)).sum();
        if bytes > limit || writes.len() > MAX_PIECES {
            let values = session.values.as_ref().map_or(0, SessionValues::bytes);
            return Err(TooLarge { bytes, limit, largest: largest(session), values });
        }
        let is_large = bytes * LARGE.1 > limit * LARGE.0;
        if is_large && !self.warned_of_size.swap(true, Ordering::Relaxed) {
            log::warn!(
                "A session takes {bytes} bytes of the headers of a response; the limit is {limit}. The \
                 largest claims: {}. Set `logto.session.claims` to the claims to store.",
                largest(session)
            );
        }
        Ok(writes)
    }
}

/// The number of cookies over which a session is split if its first cookie has this value; `None` if no
/// session's first cookie has such a value.
fn pieces_of(first: &str) -> Option<usize> {
    // Sealed text has no dot, so one behind a digit says how many pieces there are.
    match first.as_bytes() {
        [count @ b'0'..=b'9', b'.', ..] => {
            let count = usize::from(count - b'0');
            (2..=MAX_PIECES).contains(&count).then_some(count)
        }
        _ => Some(1),
    }
}

/// The values of the first [`MAX_SAME_NAMED`] cookies with this name.
fn same_named<'r>(request: &'r Request<'_>, name: &str) -> Vec<&'r str> {
    let cookies = request.headers().get("Cookie").flat_map(|header| header.split(';'));
    let pairs = cookies.filter_map(|cookie| cookie.trim().split_once('='));
    let named = pairs.filter(|(known, _)| *known == name).map(|(_, value)| value);
    named.take(MAX_SAME_NAMED).collect()
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bytes, limit, largest, values } = self;
        let own = match values {
            0 => String::new(),
            _ => format!(" and {values} bytes of values from `on_sign_in`, put less into them"),
        };
        write!(
            f,
            "the session takes {bytes} bytes of `Set-Cookie` headers, but \
             `logto.session.max_cookie_bytes` is {limit}; the largest claims: {largest}{own}; list the \
             claims to store in `logto.session.claims`, ask for fewer scopes, store sessions in \
             memory or Redis (`logto.session.store`), or raise the limit together with that of the \
             proxy in front (`proxy_buffer_size` of nginx)"
        )
    }
}

/// The names and sizes of the three largest claims.
fn largest(session: &Session) -> String {
    let sizes = session.claims.sizes();
    let named = sizes.iter().take(3).map(|(name, size)| format!("`{name}` ({size} bytes)"));
    named.collect::<Vec<_>>().join(", ")
}
