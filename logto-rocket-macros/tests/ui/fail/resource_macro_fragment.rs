logto_rocket::resource!(pub Orders = "https://api.example.com/#orders");

fn main() {}
