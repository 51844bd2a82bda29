//! [`Browser`]: goes where the suite and the relying party send it, with its cookies.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Method};
use rocket::http::Cookie;
use serde_json::Value;
use url::Url;

use crate::environment::Environment;

/// How many redirects are followed.
const REDIRECTS: usize = 10;

/// A browser that has never been anywhere, with the cookies that it gets on its way. Like any browser it
/// sends those of a host to all ports.
pub struct Browser<'e> {
    environment: &'e Environment,
    client: Client,
    cookies: BTreeMap<String, String>,
}

/// The page at which a browser ends.
#[derive(Debug)]
pub struct Page {
    /// Its address.
    pub url: Url,
    /// Its status.
    pub status: u16,
    /// Its text.
    pub body: String,
}

impl<'e> Browser<'e> {
    /// A new one.
    pub fn new(environment: &'e Environment) -> Result<Self, String> {
        Ok(Self { environment, client: environment.client()?, cookies: BTreeMap::new() })
    }

    /// Goes to a page by the address bar.
    pub async fn open(&mut self, url: &str) -> Result<Page, String> {
        self.navigate(Method::GET, url, &[("Sec-Fetch-Site", "none")]).await
    }

    /// Where a page of the relying party redirects to. The browser does not follow.
    pub async fn leads_to(&mut self, path: &str) -> Result<String, String> {
        let url = self.environment.page(path);
        let request = self.client.get(&url).header("Accept", "text/html");
        let answer = request.send().await.map_err(|why| format!("{url}: {why:?}"))?;
        let location = answer.headers().get(LOCATION).and_then(|it| it.to_str().ok());
        location.map(ToOwned::to_owned).ok_or_else(|| format!("{url} answers {}", answer.status()))
    }

    /// Goes to a page of the relying party by the address bar.
    pub async fn open_page(&mut self, path: &str) -> Result<Page, String> {
        self.open(&self.environment.page(path)).await
    }

    /// Sends an empty form of a page of the relying party to another one.
    pub async fn submit(&mut self, path: &str) -> Result<Page, String> {
        let (url, origin) = (self.environment.page(path), self.environment.page(""));
        self.navigate(Method::POST, &url, &[("Sec-Fetch-Site", "same-origin"), ("Origin", &origin)])
            .await
    }

    /// Asks the relying party by a script of its own page, which is redirected nowhere.
    pub async fn ask(&mut self, path: &str) -> Result<Page, String> {
        let url = self.environment.page(path);
        let url = Url::parse(&url).map_err(|why| format!("{url}: {why}"))?;
        let request = self.client.get(url.clone()).header(COOKIE, self.cookie_header());
        let request = request.header("Accept", "application/json");
        let request = request.header("Sec-Fetch-Site", "same-origin");
        let request = request.header("Sec-Fetch-Mode", "cors").header("Sec-Fetch-Dest", "empty");
        let answer = request.send().await.map_err(|why| format!("{url}: {why:?}"))?;
        let cookies = answer.headers().get_all(SET_COOKIE).iter().filter_map(|it| it.to_str().ok());
        cookies.for_each(|header| take(&mut self.cookies, header));
        let status = answer.status().as_u16();
        let body = answer.text().await.map_err(|why| format!("{url}: {why}"))?;
        Ok(Page { url, status, body })
    }

    /// Who is signed in at the relying party.
    pub async fn who(&mut self) -> Result<Option<String>, String> {
        let page = self.open_page("/who").await?;
        if page.status != 200 {
            return Err(format!("the relying party cannot tell who is signed in: {page:?}"));
        }
        let who: Value = serde_json::from_str(&page.body).map_err(|why| why.to_string())?;
        Ok(who["sub"].as_str().map(ToOwned::to_owned))
    }

    /// What the relying party's cookies are for: `session` (which may be in several pieces), `flow` (a sign-in that has
    /// begun) or `post-logout`.
    pub fn cookies(&self) -> Vec<String> {
        let ours = self.cookies.keys().filter_map(|name| name.strip_prefix("__Host-logto-"));
        let kind = |name: &str| match name.split_once('-') {
            Some((_, kind)) if kind.starts_with("flow-") => "flow".to_owned(),
            Some((_, "post-logout")) => "post-logout".to_owned(),
            _ => "session".to_owned(),
        };
        ours.map(kind).collect()
    }

    async fn navigate(
        &mut self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
    ) -> Result<Page, String> {
        let mut url = Url::parse(url).map_err(|why| format!("{url}: {why}"))?;
        let mut method = method;
        for _ in 0..=REDIRECTS {
            let request = self.client.request(method, url.clone());
            let request = request.header(COOKIE, self.cookie_header());
            let request = request.header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
            let request = request.header("Sec-Fetch-Mode", "navigate");
            let request = request.header("Sec-Fetch-Dest", "document");
            let request = headers
                .iter()
                .fold(request, |request, (name, value)| request.header(*name, *value));
            let answer = request.send().await.map_err(|why| format!("{url}: {why:?}"))?;
            let texts =
                |name| answer.headers().get_all(name).iter().filter_map(|it| it.to_str().ok());
            texts(SET_COOKIE).for_each(|header| take(&mut self.cookies, header));
            let Some(location) = texts(LOCATION).next() else {
                let status = answer.status().as_u16();
                let body = answer.text().await.map_err(|why| format!("{url}: {why}"))?;
                return Ok(Page { url, status, body });
            };
            (method, url) = (Method::GET, url.join(location).map_err(|why| why.to_string())?);
        }
        Err(format!("{url}: more than {REDIRECTS} redirects"))
    }

    fn cookie_header(&self) -> String {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        cookies.collect::<Vec<_>>().join("; ")
    }
}

fn take(cookies: &mut BTreeMap<String, String>, header: &str) {
    let Ok(cookie) = Cookie::parse(header.to_owned()) else { return };
    let is_over = cookie.max_age().is_some_and(|age| age.is_zero() || age.is_negative());
    if is_over {
        cookies.remove(cookie.name());
    } else {
        cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
    }
}
