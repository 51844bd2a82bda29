//! An application without a framework: it signs in and talks to the endpoints.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_rocket::testing::Idp;
use reqwest::{Client, RequestBuilder, Response, header, redirect::Policy};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::Url;

pub(crate) const CALLBACK: &str = "http://localhost:8000/auth/sign-in-callback";
pub(crate) const VERIFIER: &str = "4Enr36kKmov078W1b2vx6uIK21i9W_09iznfOsvneyM";
pub(crate) const ALL_SCOPES: &str = "openid offline_access profile email phone address custom_data \
                              identities roles urn:logto:scope:organizations \
                              urn:logto:scope:organization_roles";
pub(crate) const ORDERS: &str = "https://api.example.test/orders";
pub(crate) const ORGANIZATIONS: &str = "urn:logto:resource:organizations";

/// What came back, with its body read.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: header::HeaderMap,
    pub(crate) text: String,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status, `error` and `error_description` in one.
    pub(crate) fn error(&self) -> (u16, String, String) {
        let body = self.json();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        (self.status, text("error"), text("error_description"))
    }
}

pub(crate) fn refusal(status: u16, error: &str, description: &str) -> (u16, String, String) {
    (status, error.to_owned(), description.to_owned())
}

pub(crate) fn invalid_grant() -> (u16, String, String) {
    refusal(400, "invalid_grant", "grant request is invalid")
}

pub(crate) fn client() -> Client {
    Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .tls_built_in_root_certs(false)
        .build()
        .unwrap()
}

pub(crate) async fn send(request: RequestBuilder) -> Got {
    read(request.send().await.unwrap()).await
}

pub(crate) async fn read(response: Response) -> Got {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Got { status, headers, text: response.text().await.unwrap() }
}

pub(crate) async fn get(idp: &Idp, path: &str) -> Got {
    send(client().get(format!("{}{path}", idp.endpoint()))).await
}

/// An authorization URL with PKCE and a nonce; `more` is added, and replaces what has its name.
pub(crate) fn authorization_url(idp: &Idp, scope: &str, more: &[(&str, &str)]) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let usual = [
        ("client_id", idp.app_id()),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", scope),
        ("state", "the state"),
        ("nonce", "the nonce"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("prompt", "consent"),
    ];
    let kept = usual.iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    let mut url = Url::parse(&format!("{}/oidc/auth", idp.endpoint())).unwrap();
    let sent = kept.chain(more).filter(|(_, value)| *value != "-");
    url.query_pairs_mut().extend_pairs(sent);
    url.into()
}

pub(crate) fn query(url: &str) -> HashMap<String, String> {
    Url::parse(url).unwrap().query_pairs().into_owned().collect()
}

/// Signs in and returns the code.
pub(crate) async fn code(idp: &Idp, username: &str, scope: &str, more: &[(&str, &str)]) -> String {
    let callback = idp.authorize(&authorization_url(idp, scope, more), username).await.unwrap();
    query(&callback).remove("code").unwrap_or_else(|| panic!("no code in {callback}"))
}

/// Asks the token endpoint with `client_secret_basic`.
pub(crate) async fn token(idp: &Idp, form: &[(&str, &str)]) -> Got {
    let url = format!("{}/oidc/token", idp.endpoint());
    let request = client().post(url).basic_auth(idp.app_id(), Some(idp.app_secret()));
    send(request.form(form)).await
}

pub(crate) async fn exchange(idp: &Idp, code: &str, more: &[(&str, &str)]) -> Got {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    form.extend(more);
    token(idp, &form).await
}

/// Signs in and exchanges the code.
pub(crate) async fn sign_in(
    idp: &Idp,
    username: &str,
    scope: &str,
    more: &[(&str, &str)],
) -> Value {
    let got = exchange(idp, &code(idp, username, scope, more).await, &[]).await;
    assert_eq!(got.status, 200, "{}", got.text);
    got.json()
}

pub(crate) async fn refresh(idp: &Idp, tokens: &Value, more: &[(&str, &str)]) -> Got {
    let refresh_token = tokens["refresh_token"].as_str().expect("a refresh token");
    let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    form.extend(more);
    token(idp, &form).await
}

pub(crate) async fn userinfo(idp: &Idp, token: &Value) -> Got {
    let url = format!("{}/oidc/me", idp.endpoint());
    send(client().get(url).bearer_auth(token.as_str().unwrap())).await
}

/// Header and claims of a JWT, not verified.
pub(crate) fn decoded(jwt: &Value) -> (Value, Value) {
    let mut parts = jwt.as_str().expect("a JWT").split('.');
    let mut part = || {
        let bytes = URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    };
    (part(), part())
}

pub(crate) fn claims(jwt: &Value) -> Value {
    decoded(jwt).1
}

pub(crate) fn names(object: &Value) -> Vec<&str> {
    let mut names: Vec<_> = object.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// Whether a signature is right by the key of this `kid` in a JWKS.
pub(crate) fn verifies(jwt: &Value, jwks: &Value) -> bool {
    let text = jwt.as_str().unwrap();
    let header = jsonwebtoken::decode_header(text).unwrap();
    let keys: jsonwebtoken::jwk::JwkSet = serde_json::from_value(jwks.clone()).unwrap();
    let Some(key) = keys.find(header.kid.as_deref().unwrap()) else { return false };
    let key = jsonwebtoken::DecodingKey::from_jwk(key).unwrap();
    let (message, signature) = text.rsplit_once('.').unwrap();
    jsonwebtoken::crypto::verify(signature, message.as_bytes(), &key, header.alg).unwrap_or(false)
}

/// A browser at the provider: it keeps cookies and stops at each redirect.
pub(crate) struct Browser<'a> {
    idp: &'a Idp,
    client: Client,
    cookies: HashMap<String, String>,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(idp: &'a Idp) -> Self {
        Self { idp, client: client(), cookies: HashMap::new() }
    }

    pub(crate) async fn get(&mut self, url: &str) -> Got {
        let url = Url::parse(self.idp.endpoint()).unwrap().join(url).unwrap();
        self.send(self.client.get(url)).await
    }

    pub(crate) async fn post(&mut self, url: &str, form: &[(&str, &str)]) -> Got {
        let url = Url::parse(self.idp.endpoint()).unwrap().join(url).unwrap();
        self.send(self.client.post(url).form(form)).await
    }

    /// Goes to an authorization URL and signs in on the page; returns the callback.
    pub(crate) async fn sign_in(&mut self, url: &str, username: &str) -> String {
        let to_page = self.get(url).await;
        assert_eq!(to_page.status, 303, "{}", to_page.text);
        assert!(to_page.header("location").starts_with("/sign-in?"), "no page was shown");
        self.post("/sign-in", &[("username", username)]).await.header("location").to_owned()
    }

    async fn send(&mut self, request: RequestBuilder) -> Got {
        let cookies: Vec<_> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let got = send(request.header(header::COOKIE, cookies.join("; "))).await;
        for set in got.headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            if set.contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        got
    }
}
