use logto_rocket::{LogtoUser, requires};

fn is_reader(user: &LogtoUser) -> bool {
    requires!(organization = "org_1", scope = "read:orders").check_claims(user)
}

fn main() {
    let _ = is_reader;
}
