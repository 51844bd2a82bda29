//! Requirements on organizations, and their members who come and go.

use std::time::Duration;

use logto_rocket::authenticated;
use logto_rocket_tests::browser::Browser;
use logto_rocket_tests::jar::Jar;
use logto_rocket_tests::oidc_provider::ORGANIZATION;
use rocket::http::Status;
use rocket::{Route, get, routes};

use super::provider::{ProviderUnderTest, return_to};

#[authenticated(organization = "<org>")]
#[get("/orgs/<org>")]
fn home(org: &str) -> &str {
    org
}

#[authenticated(organization = "<org>", organization_role = "owner")]
#[get("/orgs/<org>/settings")]
fn settings(org: &str) -> &str {
    org
}

#[authenticated(organization = "<org>", scope = "write:invoices")]
#[get("/orgs/<org>/invoices")]
fn invoices(org: &str) -> &str {
    org
}

fn pages() -> Vec<Route> {
    routes![home, settings, invoices]
}

const PATHS: [&str; 3] = ["", "/settings", "/invoices"];

/// What a browser gets at each page of an organization.
async fn statuses(browser: &mut Browser<'_>, organization: &str) -> Vec<u16> {
    let mut statuses = Vec::new();
    for path in PATHS {
        statuses.push(browser.open(&format!("/orgs/{organization}{path}")).await.status.code);
    }
    statuses
}

#[rocket::async_test]
async fn members_of_an_organization_are_admitted_until_they_leave_it_and_stay_signed_in() {
    for provider in ProviderUnderTest::both().await {
        let (client, clock) = provider.serving(pages(), |config| config).await;
        let (mut alice, mut bob) = (Browser::new(&client), Browser::new(&client));
        provider.sign_in(&mut alice).await;
        let start = bob.open("/auth/sign-in").await;
        let callback = provider.authorize_as("bob", start.location(), &mut Jar::default()).await;
        return_to(&mut bob, &callback).await;
        assert!(bob.is_signed_in().await, "{}", provider.name);
        assert_eq!(statuses(&mut alice, ORGANIZATION).await, [200; 3], "{}", provider.name);
        assert_eq!(statuses(&mut alice, "another00001").await, [403; 3], "{}", provider.name);
        assert_eq!(statuses(&mut bob, ORGANIZATION).await, [403; 3], "{}", provider.name);
        provider.leave_organization("alice").await;
        provider.advance(&clock, Duration::from_secs(3700)).await;
        let left = statuses(&mut alice, ORGANIZATION).await;
        assert_eq!(left, [403; 3], "{}", provider.name);
        assert!(alice.is_signed_in().await, "{}", provider.name);
    }
}

#[rocket::async_test]
async fn a_sign_in_for_an_organization_names_it_to_the_page_of_the_provider() {
    for provider in ProviderUnderTest::both().await {
        let (client, _) = provider.application().await;
        let mut browser = Browser::new(&client);
        let path = format!("/auth/sign-in?organization_id={ORGANIZATION}");
        let start = browser.open(&path).await;
        assert_eq!(start.status, Status::SeeOther, "{}: {start:?}", provider.name);
        let (page, _) = Jar::default().open(start.location(), None).await;
        let named = ("organization_id".into(), ORGANIZATION.into());
        assert!(page.query_pairs().any(|pair| pair == named), "{}: {page}", provider.name);
    }
}
