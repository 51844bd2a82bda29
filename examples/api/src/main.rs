//! An API that programs call with access tokens from Logto. All answers are JSON.

#[macro_use]
extern crate rocket;

mod errors;
mod orders;
#[cfg(test)]
mod tests;

use logto_rocket::Logto;

#[launch]
fn rocket() -> _ {
    rocket::build()
        .attach(Logto::resource_server().dev_provider())
        .manage(orders::Book::default())
        .mount("/", orders::routes())
        .register("/", catchers![errors::problem])
}
