use logto_rocket::authenticated;

macro_rules! board {
    ($name:ident, $path:literal) => {
        #[authenticated(organization = "<org>")]
        #[get($path)]
        fn $name(org: &str) -> String {
            org.into()
        }
    };
}

board!(board, "/boards/<org>");

#[authenticated(organization = "<r>", organization_role = "owner")]
#[route(PUT, uri = "/a/<r>/b/<s..>?<t>", rank = 2, format = "json", data = "<d>")]
async fn put(r: &str, s: std::path::PathBuf, t: Option<u8>, d: String) -> String {
    format!("{r}{s:?}{t:?}{d}")
}

#[authenticated(organization = "<org>")]
#[get("/ignored/<org>/<_>/<_..>")]
fn ignored(org: &str) -> String {
    org.into()
}

#[test]
fn compiles() {
    assert_eq!(routes![board, put, ignored].len(), 3);
    assert_eq!(uri!(board("org_1")).to_string(), "/boards/org_1");
}
