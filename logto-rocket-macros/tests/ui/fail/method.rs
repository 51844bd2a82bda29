use logto_rocket::authenticated;

struct Shop;

impl Shop {
    #[authenticated]
    #[rocket::get("/")]
    fn index(&self) {}
}

fn main() {}
