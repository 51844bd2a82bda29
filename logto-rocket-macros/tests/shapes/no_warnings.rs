#![deny(warnings)]
use logto_rocket::authenticated;

#[authenticated]
#[get("/<a>/<b>/<c>/<d>/<e>/<f>/<g>")]
#[deprecated]
fn old(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8) -> String {
    format!("{a}{b}{c}{d}{e}{f}{g}")
}

#[authenticated]
#[get("/")]
#[allow(non_snake_case)]
fn CamelCase() {}

#[test]
fn compiles() {
    #[allow(deprecated)]
    let routes = routes![old, CamelCase];
    assert_eq!(routes.len(), 2);
}
