use logto_rocket::{LogtoUser, requires};

async fn tenant_of(_: &rocket::Request<'_>) -> Option<String> {
    None
}

fn is_member(user: &LogtoUser) -> bool {
    requires!(organization = tenant_of).check_claims(user)
}

fn main() {
    let _ = is_member;
}
