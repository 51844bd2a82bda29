//! What a site below a path of its host answers where it refuses or fails: all that leads anywhere has the
//! path.

use logto_rocket::testing::{Endpoint, Fault};
use logto_rocket::{Page, RenderedPage};
use logto_rocket_tests::app::{App, ORIGIN, figment, usual_routes};
use logto_rocket_tests::browser::{Answer, From, navigation};
use rocket::http::{Method, Status};
use rocket::{Request, catch, catchers, get, routes};
use rocket_dyn_templates::{Template, context};

use super::prefix::{MODES, SITE, Site};

/// Where the links and forms of a page lead.
fn addresses(page: &Answer) -> Vec<&str> {
    let of = |attribute| page.body.split(attribute).skip(1).filter_map(|it| it.split('"').next());
    of(" href=\"").chain(of(" action=\"")).collect()
}

#[track_caller]
fn leads_below_the_path(page: &Answer, first: &str) {
    let addresses = addresses(page);
    assert_eq!(addresses.first(), Some(&first), "{page:?}");
    for address in addresses {
        assert!(address.starts_with("/app/"), "{address}: {page:?}");
    }
}

#[rocket::async_test]
async fn each_kind_of_refused_request_is_told_of_the_sign_in_below_the_path() {
    let from = "http://localhost:8000/app/basket?item=3";
    let sign_in = "/app/auth/sign-in?return_to=%2Fapp%2Fbasket%3Fitem%3D3";
    for mode in MODES {
        let site = Site::start(mode).await;
        let fetch = [("Accept", "*/*"), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty")];
        let fetch = [&fetch[..], &[("Referer", from)]].concat();
        let mut browser = site.app.browser();
        let script = site.request(&mut browser, Method::Get, "/app/account", &fetch).await;
        assert_eq!(script.status, Status::Unauthorized, "{mode}");
        assert_eq!(script.problem()["sign_in"], sign_in, "{mode}");
        assert_eq!(
            script.header("WWW-Authenticate"),
            Some(&*format!("Logto realm=\"{ORIGIN}\"")),
            "{mode}"
        );
        let htmx = [("HX-Request", "true"), ("HX-Current-URL", from)];
        let htmx = site.request(&mut browser, Method::Get, "/app/account", &htmx).await;
        assert_eq!(htmx.header("HX-Redirect"), Some(sign_in), "{mode}: {htmx:?}");
        let boosted = [("HX-Request", "true"), ("HX-Boosted", "true"), ("HX-Current-URL", from)];
        let boosted = site.request(&mut browser, Method::Get, "/app/account", &boosted).await;
        let own = "/app/auth/sign-in?return_to=%2Fapp%2Faccount";
        assert_eq!(boosted.header("HX-Redirect"), Some(own), "{mode}: {boosted:?}");
        let inertia = [("X-Inertia", "true"), ("Referer", from)];
        let inertia = site.request(&mut browser, Method::Get, "/app/account", &inertia).await;
        assert_eq!(inertia.header("X-Inertia-Location"), Some(own), "{mode}: {inertia:?}");
        let mut form = navigation(From::OwnPage);
        form.extend([("Origin", ORIGIN), ("Referer", from)]);
        let form = site.request(&mut browser, Method::Post, "/app/change", &form).await;
        assert_eq!(form.status, Status::Unauthorized, "{mode}");
        leads_below_the_path(&form, sign_in);
        // A page of a neighbour is none to return to.
        let neighbour = [("HX-Request", "true"), ("Referer", "http://localhost:8000/shop")];
        let neighbour = site.request(&mut browser, Method::Get, "/app/account", &neighbour).await;
        assert_eq!(neighbour.header("HX-Redirect"), Some("/app/auth/sign-in"), "{mode}");
    }
}

#[rocket::async_test]
async fn the_links_of_pages_and_the_addresses_of_programs_have_the_path() {
    for mode in MODES {
        let site = Site::start(mode).await;
        let mut browser = site.app.browser();
        let callback = "/app/auth/sign-in-callback?state=x&code=x";
        let failed = site.open(&mut browser, callback).await;
        assert_eq!(failed.status, Status::BadRequest, "{mode}");
        leads_below_the_path(&failed, "/app/auth/sign-in");
        assert!(addresses(&failed).contains(&"/app/"), "home: {failed:?}");

        let json = [("Accept", "application/json")];
        let failed = site.request(&mut browser, Method::Get, callback, &json).await;
        assert_eq!(failed.problem()["sign_in"], "/app/auth/sign-in", "{mode}");
        let user = site.request(&mut browser, Method::Get, "/app/auth/user", &json).await;
        assert_eq!(user.problem()["sign_in"], "/app/auth/sign-in", "{mode}");

        let own = "/app/auth/sign-in?return_to=%2Fapp%2Fx";
        let unpoly = [("X-Up-Version", "3.12.0")];
        let unpoly = site.request(&mut browser, Method::Get, own, &unpoly).await;
        leads_below_the_path(&unpoly, own);
        let fetch = [("Accept", "text/html"), ("Sec-Fetch-Mode", "cors")];
        let fetched = site.request(&mut browser, Method::Get, own, &fetch).await;
        leads_below_the_path(&fetched, own);

        let mut alice = site.signed_in().await;
        let ask = site.passed_on("/app/auth/sign-out");
        let ask = alice.navigate(&ask, From::OtherSite).await;
        leads_below_the_path(&ask, "/app/");
        assert!(addresses(&ask).contains(&"/app/auth/sign-out"), "{ask:?}");
        let switch = site.passed_on("/app/auth/sign-in?switch=1");
        let switch = alice.navigate(&switch, From::OtherSite).await;
        leads_below_the_path(&switch, "/app/auth/sign-in?switch=1");
        let denied = site.open(&mut alice, "/app/admin").await;
        assert!(matches!(denied.status.code, 200 | 403), "{denied:?}");
        if denied.status == Status::Forbidden {
            leads_below_the_path(
                &denied,
                "/app/auth/sign-in?return_to=%2Fapp%2Fadmin&amp;switch=1",
            );
        }
        let again = site.open(&mut alice, callback).await;
        assert_eq!(again.location(), "/app/", "who is signed in goes home");
    }
}

#[rocket::async_test]
async fn a_sign_in_that_does_not_start_is_tried_again_below_the_path() {
    for mode in MODES {
        let builder = App::builder().config(|config| config.pushed_authorization(true));
        let site = Site::of(mode, builder, Vec::new).await;
        site.app.idp.fault(Endpoint::PushedAuthorization, Fault::Status(500)).for_ever();
        let own = "/app/auth/sign-in?return_to=%2Fapp%2Fx";
        let failed = site.open(&mut site.app.browser(), own).await;
        assert!(failed.status.code >= 500, "{failed:?}");
        leads_below_the_path(&failed, own);
    }
}

/// A route that was mounted at the root all the same: what is there is another application's to a browser.
#[rocket::async_test]
async fn a_page_outside_the_path_is_none_to_return_to() {
    let site = Site::start("keep").await;
    let refused = site.app.browser().open("/account").await;
    assert_eq!((refused.status, refused.location()), (Status::SeeOther, "/app/auth/sign-in"));
}

/// A developer who opens 127.0.0.1, as Rocket prints it.
#[rocket::async_test]
async fn a_sign_in_under_another_name_of_this_machine_moves_to_the_site_with_its_path() {
    for mode in MODES {
        let site = Site::start(mode).await;
        let mut browser = site.app.browser();
        browser.headers.push(("Host".into(), "127.0.0.1:8000".into()));
        let moved = site.open(&mut browser, "/app/auth/sign-in?return_to=%2Fapp%2Fx").await;
        assert_eq!(moved.location(), format!("{SITE}/auth/sign-in?return_to=%2Fapp%2Fx"));
    }
}

#[get("/page/<engine>")]
fn page(engine: &str, page: Page<'_>) -> RenderedPage {
    page.render(engine.to_owned(), context! { title: "Mine" })
}

#[rocket::async_test]
async fn a_template_gets_links_with_the_path() {
    let templates = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let figment = figment().merge(("template_dir", templates));
    for mode in MODES {
        let builder = App::builder()
            .rocket(|rocket| rocket.configure(figment.clone()).attach(Template::fairing()));
        let site = Site::of(mode, builder, || routes![page]).await;
        let page = site.open(&mut site.app.browser(), "/app/page/prefix?x=1").await;
        let expected = "/app/auth/sign-in?return_to=%2Fapp%2Fpage%2Fprefix%3Fx%3D1 \
                        /app/auth/sign-out /app/orders";
        assert_eq!(page.body.trim(), expected, "{mode}");
    }
}

#[catch(default)]
fn own_default(status: Status, _: &Request<'_>) -> String {
    format!("own page for {}", status.code)
}

#[catch(403)]
fn own_denied() -> &'static str {
    "own page for the denied"
}

