//! [`Walk`]: the requests of a browser on its way through a sign-in.

use std::sync::Arc;

use rocket::Request;
use rocket::http::{Cookie, CookieJar, Header, Status};
use url::{Position, Url};

use super::page_path;
use super::{Idp, IdpError, LocalClient};
use crate::client::Client;
use crate::config::ProxyPrefix;
use crate::host::HostId;
use crate::local_path::LocalPath;
use crate::request::RequestState;
use crate::response::{in_spite_of_a_loop, is_in_a_loop};

/// How many redirects of the application's own there may be in a row.
const MAX_REDIRECTS: usize = 8;

/// A browser on its way through a sign-in: what it asks the application next.
pub(super) struct Walk<'i> {
    idp: &'i Idp,
    client: Arc<Client>,
    username: &'i str,
    /// The page that asks the user to sign in.
    page: Option<String>,
    path: String,
    cookies: Vec<Cookie<'static>>,
    requests: usize,
    /// Whether the provider has sent the browser back.
    is_back: bool,
}

/// What a browser sees of an answer of the application.
pub(super) struct Answer {
    pub(super) status: Status,
    pub(super) location: Option<String>,
    pub(super) body: String,
}

impl<'i> Walk<'i> {
    pub(super) fn new(
        idp: &'i Idp,
        local: &impl LocalClient,
        page: Option<&str>,
        username: &'i str,
    ) -> Result<Self, IdpError> {
        let client = Arc::clone(Client::of(local.orbit()).ok_or(IdpError::NotAttached)?);
        page.map_or(Ok(()), page_path::check)?;
        let sign_in = || own_path(in_spite_of_a_loop(&client.sign_in(None)).as_str(), &client);
        let path = page.map_or_else(sign_in, str::to_owned);
        let (page, cookies) = (page.map(str::to_owned), Vec::new());
        Ok(Self { idp, client, username, page, path, cookies, requests: 0, is_back: false })
    }

    /// The path of the next request.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The cookies that the browser has got so far.
    pub(super) fn cookies(&self) -> Vec<Cookie<'static>> {
        self.cookies.clone()
    }

    /// The headers that a browser sends when it loads a page.
    pub(super) fn headers(&self) -> [Header<'static>; 5] {
        let site = if self.is_back { "cross-site" } else { "none" };
        let origin = self.client.origin(HostId::FIRST);
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        [
            Header::new("Host", host.to_owned()),
            Header::new("Accept", "text/html"),
            Header::new("Sec-Fetch-Site", site),
            Header::new("Sec-Fetch-Mode", "navigate"),
            Header::new("Sec-Fetch-Dest", "document"),
        ]
    }

    pub(super) fn take_cookies(&mut self, jar: &CookieJar<'_>) {
        for cookie in jar.iter() {
            self.cookies.retain(|known| known.name() != cookie.name());
            let is_gone = cookie.max_age().is_some_and(|age| !age.is_positive());
            if !is_gone {
                self.cookies.push(cookie.clone().into_owned());
            }
        }
    }

    /// Follows the redirect of the answer to this request, or returns where the sign-in has ended.
    pub(super) fn go_on(
        &mut self,
        sent: &Request<'_>,
        answer: Answer,
    ) -> Result<Option<String>, IdpError> {
        self.requests += 1;
        let Answer { status, location, body } = answer;
        let location = location.filter(|_| status.class().is_redirection());
        let Some(location) = location.filter(|_| self.requests <= MAX_REDIRECTS) else {
            // With a `Strict` cookie, a page of the application navigates to the next one.
            if self.is_back && status == Status::Ok {
                return Ok(Some(self.end(self.page.clone())));
            }
            return match self.page.clone().filter(|page| self.requests == 1 && *page == self.path) {
                Some(page) => self.not_asked(sent, page, status).map(|()| None),
                None => {
                    Err(IdpError::Answered { path: self.path.clone(), status: status.code, body })
                }
            };
        };
        if self.is_back {
            return Ok(Some(self.end(Some(location))));
        }
        if location.starts_with('/') {
            self.path = own_path(&location, &self.client);
            return Ok(None);
        }
        let callback = self.idp.authorized(&location, self.username)?;
        let Ok(callback) = Url::parse(&callback) else {
            return Err(IdpError::NotAnAuthorizationUrl(location));
        };
        self.path = own_path(&callback[Position::BeforePath..], &self.client);
        self.is_back = true;
        Ok(None)
    }

    /// The page does not send the browser to the sign-in. If the cause is that the earlier sign-ins count as
    /// a loop, the browser follows the link of that page.
    fn not_asked(
        &mut self,
        sent: &Request<'_>,
        page: String,
        status: Status,
    ) -> Result<(), IdpError> {
        if RequestState::of(sent).found().is_some() {
            return Err(IdpError::HasSession { path: page, status: status.code });
        }
        if status != Status::Unauthorized || !is_in_a_loop(&self.client, sent) {
            return Err(IdpError::Open { path: page, status: status.code });
        }
        let page = page.parse::<LocalPath>().ok().map(|page| path_of_browser(&page, &self.client));
        let sign_in = in_spite_of_a_loop(&self.client.sign_in(page.as_ref()));
        self.path = own_path(sign_in.as_str(), &self.client);
        Ok(())
    }

    fn end(&self, location: Option<String>) -> String {
        location.unwrap_or_else(|| self.client.settings().after_sign_in.as_str().to_owned())
    }
}

/// The path by which a browser knows a page of the application.
fn path_of_browser(own: &LocalPath, client: &Client) -> LocalPath {
    let base_urls = &client.settings().base_urls;
    match base_urls.proxy_prefix {
        ProxyPrefix::Strip => base_urls.prefix.path_of(own),
        ProxyPrefix::Keep => own.clone(),
    }
}

/// The path by which the application knows what a browser asks for: a proxy may take the prefix of the
/// site off.
fn own_path(path: &str, client: &Client) -> String {
    let base_urls = &client.settings().base_urls;
    let own = match base_urls.proxy_prefix {
        ProxyPrefix::Strip => path.strip_prefix(base_urls.prefix.as_str()).unwrap_or(path),
        ProxyPrefix::Keep => path,
    };
    own.to_owned()
}
