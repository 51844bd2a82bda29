//! The corpora of the fuzz targets of the routes, replayed: seeds, and what was found.

use std::fs;
use std::path::Path;

use logto_rocket_tests::strangers::Strangers;

/// Replays a corpus. The test's output names the text that failed.
fn replay(target: &str) {
    let strangers = Strangers::new();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(target);
    let mut count = 0;
    for file in fs::read_dir(directory).expect("a corpus") {
        let path = file.expect("a file").path();
        println!("{}", path.display());
        let text = fs::read(path).expect("a text");
        assert!(strangers.send(target, &String::from_utf8_lossy(&text)));
        count += 1;
    }
    assert!(count >= 5, "{count} texts");
}

#[test]
fn no_call_of_a_route_completes_a_sign_in_or_leads_to_another_site() {
    replay("callback");
}

#[test]
fn no_cookie_that_somebody_made_up_signs_anybody_in() {
    replay("cookies");
}

#[test]
fn no_path_of_this_site_leads_elsewhere() {
    replay("local_path");
}

#[test]
fn no_logout_token_that_somebody_made_up_is_accepted() {
    replay("logout_token");
}

#[test]
fn no_record_of_a_store_that_somebody_made_up_signs_anybody_in() {
    replay("records");
}

#[test]
fn no_webhook_fails_and_none_that_is_not_signed_is_read() {
    replay("webhook");
}
