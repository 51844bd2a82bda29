use logto_rocket::authenticated;

#[authenticated]
#[cfg(any())]
#[get("/")]
fn below() {}

#[cfg(any())]
#[authenticated]
#[get("/")]
fn above() {}

#[authenticated]
#[cfg_attr(all(), cfg(any()))]
#[get("/")]
fn inside() {}

#[authenticated]
#[cfg(not(any()))]
#[get("/")]
fn present() {}

#[test]
fn compiles() {
    assert_eq!(routes![present].len(), 1);
}
