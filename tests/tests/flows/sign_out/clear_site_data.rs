//! What a browser is told to delete of the site when a user signs out.

use logto_rocket::{Error, Logto, LogtoUser, SignOut, SignOutConfig, SiteData};
use logto_rocket_tests::app::{App, ORIGIN};
use logto_rocket_tests::browser::{Answer, From};
use rocket::http::Status;
use rocket::{Route, post, routes};

fn own() -> Vec<Route> {
    #[post("/leave")]
    async fn leave(logto: &Logto, user: &LogtoUser) -> Result<SignOut, Error> {
        Ok(logto.sign_out(user).start().await)
    }
    routes![leave]
}

async fn clearing(data: &[SiteData]) -> App {
    let data = data.to_vec();
    App::builder()
        .routes(own())
        .config(|config| config.sign_out(SignOutConfig::new().clear_site_data(data)))
        .start()
        .await
}

fn told(answer: &Answer) -> Option<&str> {
    answer.header("Clear-Site-Data")
}

#[rocket::async_test]
async fn a_sign_out_says_what_to_delete_if_the_configuration_names_something() {
    for (data, header) in [
        (&[][..], None),
        (&[SiteData::Cache], Some("\"cache\"")),
        (
            &[SiteData::Cache, SiteData::Storage, SiteData::ExecutionContexts],
            Some("\"cache\", \"storage\", \"executionContexts\""),
        ),
    ] {
        let app = clearing(data).await;
        for path in ["/auth/sign-out", "/leave"] {
            let mut alice = app.signed_in("alice").await;
            let out = alice.post(path, From::OwnPage, ORIGIN).await;
            assert_eq!(out.status, Status::SeeOther, "{out:?}");
            assert_eq!(told(&out), header, "{path}");
        }
    }
}

#[rocket::async_test]
async fn nothing_is_deleted_where_no_user_signs_out() {
    let app = clearing(&[SiteData::Storage]).await;
    let mut alice = app.signed_in("alice").await;
    let asked = alice.navigate("/auth/sign-out", From::OtherSite).await;
    assert_eq!((asked.status, told(&asked)), (Status::Ok, None), "it is asked first: {asked:?}");
    assert_eq!(told(&alice.open("/account").await), None);
    let mut nobody = app.browser();
    let out = nobody.post("/auth/sign-out", From::OwnPage, ORIGIN).await;
    assert_eq!((out.status, told(&out)), (Status::SeeOther, None), "{out:?}");
    assert_eq!(told(&nobody.open("/account").await), None);
}
