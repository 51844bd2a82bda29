#[macro_use]
extern crate rocket;

use logto_rocket::authenticated;

#[authenticated]
#[get("/")]
fn a() {}

#[authenticated]
#[put("/")]
fn b() {}

#[authenticated]
#[post("/")]
fn c() {}

#[authenticated]
#[delete("/")]
fn d() {}

#[authenticated]
#[head("/")]
fn e() {}

#[authenticated]
#[patch("/")]
fn f() {}

#[authenticated]
#[options("/")]
fn g() {}

fn main() {
    assert_eq!(routes![a, b, c, d, e, f, g].len(), 7);
}
