use logto_rocket::{Logto, LogtoUser, authenticated};

#[authenticated]
#[get("/")]
fn account(user: LogtoUser) -> String {
    user.id().to_owned()
}

#[test]
fn compiles() {
    let _ = rocket::build().attach(Logto::fairing()).mount("/", routes![account]);
}
