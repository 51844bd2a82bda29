//! [`Browser`]: sends what a browser sends, and keeps cookies as one does.

use std::borrow::Cow;
use std::collections::BTreeMap;

use logto_rocket::testing::Idp;
use rocket::http::{Cookie, Header, Method, RawStr, Status};
use rocket::local::asynchronous::{Client, LocalResponse};
use serde_json::Value;

use crate::uri::{encoded, path_of};

/// What a request is made for, as Fetch Metadata says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// The address bar, or a bookmark.
    AddressBar,
    /// A link or form on a page of the application.
    OwnPage,
    /// A link or form on a page of another site, or a redirect by one.
    OtherSite,
}

/// A browser with its cookies. It follows no redirects by itself.
pub struct Browser<'c> {
    client: &'c Client,
    /// The cookies by name.
    pub cookies: BTreeMap<String, String>,
    /// Headers that every request has besides.
    pub headers: Vec<(String, String)>,
}

/// The answer to a request.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: Status,
    /// Its headers, in order.
    pub headers: Vec<(String, String)>,
    /// Its body as text.
    pub body: String,
}

impl<'c> Browser<'c> {
    /// A browser that has never been here.
    pub fn new(client: &'c Client) -> Self {
        Self { client, cookies: BTreeMap::new(), headers: Vec::new() }
    }

