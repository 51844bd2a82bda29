//! Keys of the provider that change while users are signed in.

use std::time::Duration;

use logto_rocket_tests::browser::Browser;
use rocket::http::Status;

use super::provider::ProviderUnderTest;

/// Too short a time for the keys to be old, and long enough to ask for them again.
const SOON: Duration = Duration::from_secs(120);

/// A little more than the life of an access token, and than claims are believed.
const OVERDUE: Duration = Duration::from_secs(3700);

#[rocket::async_test]
async fn keys_that_rotate_sign_nobody_out_and_verify_what_comes_after() {
    for provider in ProviderUnderTest::both().await {
        let (client, clock) = provider.application().await;
        let mut alice = Browser::new(&client);
        provider.sign_in(&mut alice).await;
        let session = alice.account().await.expect("a session");
        for keeps_the_old in [true, false] {
            provider.rotate_keys(keeps_the_old).await;
            assert_eq!(alice.account().await.as_ref(), Some(&session), "{}", provider.name);
            provider.advance(&clock, SOON).await;
            let before = provider.key_requests().await;
            let mut another = Browser::new(&client);
            provider.sign_in(&mut another).await;
            assert!(another.is_signed_in().await, "{}", provider.name);
            let fetched = provider.key_requests().await - before;
            assert_eq!(fetched, 1, "{}: the new key, once", provider.name);
            provider.advance(&clock, OVERDUE).await;
            // The refresh that confirms the claims brings an ID token of the new key.
            let confirmed = alice.open("/account").await;
            assert_eq!(confirmed.status, Status::Ok, "{}: {confirmed:?}", provider.name);
            assert!(confirmed.sets_cookies(), "{}: {confirmed:?}", provider.name);
            assert_eq!(alice.account().await.as_ref(), Some(&session), "{}", provider.name);
            assert_eq!(alice.open("/profile").await.status, Status::Ok, "{}", provider.name);
        }
    }
}
