//! What a restart keeps, and what becomes of a file or a port that cannot be used.

mod damage;
#[cfg(unix)]
mod intruders;

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use rocket::http::{Cookie, Status};
use rocket::local::asynchronous::Client;
use rocket::{get, routes};
use serde_json::Value;

use super::{DevProvider, MACHINE};
use crate::{Clock, Config, Logto, LogtoUser};

/// A folder of one test, which is gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let name = format!("logto-rocket-{test}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("app.logto-dev.json")
    }

    async fn start(&self) -> DevProvider {
        self.start_at(&Clock::system()).await
    }

    async fn start_at(&self, clock: &Clock) -> DevProvider {
        DevProvider::start_with(Some(self.file()), None, clock.clone()).await.unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// Ends it as the end of its process does.
async fn stop(provider: DevProvider) {
    provider.idp.stop().await;
}

/// An application that uses a provider, as the fairing makes it.
async fn application(provider: &DevProvider, clock: &Clock) -> Client {
    #[get("/account")]
    fn account(user: &LogtoUser) -> String {
        user.id().into()
    }
    let config = Config::new().secret_keys([provider.secret_key()]);
    let fairing = Logto::fairing().config(config).clock(clock.clone()).provider(provider.idp());
    let figment = rocket::Config::figment().merge(("log_level", "off")).select("debug");
    let rocket = rocket::custom(figment).attach(fairing).mount("/", routes![account]);
    Client::tracked(rocket).await.unwrap()
}

async fn account(client: &Client, cookies: &[Cookie<'static>]) -> Option<String> {
    let response = client.get("/account").cookies(cookies.iter().cloned()).dispatch().await;
    if response.status() == Status::Ok { response.into_string().await } else { None }
}

async fn sign_in(client: &Client, provider: &DevProvider) {
    let started = client.get("/auth/sign-in").dispatch().await;
    let location = started.headers().get_one("Location").unwrap();
    let callback = provider.idp.authorize(location, "alice").await.unwrap();
    let callback = callback.strip_prefix("http://localhost:8000").unwrap().to_owned();
    assert_eq!(client.get(callback).dispatch().await.status(), Status::SeeOther);
}

/// A token for these parameters.
async fn token(provider: &DevProvider, app: (&str, &str), form: &[(&str, &str)]) -> Value {
    let url = format!("{}/oidc/token", provider.idp.endpoint());
    let client = reqwest::Client::builder().use_rustls_tls().build().unwrap();
    let request = client.post(url).basic_auth(app.0, Some(app.1)).form(form);
    let answer = request.send().await.unwrap().bytes().await.unwrap();
    serde_json::from_slice(&answer).unwrap()
}

#[rocket::async_test]
async fn a_restart_signs_nobody_out() {
    let (folder, clock) = (Folder::new("restart"), Clock::frozen());
    let provider = folder.start_at(&clock).await;
    let client = application(&provider, &clock).await;
    sign_in(&client, &provider).await;
    let cookies: Vec<_> = client.cookies().iter().cloned().collect();
    let alice = account(&client, &cookies).await;
    assert!(alice.is_some());
    let issuer = provider.idp.issuer();
    drop(client);
    stop(provider).await;

    let provider = folder.start_at(&clock).await;
    assert_eq!((provider.idp.issuer(), provider.notes()), (issuer, &[][..]));
    let client = application(&provider, &clock).await;
    // The claims are older than they are believed without a question.
    clock.advance(Duration::from_secs(2 * 3600));
    assert_eq!(account(&client, &cookies).await, alice);
    assert_eq!(provider.idp.requests().token_by_grant("refresh_token"), 1);
}

#[rocket::async_test]
async fn a_port_in_use_is_replaced_by_another_and_told() {
    let folder = Folder::new("port");
    let provider = folder.start().await;
    let endpoint = provider.idp.endpoint().to_owned();
    stop(provider).await;
    let _taken = TcpListener::bind(endpoint.strip_prefix("http://").unwrap()).unwrap();

    let provider = folder.start().await;
    let moved_to = provider.idp.endpoint().to_owned();
    assert_ne!(moved_to, endpoint);
    let [note] = provider.notes() else { panic!("{:?}", provider.notes()) };
    assert!(note.contains("cannot be used") && note.contains("users sign in again"), "{note}");
    stop(provider).await;
    assert_eq!(folder.start().await.idp.endpoint(), moved_to, "the new port is kept");
}

#[rocket::async_test]
async fn the_port_of_the_application_is_left_to_it_and_told() {
    let folder = Folder::new("port-of-the-application");
    let provider = folder.start().await;
    let port = provider.idp.port;
    stop(provider).await;

    let start = || DevProvider::start_with(Some(folder.file()), Some(port), Clock::system());
    let provider = start().await.unwrap();
    let moved_to = provider.idp.port;
    assert_ne!(moved_to, port);
    let address = (std::net::Ipv4Addr::LOCALHOST, port);
    TcpListener::bind(address).expect("nobody listens where the application will");
    let [note] = provider.notes() else { panic!("{:?}", provider.notes()) };
    assert!(note.contains(&format!("the port {port}")), "{note}");
    assert!(note.contains("the application") && note.contains("users sign in again"), "{note}");
    stop(provider).await;
    let provider = start().await.unwrap();
    assert_eq!((provider.idp.port, provider.notes()), (moved_to, &[][..]), "the new port is kept");
}

#[rocket::async_test]
async fn a_damaged_file_is_replaced_and_told() {
    let folder = Folder::new("damaged");
    stop(folder.start().await).await;
    let whole = fs::read(folder.file()).unwrap();
    let mut wrong_key: Value = serde_json::from_slice(&whole).unwrap();
    wrong_key["signing_key"] = vec![1, 2, 3].into();
    for damaged in [&whole[..whole.len() / 2], b"{}", wrong_key.to_string().as_bytes()] {
        fs::write(folder.file(), damaged).unwrap();
        let provider = folder.start().await;
        let [note] = provider.notes() else { panic!("{:?}", provider.notes()) };
        assert!(note.contains("was damaged"), "{note}");
        stop(provider).await;
        let provider = folder.start().await;
        assert!(provider.notes().is_empty(), "the new one is whole");
        stop(provider).await;
    }
}

#[cfg(unix)]
#[rocket::async_test]
async fn only_its_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("owner");
    let mode = || fs::metadata(folder.file()).unwrap().permissions().mode() & 0o777;
    stop(folder.start().await).await;
    assert_eq!(mode(), 0o600);
    fs::set_permissions(folder.file(), fs::Permissions::from_mode(0o644)).unwrap();
    stop(folder.start().await).await;
    assert_eq!(mode(), 0o600);
}

#[rocket::async_test]
async fn a_second_one_of_the_same_application_leaves_the_file_alone_and_says_so() {
    let folder = Folder::new("second");
    let first = folder.start().await;
    let before = fs::read(folder.file()).unwrap();
    let second = folder.start().await;
    let [note] = second.notes() else { panic!("{:?}", second.notes()) };
    assert!(
        note.contains("stores nothing, because another instance of this application uses"),
        "{note}"
    );
    assert_ne!(second.idp.endpoint(), first.idp.endpoint());
    assert_eq!(fs::read(folder.file()).unwrap(), before);
}

#[rocket::async_test]
async fn without_a_place_nothing_is_kept_and_the_log_says_so() {
    let folder = Folder::new("nowhere");
    let in_no_folder = folder.0.join("missing").join("app.json");
    for (place, why) in [(None, "XDG_RUNTIME_DIR"), (Some(in_no_folder), "cannot keep")] {
        let provider = DevProvider::start_with(place, None, Clock::system()).await.unwrap();
        let [note] = provider.notes() else { panic!("{:?}", provider.notes()) };
        assert!(note.contains(why), "{note}");
    }
}

#[rocket::async_test]
async fn tokens_for_every_resource_scope_and_organization_are_to_be_had() {
    let provider = DevProvider::start_with(None, None, Clock::system()).await.unwrap();
    let machine = ("grant_type", "client_credentials");
    let (resource, scope) = (("resource", "https://api.example.com/any"), ("scope", "b a"));
    let organization = ("organization_id", "any");
    for form in [
        &[machine, resource, scope][..],
        &[machine, organization, scope],
        &[machine, resource, organization, scope],
    ] {
        let answer = token(&provider, MACHINE, form).await;
        assert_eq!(answer["scope"], "b a", "{form:?}: {answer}");
    }

    let app = (provider.idp.app_id(), provider.idp.app_secret());
    let alice = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token_type", "urn:logto:token-type:personal_access_token"),
        ("subject_token", "pat_alice"),
    ];
    for target in [&[resource][..], &[("organization_id", "acme")]] {
        let form: Vec<_> = alice.iter().chain(target).chain([&scope]).copied().collect();
        let answer = token(&provider, app, &form).await;
        assert_eq!(answer["scope"], "b a", "{target:?}: {answer}");
    }
}