    /// A browser with the same cookies, at a process of the application: this one or another.
    pub fn at<'o>(&self, process: &'o Client) -> Browser<'o> {
        let mut browser = Browser::new(process);
        browser.cookies.clone_from(&self.cookies);
        browser
    }

    /// Goes to a page by the address bar.
    pub async fn open(&mut self, path: &str) -> Answer {
        self.navigate(path, From::AddressBar).await
    }

    /// Goes to a page.
    pub async fn navigate(&mut self, path: &str, from: From) -> Answer {
        self.request(Method::Get, path, &navigation(from), "").await
    }

    /// Sends an empty form.
    pub async fn post(&mut self, path: &str, from: From, origin: &str) -> Answer {
        let mut headers = navigation(from);
        headers.push(("Origin", origin));
        self.request(Method::Post, path, &headers, "").await
    }

    /// Asks with `fetch()` from a page of the application.
    pub async fn fetch(&mut self, path: &str) -> Answer {
        let headers = [
            ("Accept", "*/*"),
            ("Sec-Fetch-Site", "same-origin"),
            ("Sec-Fetch-Mode", "cors"),
            ("Sec-Fetch-Dest", "empty"),
        ];
        self.request(Method::Get, path, &headers, "").await
    }

    /// Sends a request with exactly these headers, and takes the cookies of the answer.
    pub async fn request(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = self.client.req(method, path.to_owned()).body(body);
        for (name, value) in headers {
            request.add_header(Header::new((*name).to_owned(), (*value).to_owned()));
        }
        for (name, value) in &self.headers {
            request.add_header(Header::new(name.clone(), value.clone()));
        }
        let cookies = self.cookies.iter();
        // Rocket encodes the values of cookies that it sets, and decodes what browsers send back.
        let cookies = cookies.map(|(name, value)| {
            let decoded = RawStr::new(value).percent_decode();
            Cookie::new(name.clone(), decoded.map_or_else(|_| value.clone(), Cow::into_owned))
        });
        let answer = Answer::read(request.cookies(cookies).dispatch().await).await;
        self.take_cookies(&answer);
        answer
    }

    /// Goes through the sign-in, and answers with what the callback said.
    ///
    /// # Panics
    ///
    /// If the sign-in does not start.
    pub async fn sign_in(&mut self, idp: &Idp, username: &str, path: &str) -> Answer {
        let callback = self.authorize(idp, username, path).await;
        self.navigate(&callback, From::OtherSite).await
    }

    /// Goes through the sign-in up to the callback, and answers with the callback's path and query.
    ///
    /// # Panics
    ///
    /// If the sign-in does not start.
    pub async fn authorize(&mut self, idp: &Idp, username: &str, path: &str) -> String {
        let start = self.open(&format!("/auth/sign-in?return_to={}", encoded(path))).await;
        assert_eq!(start.status, Status::SeeOther, "{start:?}");
        path_of(&idp.authorize(start.location(), username).await.expect("a callback"))
    }

    /// The user and the session that the browser is in, if it is signed in.
    ///
    /// # Panics
    ///
    /// If the application cannot tell.
    pub async fn account(&mut self) -> Option<(String, String)> {
        let page = self.open("/account").await;
        assert!(matches!(page.status.code, 200 | 303), "{page:?}");
        let (user, session) = page.body.split_once(" in ").filter(|_| page.status == Status::Ok)?;
        Some((user.into(), session.into()))
    }

    /// Whether a user is signed in.
    ///
    /// # Panics
    ///
    /// If the application cannot tell.
    pub async fn is_signed_in(&mut self) -> bool {
        self.account().await.is_some()
    }

    /// The one cookie that the browser has.
    ///
    /// # Panics
    ///
    /// If it has none or several.
    pub fn only_cookie(&self) -> (String, String) {
        assert_eq!(self.cookies.len(), 1, "{:?}", self.cookies);
        self.cookies.clone().pop_first().expect("a cookie")
    }

    /// The names of the cookies that begin so.
    pub fn cookies_named(&self, prefix: &str) -> Vec<String> {
        self.cookies.keys().filter(|name| name.starts_with(prefix)).cloned().collect()
    }

    fn take_cookies(&mut self, answer: &Answer) {
        for header in answer.all("Set-Cookie") {
            let cookie = Cookie::parse(header.to_owned()).expect("a Set-Cookie header that parses");
            let gone = cookie.max_age().is_some_and(|age| age.is_zero() || age.is_negative());
            if gone {
                self.cookies.remove(cookie.name());
            } else {
                self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
    }
}

impl Answer {
    async fn read(response: LocalResponse<'_>) -> Self {
        let headers = response.headers().iter();
        Self {
            status: response.status(),
            headers: headers.map(|h| (h.name().to_string(), h.value().to_owned())).collect(),
            body: response.into_string().await.unwrap_or_default(),
        }
    }

    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.all(name).into_iter().next()
    }

    /// All headers of this name.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// Asserts that no cache stores it, and that it is known to differ by cookie.
    ///
    /// # Panics
    ///
    /// If one might.
    #[track_caller]
    pub fn assert_not_stored(&self) {
        assert_eq!(self.all("Cache-Control"), ["no-store"], "{self:?}");
        let vary = self.all("Vary").join(", ").to_ascii_lowercase();
        let names = vary.split(',').filter(|name| name.trim() == "cookie");
        assert_eq!(names.count(), 1, "{self:?}");
    }

    /// The problem document that it is.
    ///
    /// # Panics
    ///
    /// If it is something else.
    #[track_caller]
    pub fn problem(&self) -> Value {
        assert_eq!(self.header("Content-Type"), Some("application/problem+json"), "{self:?}");
        serde_json::from_str(&self.body).expect("a problem in JSON")
    }

    /// Where it redirects to.
    pub fn location(&self) -> &str {
        self.header("Location").unwrap_or_default()
    }

    /// Whether it sets or deletes a cookie.
    pub fn sets_cookies(&self) -> bool {
        self.header("Set-Cookie").is_some()
    }
}

/// The headers of a navigation.
pub fn navigation(from: From) -> Vec<(&'static str, &'static str)> {
    let site = match from {
        From::AddressBar => "none",
        From::OwnPage => "same-origin",
        From::OtherSite => "cross-site",
    };
    vec![
        ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        ("Sec-Fetch-Site", site),
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Dest", "document"),
        ("Sec-Fetch-User", "?1"),
    ]
}
