//! [`Jar`]: the cookies of a browser that goes over the network, and where it gets with them.

use std::collections::BTreeMap;

use reqwest::header::{ACCEPT, COOKIE, LOCATION, ORIGIN as FROM, SET_COOKIE};
use reqwest::{Method, Response};
use rocket::http::Cookie;
use url::Url;

use crate::app::ORIGIN;
use crate::http;

/// The cookies of a browser, by name and path.
#[derive(Clone, Default)]
pub struct Jar(BTreeMap<(String, String), String>);

impl Jar {
    /// Opens a page, or sends a form from a page of the same site, and follows redirects up to a page, or to the
    /// application at [`ORIGIN`], which is not on the network.
    ///
    /// # Panics
    ///
    /// If something on the way does not answer.
    pub async fn open(&mut self, url: &str, fields: Option<&[(&str, &str)]>) -> (Url, Response) {
        let mut url = Url::parse(url).expect("a URL");
        let mut response = self.send(&url, fields).await;
        while let Some(location) = response.headers().get(LOCATION) {
            url = url.join(location.to_str().expect("a text")).expect("a URL");
            if url.as_str().starts_with(ORIGIN) {
                break;
            }
            response = self.send(&url, None).await;
        }
        (url, response)
    }

    /// Sends the form that the pages of oidc-provider submit by themselves when a session ends.
    ///
    /// # Panics
    ///
    /// If the page has no such form.
    pub async fn confirm(&mut self, url: &Url, page: Response) -> (Url, Response) {
        let html = page.text().await.expect("a page");
        let action = between(&html, "action=\"", '"');
        let form = [("xsrf", between(&html, "name=\"xsrf\" value=\"", '"')), ("logout", "yes")];
        self.open(url.join(action).expect("a URL").as_str(), Some(&form)).await
    }

    async fn send(&mut self, url: &Url, fields: Option<&[(&str, &str)]>) -> Response {
        let cookies = self.0.iter().filter(|((_, path), _)| url.path().starts_with(path));
        let cookies: Vec<_> = cookies.map(|((name, _), value)| format!("{name}={value}")).collect();
        let method = if fields.is_some() { Method::POST } else { Method::GET };
        let request = http::client().request(method, url.clone());
        let request = request.header(COOKIE, cookies.join("; "));
        let request = fields.into_iter().fold(request, |request, fields| {
            let request = http::form(request, fields).header(ACCEPT, "text/html");
            request.header(FROM, url.origin().ascii_serialization())
        });
        let response = request.send().await.expect("an answer");
        for header in response.headers().get_all(SET_COOKIE) {
            let header = header.to_str().expect("a text").to_owned();
            let cookie = Cookie::parse(header).expect("a cookie");
            let key = (cookie.name().to_owned(), cookie.path().unwrap_or("/").to_owned());
            if cookie.value().is_empty() {
                self.0.remove(&key);
            } else {
                self.0.insert(key, cookie.value().to_owned());
            }
        }
        response
    }
}

fn between<'t>(text: &'t str, begin: &str, end: char) -> &'t str {
    let rest = text.split_once(begin).unwrap_or_else(|| panic!("no {begin} in {text}")).1;
    rest.split(end).next().unwrap_or_default()
}
