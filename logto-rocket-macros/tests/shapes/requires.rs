use logto_rocket::{LogtoUser, Refusal, Requirement, needs, requires};
use rocket::Request;
use rocket::fs::{FileServer, Options};

logto_rocket::resource! {
    /// Where orders are kept.
    pub(crate) Orders = "https://api.example.com/orders"
}

const ANYBODY: Requirement = requires!();
const STAFF: Requirement = requires!(any(role = "staff", claim("department" = "ops")));
const READERS: Requirement<needs::Answers> = requires!(resource = Orders, scope = "read:orders");
static TENANTS: Requirement<needs::Request> = requires!(organization = tenant_of);
const PROGRAMS: Requirement<needs::Request> =
    requires!(resource = Orders, machine, bearer, not(scope = "trial"));

async fn tenant_of(_: &Request<'_>) -> Option<String> {
    None
}

fn is_staff(user: &LogtoUser) -> bool {
    STAFF.check_claims(user) && requires!(not(role = "trial")).check_claims(user)
}

async fn reads(user: &LogtoUser) -> Result<(), Refusal> {
    ANYBODY.check(user).await?;
    READERS.check(user).await
}

#[test]
fn compiles() {
    let _ = (is_staff, reads);
    assert_eq!(ANYBODY.to_string(), "signed in");
    assert_eq!(STAFF.to_string(), r#"any(role = "staff", claim("department" = "ops"))"#);
    assert_eq!(READERS.to_string(), r#"resource = Orders, scope = "read:orders""#);
    assert_eq!(format!("{TENANTS:?}"), "Requirement(organization = tenant_of)");
    assert!(PROGRAMS.to_string().contains(r#"resource = Orders, machine, not(scope = "trial")"#));
    let routes = STAFF.guard(FileServer::new(".", Options::None).rank(3));
    assert_eq!(routes[0].rank, 3);
    assert!(routes[0].name.as_deref().unwrap().ends_with(&STAFF.to_string()));
}
