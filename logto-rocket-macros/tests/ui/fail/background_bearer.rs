#[macro_use]
extern crate rocket;

use logto_rocket::{authenticated, resource};

resource!(pub Alerts = "https://api.example.com/alerts");

#[authenticated(background, bearer, resource = Alerts)]
#[get("/alerts")]
fn alerts() {}

fn main() {
    let _ = routes![alerts];
}
