//! Three people and two organizations, for a machine that has no Logto.

use logto_rocket::testing::{Idp, IdpError, User};

/// The machine-to-machine application of the provider, with its secret.
const MACHINE: (&str, &str) = ("organizations", "a-secret-of-this-example");

/// Starts a provider in Logto's place if no `LOGTO_ENDPOINT` is set.
pub async fn provider() -> Option<Idp> {
    // An empty variable counts as not set, as in the library.
    if std::env::var("LOGTO_ENDPOINT").is_ok_and(|value| !value.trim().is_empty()) {
        return None;
    }
    println!("No LOGTO_ENDPOINT is set, so that people sign in at a test provider:");
    println!("alice, bob and carol, without a password.");
    start().await.inspect_err(|error| eprintln!("No LOGTO_ENDPOINT is set, and {error}.")).ok()
}

/// Starts the provider.
pub async fn start() -> Result<Idp, IdpError> {
    let person = |id: &str, name| User::new(id).name(name).email(&format!("{id}@example.test"));
    let alice = person("alice", "Alice Liddell").organization("acme", ["admin"]);
    Idp::builder()
        .organization("acme", "Acme Tea", "")
        .organization("globex", "Globex", "")
        .organization_role("admin", &["invite:member"])
        .user(alice.organization("globex", ["member"]))
        .user(person("bob", "Bob Dodgson").organization("acme", ["member"]))
        .user(person("carol", "Carol Hare"))
        .machine(MACHINE.0, MACHINE.1, [("https://default.logto.app/api", &["all"][..])])
        .start()
        .await
}

/// The endpoint of the provider, and the application.
pub fn machine(idp: &Idp) -> [String; 3] {
    [idp.endpoint(), MACHINE.0, MACHINE.1].map(String::from)
}
