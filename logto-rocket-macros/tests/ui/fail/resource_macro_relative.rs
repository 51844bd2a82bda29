logto_rocket::resource!(pub Orders = "orders");

fn main() {}
