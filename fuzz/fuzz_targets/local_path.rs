//! Whatever is accepted as a path of this site leads nowhere else.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logto_rocket::LocalPath;

fuzz_target!(|text: &str| {
    if let Ok(path) = text.parse::<LocalPath>() {
        assert!(logto_rocket_fuzz::stays(path.as_str()));
    }
});
