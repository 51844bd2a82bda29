//! [`Remote`]: an application on the network, as a browser sees it.

use std::collections::BTreeMap;

use reqwest::header::{HeaderValue, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Result};
use rocket::http::Cookie;

/// The cookies of a browser, by name.
pub type Cookies = BTreeMap<String, String>;

/// An application that is at this site for browsers, and listens on ports of 127.0.0.1.
#[derive(Clone)]
pub struct Remote {
    client: Client,
    /// Its origin.
    pub site: String,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Where it leads, or nothing.
    pub location: String,
    /// The body.
    pub body: String,
    set_cookies: Vec<String>,
}

impl Remote {
    /// An application that this client reaches.
    pub fn new(client: Client, site: &str) -> Self {
        Self { client, site: site.to_owned() }
    }

    /// A request of a browser that is at the site already.
    pub fn request(
        &self,
        port: u16,
        method: Method,
        path: &str,
        cookies: &Cookies,
    ) -> RequestBuilder {
        let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        self.client
            .request(method, format!("http://127.0.0.1:{port}{path}"))
            .header("Host", self.site.trim_start_matches("http://"))
            .header("Origin", &self.site)
            .header("Accept", "text/html")
            .header("Cookie", pairs.join("; "))
    }
}

impl Reply {
    /// The answer to a request.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub async fn to(request: RequestBuilder) -> Result<Self> {
        let response = request.send().await?;
        let headers = response.headers();
        let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let location = headers.get(LOCATION).map(text).unwrap_or_default();
        let set_cookies = headers.get_all(SET_COOKIE).iter().map(text).collect();
        let status = response.status().as_u16();
        Ok(Self { status, location, body: response.text().await?, set_cookies })
    }

    /// Puts its cookies into a browser.
    pub fn give(&self, cookies: &mut Cookies) {
        for header in &self.set_cookies {
            let Ok(cookie) = Cookie::parse(header.as_str()) else { continue };
            let gone = cookie.max_age().is_some_and(|age| age.is_zero() || age.is_negative());
            if gone {
                cookies.remove(cookie.name());
            } else {
                cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
    }
}
