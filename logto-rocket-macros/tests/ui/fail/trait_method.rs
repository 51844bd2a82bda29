use logto_rocket::authenticated;

trait Shop {
    #[authenticated]
    fn index(&self);
}

fn main() {}
