use logto_rocket::{Requirement, requires};

const READERS: Requirement = requires!(organization = "org_1", scope = "read:orders");

fn main() {
    let _ = READERS;
}
