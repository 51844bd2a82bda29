use logto_rocket::{Requirement, requires};

const POLLED: Requirement = requires!(background, role = "admin");

fn main() {
    println!("{POLLED}");
}
