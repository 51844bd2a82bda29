//! A template of the application's own for every built-in page, in one line.

use logto_rocket::testing::User;
use logto_rocket_tests::app::{App, figment};
use logto_rocket_tests::browser::From;
use rocket::http::Status;
use rocket::response::content::RawHtml;
use rocket_dyn_templates::Template;

use super::site::Looks;

/// The line for each of the engines.
const ENGINES: [(&str, Looks); 3] = [
    ("handlebars", |fairing| {
        fairing.pages(|request, page| {
            Template::show(request.rocket(), "pages_handlebars", page).map(RawHtml)
        })
    }),
    ("minijinja", |fairing| {
        fairing.pages(|request, page| {
            Template::show(request.rocket(), "pages_minijinja", page).map(RawHtml)
        })
    }),
    ("tera", |fairing| {
        fairing.pages(|request, page| {
            Template::show(request.rocket(), "pages_tera", page).map(RawHtml)
        })
    }),
];

async fn site(looks: Looks) -> App {
    let mallory = User::new("mallory").name("<script>alert('mallory')</script>");
    let templates = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let figment = figment().merge(("template_dir", templates));
    App::builder()
        .provider(|provider| provider.user(mallory))
        .config(|config| config.site_name("Example & Co"))
        .rocket(|rocket| rocket.configure(figment).attach(Template::fairing()))
        .fairing(looks)
        .start()
        .await
}

#[rocket::async_test]
async fn one_line_gives_every_page_to_a_template() {
    for (engine, looks) in ENGINES {
        let app = site(looks).await;
        let mut mallory = app.signed_in("mallory").await;
        let page = mallory.open("/admin").await;
        assert_eq!(page.status, Status::Forbidden, "{engine}");
        let text = page.body.replace("&#x2F;", "/").replace("&#x2f;", "/").replace("&#x3D;", "=");
        assert!(text.contains("<html lang=\"en\">"), "{engine}: {text}");
        assert!(text.contains("<title>No access – Example &amp; Co</title>"), "{engine}: {text}");
        assert!(text.contains("signed in as &lt;script&gt;alert("), "{engine}: {text}");
        assert!(!text.contains("<script"), "{engine}: {text}");
        let link = "<a href=\"/auth/sign-in?return_to=%2Fadmin&amp;switch=1\" target=\"_top\">Use another \
                    account</a>";
        assert!(text.contains(link), "{engine}: {text}");
        let form =
            "<form method=\"post\" action=\"/auth/sign-out\"><button>Sign out</button></form>";
        assert!(text.contains(form), "{engine}: {text}");

        mallory.headers.push(("Accept-Language".into(), "de".into()));
        let page = mallory.open("/admin").await;
        assert!(page.body.contains("<p lang=\"en\"><code>"), "{engine}: {page:?}");
        let page = mallory.navigate("/auth/sign-out", From::OtherSite).await;
        assert!(page.body.contains("<html lang=\"de\">"), "{engine}: {page:?}");
        assert!(page.body.contains("<h1>Abmelden?</h1>"), "{engine}: {page:?}");
    }
}

#[rocket::async_test]
async fn a_template_that_is_missing_leaves_the_built_in_page() {
    let app = site(|fairing| {
        fairing.pages(|request, page| {
            Template::show(request.rocket(), "no such template", page).map(RawHtml)
        })
    })
    .await;
    let page = app.signed_in("mallory").await.open("/admin").await;
    assert_eq!(page.status, Status::Forbidden);
    assert!(page.body.contains("<code>denied</code>"), "{page:?}");
}

#[test]
fn the_template_in_the_manual_is_the_one_that_is_tested() {
    let manual = include_str!("../../../../../logto-rocket/docs/pages.md");
    for template in [
        include_str!("../../../../templates/pages_tera.html.tera"),
        include_str!("../../../../templates/pages_minijinja.html.j2"),
    ] {
        assert!(manual.contains(template), "{template}");
    }
}
