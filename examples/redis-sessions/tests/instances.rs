//! Both instances with their Redis, as their users start them.
//!
//! Where Redis is missing it is skipped by name; with `CI=true` it fails.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;

use cookie::Cookie;
use logto_rocket_tests::chromium::Chromium;
use logto_rocket_tests::redis::Redis;
use logto_rocket_tests::server::free_port;
use reqwest::{Client, Method, Response, redirect::Policy};
use rocket::local::asynchronous::Client as LocalClient;
use rocket_dyn_templates::{Template, context};
use url::Url;

/// Both instances with their Redis. They end when this is dropped.
struct Site {
    child: Child,
    one: String,
    two: String,
    redis: Redis,
}

/// A browser, which keeps cookies by host, whatever the port.
#[derive(Default)]
struct Visitor {
    client: Client,
    cookies: BTreeMap<String, BTreeMap<String, String>>,
}

impl Site {
    /// Starts them with nothing in their environment but this, and waits until both listen.
    fn start() -> Option<Self> {
        let redis = Redis::start(&[])?;
        let [one, two] = [free_port(), free_port()].map(|port| port.to_string());
        let mut child = Command::new(env!("CARGO_BIN_EXE_redis-sessions"))
            .args([&one, &two])
            .env_clear()
            .env("LOGTO_SESSION__REDIS__URL", redis.url())
            .env("ROCKET_CLI_COLORS", "false")
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut said = String::new();
        while said.matches("launched from ").count() < 2 {
            let read = stdout.read_line(&mut said).expect("it prints text");
            assert_ne!(read, 0, "it ended before it listened:\n{said}");
        }
        // It would stop at a full pipe.
        thread::spawn(move || io::copy(&mut stdout, &mut io::sink()));
        let [one, two] = [one, two].map(|port| format!("http://localhost:{port}"));
        Some(Self { child, one, two, redis })
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Visitor {
    fn new() -> Self {
        let client = Client::builder().redirect(Policy::none()).no_proxy().build();
        Self { client: client.expect("a client"), ..Self::default() }
    }

    async fn request(&mut self, method: Method, url: &str, form: &str) -> Response {
        let url = Url::parse(url).expect("an absolute URL");
        let jar = self.cookies.entry(url.host_str().expect("a host").to_owned()).or_default();
        let pairs: Vec<_> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = self
            .client
            .request(method.clone(), url.clone())
            .header("Accept", "text/html")
            .header("Cookie", pairs.join("; "))
            .header("Origin", url.origin().ascii_serialization())
            .header("User-Agent", "Visitor/1.0");
        if method == Method::POST {
            let kind = "application/x-www-form-urlencoded";
            request = request.header("Content-Type", kind).body(form.to_owned());
        }
        let response = request.send().await.expect("an answer");
        for header in response.headers().get_all("Set-Cookie") {
            let cookie = Cookie::parse(header.to_str().expect("text")).expect("a cookie");
            if cookie.max_age().is_some_and(|age| age.whole_seconds() == 0) {
                jar.remove(cookie.name());
            } else {
                jar.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
        response
    }

    /// What the home page of an instance says.
    async fn home(&mut self, site: &str) -> String {
        let response = self.request(Method::GET, site, "").await;
        assert_eq!(response.status(), 200);
        response.text().await.expect("a page")
    }

    /// Posts a form and goes nowhere.
    async fn post(&mut self, url: &str) {
        let response = self.request(Method::POST, url, "").await;
        assert_eq!(response.status(), 303, "{response:?}");
    }

    /// Signs in at an instance as alice, without a password.
    async fn sign_in(&mut self, site: &str) {
        let start = self.request(Method::GET, &format!("{site}/auth/sign-in"), "").await;
        let mut answer = self.request(Method::GET, &location(&start), "").await;
        // A user whom it does not know yet sees its sign-in page.
        if location(&answer).starts_with("/sign-in") {
            let choice = Url::parse(&location(&start)).and_then(|it| it.join("/sign-in"));
            let choice = choice.expect("the page of the provider");
            answer = self.request(Method::POST, choice.as_str(), "username=alice").await;
        }
        let back = self.request(Method::GET, &location(&answer), "").await;
        assert_eq!(location(&back), "/");
    }
}

fn location(response: &Response) -> String {
    let location = response.headers().get("Location").unwrap_or_else(|| panic!("{response:?}"));
    location.to_str().expect("text").to_owned()
}

#[rocket::async_test]
async fn a_sign_in_at_one_is_known_at_the_other_until_the_session_ends_at_either() {
    let Some(site) = Site::start() else { return };
    let mut laptop = Visitor::new();
    assert!(laptop.home(&site.one).await.contains("Hello, stranger"));
    laptop.sign_in(&site.one).await;
    for (instance, name) in [(&site.one, "one"), (&site.two, "two")] {
        let page = laptop.home(instance).await;
        for part in ["Hello, Alice Liddell", "Visitor&#x2f;1.0 (this one)", "127.0.0.1"] {
            assert!(page.contains(part), "{part} at instance {name}: {page}");
        }
        assert!(page.contains(&format!("Instance {name}")));
    }
    let copy = laptop.cookies.clone();
    laptop.post(&format!("{}/auth/sign-out", site.two)).await;
    assert!(laptop.home(&site.one).await.contains("Hello, stranger"));
    laptop.cookies = copy;
    assert!(laptop.home(&site.one).await.contains("Hello, stranger"), "a copy is invalid as well");
}

#[rocket::async_test]
async fn a_user_ends_the_session_of_another_browser_or_all_of_them() {
    let Some(site) = Site::start() else { return };
    let (mut laptop, mut phone) = (Visitor::new(), Visitor::new());
    laptop.sign_in(&site.one).await;
    phone.sign_in(&site.two).await;
    let page = laptop.home(&site.two).await;
    assert_eq!(page.matches("Visitor&#x2f;1.0").count(), 2, "{page}");
    // That of the laptop itself is the one that is marked.
    let rows =
        page.split("<tr>").filter(|row| row.contains("Visitor") && !row.contains("this one"));
    let row = rows.last().expect("the session of the phone");
    let path = row.split("action=\"").nth(1).and_then(|rest| rest.split('"').next());
    laptop.post(&format!("{}{}", site.one, path.expect("a form"))).await;
    assert!(phone.home(&site.two).await.contains("Hello, stranger"));
    assert!(laptop.home(&site.two).await.contains("Hello, Alice Liddell"));

    phone.sign_in(&site.two).await;
    laptop.post(&format!("{}/sessions/end", site.one)).await;
    for visitor in [&mut laptop, &mut phone] {
        assert!(visitor.home(&site.two).await.contains("Hello, stranger"));
    }
}

#[rocket::async_test]
async fn while_redis_is_away_nobody_is_called_a_stranger() {
    let Some(mut site) = Site::start() else { return };
    let mut laptop = Visitor::new();
    laptop.sign_in(&site.one).await;
    site.redis.stop();
    let page = laptop.home(&site.one).await;
    assert!(page.contains("<p>Hello. We cannot check right now who you are."), "{page}");
    assert!(!page.contains("stranger"), "{page}");
}

#[rocket::async_test]
async fn the_age_of_a_session_is_told_in_words() {
    let templates = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let figment = rocket::Config::figment().merge(("template_dir", templates));
    let rocket = rocket::custom(figment.merge(("log_level", "off"))).attach(Template::fairing());
    let client = LocalClient::untracked(rocket).await.expect("a launch");
    for (minutes, words) in [(0, "just now"), (1, "1 minute ago"), (2, "2 minutes ago")] {
        let user = context! { display_name: "Ada" };
        let logto = context! { is_authenticated: true, user };
        let context = context! { logto, sessions: [context! { minutes }] };
        let page = Template::show(client.rocket(), "home", context).expect("a page");
        assert!(page.contains(&format!("<td>{words}</td>")), "{minutes}: {page}");
    }
}

#[test]
fn the_home_page_is_accessible_in_both_colour_schemes_and_fits_a_phone() {
    let Some(browser) = Chromium::find() else { return };
    let Some(site) = Site::start() else { return };
    let looked = browser.run("home_page.mjs", &[("APP", &site.one), ("NAME", "redis-sessions")]);
    if let Err(report) = looked {
        panic!("{report}");
    }
}
