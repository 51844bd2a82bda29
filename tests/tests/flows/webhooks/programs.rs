//! Access tokens of users whom Logto has reported, at an API that programs call.

use logto_rocket::testing::{self, Idp};
use logto_rocket::{Bearer, Clock, Logto, ResourceServerFairing, authenticated, resource};
use logto_rocket_tests::app::{figment, rocket};
use logto_rocket_tests::browser::{Answer, Browser};
use logto_rocket_tests::webhooks::{ROUTE, known, post};
use rocket::http::{Method, Status};
use rocket::local::asynchronous::Client;
use rocket::{get, routes};

use super::{HOUR, SECOND};

resource!(
    /// The API of the tests.
    pub Orders = "https://api.example.com/orders"
);

#[expect(clippy::needless_pass_by_value, reason = "a guard is a handler's own")]
#[authenticated(bearer, resource = Orders)]
#[get("/orders")]
fn orders(caller: Bearer<Orders>) -> String {
    caller.subject().to_owned()
}

async fn api(
    idp: &Idp,
    clock: &Clock,
    change: impl FnOnce(ResourceServerFairing) -> ResourceServerFairing,
) -> Client {
    let config = known(logto_rocket::Config::new().endpoint(idp.endpoint()), idp);
    let fairing = change(Logto::resource_server().config(config).clock(clock.clone()));
    let rocket = rocket::custom(figment()).mount("/", routes![orders]).attach(fairing);
    Client::untracked(rocket).await.expect("a launch")
}

async fn call(client: &Client, token: &str) -> Answer {
    let authorization = format!("Bearer {token}");
    let headers = [("Authorization", &*authorization)];
    Browser::new(client).request(Method::Get, "/orders", &headers, "").await
}

fn token(client: &Client, sub: &str) -> String {
    testing::bearer(client).expect("a debug build").resource(Orders).subject(sub).text()
}

#[rocket::async_test]
async fn a_token_of_a_suspended_user_is_refused_until_it_expires_and_a_newer_one_is_not() {
    let clock = Clock::frozen();
    let idp = Idp::builder().clock(clock.clone()).start().await.unwrap();
    let of_api = api(&idp, &clock, |fairing| fairing).await;
    let of_site = {
        let config = known(logto_rocket_tests::app::config_for(&idp), &idp);
        let fairing = Logto::fairing().config(config).clock(clock.clone());
        Client::untracked(rocket(fairing).mount("/", routes![orders])).await.unwrap()
    };
    let (alice, bob) = (idp.user_id("alice").unwrap(), idp.user_id("bob").unwrap());
    idp.suspend("alice");
    let [webhook] = idp.webhooks().try_into().unwrap();
    for client in [&of_api, &of_site] {
        let (of_alice, of_bob) = (token(client, &alice), token(client, &bob));
        assert_eq!(call(client, &of_alice).await.body, alice);
        assert_eq!(post(client, &webhook).await.status, Status::NoContent);
        let refused = call(client, &of_alice).await;
        assert_eq!(refused.status, Status::Unauthorized);
        let challenge = refused.header("WWW-Authenticate").unwrap();
        assert!(challenge.contains("invalid_token"), "{challenge}");
        assert_eq!(call(client, &of_bob).await.body, bob);
    }
    clock.advance(SECOND);
    for client in [&of_api, &of_site] {
        let newer = token(client, &alice);
        for _ in 0..2 {
            assert_eq!(call(client, &newer).await.body, alice);
            assert_eq!(post(client, &webhook).await.status, Status::NoContent);
        }
    }
}

#[rocket::async_test]
async fn a_pure_api_receives_webhooks_below_its_base_and_hands_them_to_the_application() {
    let clock = Clock::frozen();
    let idp = Idp::builder().clock(clock.clone()).start().await.unwrap();
    let (sender, mut heard) = rocket::tokio::sync::mpsc::unbounded_channel();
    let client = api(&idp, &clock, |fairing| {
        fairing.on_webhook(move |webhook| {
            sender.send(webhook.event().to_owned()).unwrap();
            async {}
        })
    })
    .await;
    for change in [Idp::suspend, Idp::delete, Idp::reset_password] {
        change(&idp, "alice");
    }
    idp.delete_role("admin");
    for webhook in idp.webhooks() {
        assert_eq!(post(&client, &webhook).await.status, Status::NoContent);
        assert!(webhook.body.contains(&heard.recv().await.unwrap()));
    }
    let none = Browser::new(&client).request(Method::Post, ROUTE, &[], "{}").await;
    assert_eq!(none.status, Status::Unauthorized);
    clock.advance(HOUR);

    let based = logto_rocket::Config::new().endpoint(idp.endpoint()).base("/hooks");
    let fairing = Logto::resource_server().config(known(based, &idp)).clock(clock.clone());
    let rocket = rocket::custom(figment()).attach(fairing);
    let client = Client::untracked(rocket).await.unwrap();
    let answer = Browser::new(&client).request(Method::Post, "/hooks/webhook", &[], "").await;
    assert_eq!(answer.status, Status::Unauthorized);
}
