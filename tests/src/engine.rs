//! What a test has to do with the engine of Logto: sign in there, count what it served, move its time.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Response};
use rocket::http::Cookie;
use serde_json::{Value, json};
use url::Url;

use crate::node::Provider;

impl Provider {
    /// Goes through an authorization URL as a browser without cookies and as this user, and answers
    /// with the URL that the browser is sent back to.
    ///
    /// # Panics
    ///
    /// If the provider does not let the user in.
    pub async fn authorize(&self, url: &str, username: &str) -> Url {
        let mut visitor = Visitor { http: http(), cookies: BTreeMap::new(), origin: self.origin() };
        let page = visitor.open(visitor.http.get(url), url).await;
        assert_eq!(page.path(), "/sign-in", "{page}");
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("username", username)
            .finish();
        let form = visitor
            .http
            .post(page.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        let back = visitor.open(form, page.as_str()).await;
        assert!(!back.as_str().starts_with(self.origin()), "{back}");
        back
    }

    /// How many requests with this grant type the token endpoint has served.
    ///
    /// # Panics
    ///
    /// If the provider does not answer.
    pub async fn token_requests(&self, grant_type: &str) -> u64 {
        let counts = http().get(format!("{}/_counts", self.origin())).send().await;
        let counts = counts.expect("an answer").text().await.expect("a text");
        let counts: Value = serde_json::from_str(&counts).expect("JSON");
        counts[format!("token:{grant_type}")].as_u64().unwrap_or_default()
    }

    /// Moves its time ahead, by whole seconds.
    ///
    /// # Panics
    ///
    /// If the provider does not answer.
    pub async fn advance(&self, time: Duration) {
        let body = json!({ "seconds": time.as_secs() }).to_string();
        let moved = http().post(format!("{}/_time", self.origin())).body(body).send().await;
        assert_eq!(moved.expect("an answer").status(), 200);
    }
}

/// A browser at the provider.
struct Visitor<'p> {
    http: Client,
    /// The cookies by name and path.
    cookies: BTreeMap<(String, String), String>,
    origin: &'p str,
}

impl Visitor<'_> {
    /// Sends a request and follows redirects, up to a page or away from the provider.
    async fn open(&mut self, request: RequestBuilder, url: &str) -> Url {
        let mut url = Url::parse(url).expect("a URL");
        let mut response = self.send(request, &url).await;
        while let Some(location) = response.headers().get(LOCATION) {
            url = url.join(location.to_str().expect("a text")).expect("a URL");
            if !url.as_str().starts_with(self.origin) {
                break;
            }
            response = self.send(self.http.get(url.clone()), &url).await;
        }
        url
    }

    async fn send(&mut self, request: RequestBuilder, url: &Url) -> Response {
        let sent = self.cookies.iter().filter(|((_, path), _)| url.path().starts_with(path));
        let sent: Vec<_> = sent.map(|((name, _), value)| format!("{name}={value}")).collect();
        let response = request.header(COOKIE, sent.join("; ")).send().await.expect("an answer");
        for header in response.headers().get_all(SET_COOKIE) {
            let cookie = Cookie::parse(header.to_str().expect("a text")).expect("a cookie");
            let key = (cookie.name().to_owned(), cookie.path().unwrap_or("/").to_owned());
            if cookie.value().is_empty() {
                self.cookies.remove(&key);
            } else {
                self.cookies.insert(key, cookie.value().to_owned());
            }
        }
        response
    }
}

fn http() -> Client {
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    client.tls_built_in_root_certs(false).build().expect("a client")
}
