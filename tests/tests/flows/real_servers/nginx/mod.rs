//! Behind a real nginx: its limits, a site below a path, and several hosts.

mod hosts;
mod limits;
mod prefix;

use std::collections::BTreeMap;

use logto_rocket_tests::http;
use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Response};

/// A browser that keeps cookies and follows nothing.
struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
    origin: String,
    /// The host that it asks for, if not that of the origin.
    host: Option<String>,
}

impl Browser {
    /// One that goes to this origin.
    fn at(origin: &str) -> Self {
        let (client, cookies) = (http::client(), BTreeMap::new());
        Self { client, cookies, origin: origin.to_owned(), host: None }
    }

    async fn get(&mut self, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.origin));
        self.send(request).await
    }

    async fn post(&mut self, path: &str) -> Response {
        let request = self.client.post(format!("{}{path}", self.origin)).body("");
        self.send(request).await
    }

    async fn send(&mut self, request: RequestBuilder) -> Response {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let request = request
            .header("Accept", "text/html")
            .header("Sec-Fetch-Site", "same-origin")
            .header("Sec-Fetch-Mode", "navigate")
            .header("Sec-Fetch-Dest", "document");
        let request = if cookies.is_empty() { request } else { request.header(COOKIE, cookies) };
        let request = self.host.iter().fold(request, |request, host| request.header("Host", host));
        let response = request.send().await.expect("an answer");
        for header in response.headers().get_all(SET_COOKIE) {
            let (pair, attributes) = header.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        response
    }
}
