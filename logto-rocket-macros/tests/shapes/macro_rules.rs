use logto_rocket::authenticated;

fn always(_: &logto_rocket::LogtoUser) -> bool {
    true
}

macro_rules! handler {
    ($name:ident, $uri:literal, $role:expr, $check:path) => {
        #[authenticated(role = $role, claim("staff" = $role), check = $check)]
        #[get($uri)]
        fn $name() -> &'static str {
            $role
        }
    };
}

macro_rules! fixed {
    () => {
        #[authenticated]
        #[get("/fixed")]
        fn fixed() {}
    };
}

handler!(first, "/first", "admin", always);
handler!(second, "/second", "auditor", self::always);
fixed!();

#[test]
fn compiles() {
    assert_eq!(routes![first, second, fixed].len(), 3);
}
