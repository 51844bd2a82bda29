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

#[test]
fn compiles() {
    assert_eq!(routes![a, b, c, d, e, f, g].len(), 7);
}
