//! The pages, as people with and without an account see them.

use logto_rocket::testing::Idp;
use rocket::http::{Accept, Header, Status};
use rocket::local::asynchronous::{Client, LocalResponse};

async fn start() -> Client {
    Client::tracked(super::rocket().await).await.expect("a launch")
}

async fn get<'c>(client: &'c Client, path: &str) -> LocalResponse<'c> {
    client.get(path.to_owned()).header(Accept::HTML).dispatch().await
}

async fn body(client: &Client, path: &str) -> String {
    let response = get(client, path).await;
    assert_eq!(response.status(), Status::Ok, "{path}");
    response.into_string().await.expect("a page")
}

fn location(response: &LocalResponse<'_>) -> String {
    response.headers().get_one("Location").expect("a redirect").to_owned()
}

/// Asks for a page as nobody, and signs in for it.
async fn sign_in(client: &Client, path: &str, username: &str) {
    let refused = get(client, path).await;
    let sign_in = get(client, &location(&refused)).await;
    let idp = client.rocket().state::<Idp>().expect("a test provider");
    let callback = idp.authorize(&location(&sign_in), username).await.expect("a sign-in");
    let callback = callback.strip_prefix("http://localhost:8000").expect("a callback here");
    let back = get(client, callback).await;
    assert_eq!(location(&back), path);
}

#[rocket::async_test]
async fn a_stranger_sees_the_home_page_and_is_asked_to_sign_in_for_the_others() {
    let client = start().await;
    assert!(body(&client, "/").await.contains("Hello, stranger"));
    for path in ["/account", "/profile", "/admin"] {
        let refused = get(&client, path).await;
        assert_eq!(refused.status(), Status::SeeOther, "{path}");
        assert!(location(&refused).starts_with("/auth/sign-in?"), "{path}");
    }
}

#[rocket::async_test]
async fn alice_sees_all_pages() {
    let client = start().await;
    sign_in(&client, "/account?tab=keys", "alice").await;
    for path in ["/", "/account", "/profile", "/admin"] {
        assert!(body(&client, path).await.contains("Alice Liddell"), "{path}");
    }
    assert!(body(&client, "/account").await.contains("<dt>username</dt><dd>alice</dd>"));
    assert!(body(&client, "/profile").await.contains("<dt>username</dt><dd>alice</dd>"));
}

#[rocket::async_test]
async fn bob_sees_all_but_the_page_for_admins() {
    let client = start().await;
    sign_in(&client, "/account", "bob").await;
    for path in ["/", "/account", "/profile"] {
        assert!(body(&client, path).await.contains("bob"), "{path}");
    }
    assert_eq!(get(&client, "/admin").await.status(), Status::Forbidden);
}

#[rocket::async_test]
async fn the_button_signs_out() {
    let client = start().await;
    sign_in(&client, "/account", "alice").await;
    let home = body(&client, "/").await;
    assert!(home.contains(r#"<form method="post" action="&#x2f;auth&#x2f;sign-out">"#), "{home}");
    let origin = Header::new("Origin", "http://localhost:8000");
    let accept = Header::new("Accept", "text/html");
    let out = client.post("/auth/sign-out").header(origin).header(accept).dispatch().await;
    assert_eq!(out.status(), Status::SeeOther);
    assert!(body(&client, "/").await.contains("Hello, stranger"));
}

#[rocket::async_test]
async fn a_name_cannot_bring_in_markup() {
    let client = start().await;
    let idp = client.rocket().state::<Idp>().expect("a test provider");
    idp.set_claim("alice", "name", "<script>alert(1)</script>");
    sign_in(&client, "/account", "alice").await;
    for path in ["/", "/account", "/profile", "/admin"] {
        let page = body(&client, path).await;
        assert!(page.contains("&lt;script&gt;"), "{path}: {page}");
        assert!(!page.contains("<script"), "{path}: {page}");
    }
}
