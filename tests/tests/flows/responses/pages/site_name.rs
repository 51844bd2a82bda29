//! The name of the site on its built-in pages.

use logto_rocket::Logto;
use logto_rocket_tests::app::{App, config_without_address, rocket};
use logto_rocket_tests::browser::{Browser, From, navigation};
use rocket::http::Method;
use rocket::local::asynchronous::Client;
use rocket::response::content::RawHtml;

use super::element;

const FAILED: &str = "/auth/sign-in-callback?state=a&code=b";

#[rocket::async_test]
async fn a_page_has_the_name_of_the_site_as_text() {
    let app = App::builder().config(|config| config.site_name("Bücher & <Mehr>")).start().await;
    let page = app.browser().open(FAILED).await;
    assert_eq!(element(&page, "header"), "Bücher &amp; &lt;Mehr&gt;");
    let title = format!("{} – Bücher &amp; &lt;Mehr&gt;", element(&page, "h1"));
    assert_eq!(element(&page, "title"), title);
}

#[rocket::async_test]
async fn a_site_without_a_name_is_called_by_the_host_that_the_request_is_for() {
    let page = App::start().await.browser().open(FAILED).await;
    assert_eq!(element(&page, "header"), "localhost", "{page:?}");

    let app = App::start().await;
    let config =
        config_without_address(&app.idp).base_urls(["https://a.example", "https://b.example:8443"]);
    let site = Client::untracked(rocket(Logto::fairing().config(config))).await.expect("a launch");
    for (host, name) in [("a.example", "a.example"), ("b.example:8443", "b.example")] {
        let mut headers = navigation(From::AddressBar);
        headers.push(("Host", host));
        let page = Browser::new(&site).request(Method::Get, FAILED, &headers, "").await;
        assert_eq!(element(&page, "header"), name, "{page:?}");
    }
    // What a request names is shown by no page, unless it is one of the site's hosts.
    let mut headers = navigation(From::AddressBar);
    headers.push(("Host", "evil.example"));
    let page = Browser::new(&site).request(Method::Get, "/auth/sign-in", &headers, "").await;
    assert_eq!(element(&page, "header"), "a.example", "{page:?}");
}

#[rocket::async_test]
async fn a_hook_gets_the_name_of_the_site() {
    let app = App::builder()
        .config(|config| config.site_name("Example Shop"))
        .fairing(|fairing| fairing.pages(|_, page| Some(RawHtml(page.site_name.clone()))))
        .start()
        .await;
    assert_eq!(app.browser().open(FAILED).await.body, "Example Shop");
}
