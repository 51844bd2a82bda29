use logto_rocket::authenticated;

#[authenticated]
#[get("/search?<word>&<page>&sorted")]
fn search(word: &str, page: Option<u32>) -> String {
    format!("{word} {page:?}")
}

#[test]
fn compiles() {
    assert_eq!(routes![search].len(), 1);
}
