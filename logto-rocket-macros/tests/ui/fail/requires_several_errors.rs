use logto_rocket::{Requirement, requires};

const STAFF: Requirement = requires!(organization = "<org>", role = "", resource = "urn:a");

fn main() {
    let _ = STAFF;
}
