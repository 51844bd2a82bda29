use logto_rocket::{LogtoUser, requires};

logto_rocket::resource!(pub Orders = "https://api.example.com/orders");

async fn may(user: &LogtoUser) {
    let _ = requires!(bearer, resource = Orders, scope = "read:orders").check(user).await;
}

fn main() {
    let _ = may;
}