/// An application that mounts all that it has below the path: its default catcher there would come before
/// the catchers at `/`.
#[rocket::async_test]
async fn refusals_are_answered_where_the_application_has_its_catchers_below_the_path() {
    for base in ["/app", "/app/", "/"] {
        let config = |config: logto_rocket::Config| config.base_url(SITE).proxy_prefix("keep");
        let app = App::builder().config(config).rocket(move |rocket| {
            let rocket = rocket.mount("/app/", usual_routes());
            rocket.register(base, catchers![own_default, own_denied])
        });
        let app = app.start().await;
        let mut browser = app.browser();
        let refused = browser.open("/app/account").await;
        assert_eq!(refused.status, Status::SeeOther, "{base}: {refused:?}");
        assert_eq!(browser.fetch("/app/account").await.problem()["status"], 401, "{base}");
        assert_eq!(browser.open("/app/missing/x").await.body, "own page for 404", "{base}");
        let broken = browser.open("/app/broken").await;
        assert_eq!(broken.status, Status::SeeOther, "{base}: {broken:?}");
        let start = browser.open("/app/auth/sign-in").await;
        let callback = app.idp.authorize(start.location(), "bob").await.unwrap();
        let callback = callback.strip_prefix(ORIGIN).unwrap();
        assert_eq!(browser.navigate(callback, From::OtherSite).await.location(), "/app/");
        assert_eq!(browser.open("/app/admin").await.body, "own page for the denied", "{base}");
        assert_eq!(browser.open("/app/broken").await.body, "own page for 500", "{base}");
    }
}
