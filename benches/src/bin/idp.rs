//! The test provider in a process of its own, `idp [milliseconds] [RS256]`: so much longer takes its
//! token endpoint, and so it signs, otherwise with ES384. It writes its address to the standard output,
//! and ends when its standard input does.

use std::io::{self, Write};
use std::time::Duration;

use logto_rocket::Resource;
use logto_rocket::testing::{Endpoint, Fault, Idp, Signing, User};
use logto_rocket_benches::provider::Provider;
use logto_rocket_benches::site::Orders;
use rocket::tokio;

#[rocket::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let signing = match std::env::args().nth(2).as_deref() {
        Some("RS256") => Signing::Rs256,
        _ => Signing::Es384,
    };
    let idp = Idp::builder()
        .user(carol())
        .resource(Orders::URI, &["read:orders"])
        .machine(
            Provider::MACHINE_ID,
            Provider::MACHINE_SECRET,
            [(Orders::URI, &["read:orders"] as &[_])],
        )
        .signing(signing);
    let idp = idp.start().await?;
    let delay = std::env::args().nth(1).and_then(|it| it.parse().ok()).unwrap_or_default();
    if delay > 0 {
        idp.fault(Endpoint::Token, Fault::Delay(Duration::from_millis(delay))).for_ever();
    }
    println!("{}", idp.endpoint());
    io::stdout().flush()?;
    let mut input = tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink()));
    let mut cleaning = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            ended = &mut input => return Ok(ended.map(drop)?),
            // What came is kept for tests to look at, which nobody does here.
            _ = cleaning.tick() => idp.forget_requests(),
        }
    }
}

/// Somebody whose session makes a Cookie header of about 870 bytes.
fn carol() -> User {
    User::new(Provider::USER)
        .name("Carol Maria Johannsen")
        .picture("https://logto.example.com/avatars/8f14e45f-ceea-4671-9d2b.jpg")
        .profile("given_name", "Carol")
        .profile("family_name", "Johannsen")
        .profile("middle_name", "Maria")
        .profile("nickname", "caro")
        .profile("profile", "https://people.example.com/carol")
        .profile("website", "https://carol.example.com")
        .profile("birthdate", "1987-11-23")
        .profile("zoneinfo", "Europe/Copenhagen")
        .profile("locale", "da-DK")
}
