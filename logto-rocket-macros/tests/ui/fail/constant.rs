use logto_rocket::authenticated;

#[authenticated]
const LIMIT: u32 = 7;

fn main() {
    let _ = LIMIT;
}
