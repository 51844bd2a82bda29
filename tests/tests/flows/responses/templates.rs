//! Templates that know the user, in each of the template engines.

use logto_rocket::testing::{self, Idp, User};
use logto_rocket::{Logto, LogtoUser, Page, RenderedPage};
use logto_rocket_tests::app::{App, figment};
use rocket::error::ErrorKind;
use rocket::http::Status;
use rocket::{get, routes};
use rocket_dyn_templates::{Template, context};

const ENGINES: [&str; 3] = ["handlebars", "minijinja", "tera"];

/// An application with pages, where `mallory` tries to bring a script in.
async fn start() -> App {
    let mallory = User::new("mallory").name("<script>alert('mallory')</script>");
    let templates = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let figment = figment().merge(("template_dir", templates));
    App::builder()
        .provider(|provider| provider.user(mallory))
        .rocket(|rocket| rocket.configure(figment).attach(Template::fairing()))
        .routes(routes![page, own, person, unknown])
        .start()
        .await
}

#[get("/page/<engine>")]
fn page(engine: &str, page: Page<'_>) -> RenderedPage {
    page.render(engine.to_owned(), context! { title: "Mine", logto: "forged" })
}

#[get("/own/<engine>")]
fn own(user: LogtoUser, engine: &str) -> Template {
    Template::render(format!("own_{engine}"), context! { user })
}

#[get("/person")]
fn person(page: Page<'_>) -> RenderedPage {
    page.render("person", context! {})
}

#[get("/unknown")]
fn unknown(page: Page<'_>) -> RenderedPage {
    page.render("no such template", context! {})
}

#[rocket::async_test]
async fn an_application_with_the_guard_launches_only_with_templates() {
    let idp = Idp::start().await.unwrap();
    let templates = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let rocket = || {
        rocket::custom(figment().merge(("template_dir", templates)))
            .attach(Logto::fairing().provider(&idp))
            .mount("/", routes![person])
    };
    let error = rocket().ignite().await.expect_err("each of its pages would fail");
    assert!(matches!(error.kind(), ErrorKind::SentinelAborts(_)), "{error}");
    assert!(rocket().attach(Template::fairing()).ignite().await.is_ok());
}

#[rocket::async_test]
async fn a_page_offers_to_sign_in_and_to_come_back() {
    let app = start().await;
    for engine in ENGINES {
        let page = app.browser().open(&format!("/page/{engine}?tab=keys")).await;
        assert_eq!(page.status, Status::Ok, "{engine}: {page:?}");
        assert!(page.body.contains("<h1>Mine</h1>"), "{engine}: {page:?}");
        let (_, link) = page.body.split_once("href=\"").expect("a link");
        let (link, _) = link.split_once('"').expect("its end");
        // The engines escape the same link in different ways.
        let link = link.replace("&#x2F;", "/").replace("&#x2f;", "/").replace("&#x3D;", "=");
        assert_eq!(link, format!("/auth/sign-in?return_to=%2Fpage%2F{engine}%3Ftab%3Dkeys"));
        page.assert_not_stored();
    }
}

#[rocket::async_test]
async fn a_page_shows_who_is_signed_in_and_escapes_the_name() {
    let app = start().await;
    for engine in ENGINES {
        let mut browser = app.browser();
        let path = format!("/page/{engine}");
        let back = app.sign_in(&mut browser, "mallory", &path).await;
        assert_eq!(back.location(), path);
        let page = browser.open(&path).await;
        assert_eq!(page.status, Status::Ok, "{engine}: {page:?}");
        assert!(page.body.contains("<p>mallory</p>"), "{engine}: {page:?}");
        assert!(page.body.contains("<p>&lt;script&gt;alert("), "{engine}: {page:?}");
        assert!(!page.body.contains("<script"), "{engine}: {page:?}");
        assert!(page.body.contains("sign-out"), "{engine}: {page:?}");
        page.assert_not_stored();
    }
}

#[rocket::async_test]
async fn a_template_of_ones_own_reads_the_user_and_the_claims() {
    let app = start().await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, "mallory", "/").await;
    for engine in ENGINES {
        let page = browser.open(&format!("/own/{engine}")).await;
        assert_eq!(page.status, Status::Ok, "{engine}: {page:?}");
        assert!(page.body.contains("<p>mallory</p>"), "{engine}: {page:?}");
        assert!(!page.body.contains("<script"), "{engine}: {page:?}");
    }
}

#[rocket::async_test]
async fn a_page_without_its_template_is_an_error_and_is_not_stored() {
    let app = start().await;
    let page = app.browser().open("/unknown").await;
    assert_eq!(page.status, Status::InternalServerError);
    page.assert_not_stored();
}

#[rocket::async_test]
async fn a_page_knows_picture_address_roles_and_organizations_as_far_as_the_sign_in_asks_for_them()
{
    let app = start().await;
    let mut browser = app.browser();
    app.sign_in(&mut browser, "mallory", "/").await;
    assert_eq!(browser.open("/person").await.body, "none, none, roles: , organizations: ");
    let carol = User::new("carol")
        .picture("/carol.png")
        .email("carol@example.test")
        .role("clerk")
        .role("auditor");
    let carol = testing::sign_in(&app.client, carol).await.unwrap();
    let page = app.client.get("/person").cookies(carol).dispatch().await;
    let page = page.into_string().await.unwrap().replace("&#x2F;", "/");
    assert_eq!(page, "/carol.png, carol@example.test, roles: clerk auditor , organizations: ");
}
