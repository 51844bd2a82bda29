use logto_rocket::{LogtoUser, requires};

async fn tenant_of(_: &rocket::Request<'_>) -> Option<String> {
    None
}

async fn is_member(user: &LogtoUser) -> bool {
    requires!(organization = tenant_of).check(user).await.is_ok()
}

fn main() {
    let _ = is_member;
}
