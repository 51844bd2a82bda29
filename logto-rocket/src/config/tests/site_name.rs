//! The name of the site.

use super::values::{assert_refused, assert_taken, replaced};
use super::{COMPLETE, debug, jailed, outcome_of, with};
use crate::Config;

#[test]
fn a_site_has_a_name_only_if_it_is_given() {
    assert_eq!(with("").unwrap().site_name, None);
    let named = |line: &str| replaced(line).unwrap().site_name;
    assert_eq!(named("site_name = \"Example Shop\"").as_deref(), Some("Example Shop"));
    assert_eq!(named("site_name = \" Bücher & <Mehr> \"").as_deref(), Some("Bücher & <Mehr>"));
    jailed(|jail| {
        let config = Config::new().site_name("from code");
        let name = |figment| outcome_of(&figment, Some(&config)).unwrap().0.site_name;
        assert_eq!(name(debug(jail, COMPLETE)).as_deref(), Some("from code"));
        jail.set_env("LOGTO_SITE_NAME", "from the environment");
        assert_eq!(name(debug(jail, COMPLETE)).as_deref(), Some("from the environment"));
    });
}

#[test]
fn the_name_of_a_site_is_a_short_line_that_people_see() {
    let longest = "ü".repeat(60);
    assert_taken(&["site_name = \"A\"", &format!("site_name = \"{longest}\"")]);
    assert_refused(
        "site_name",
        &[
            "site_name = \"\"",
            "site_name = \"  \"",
            &format!("site_name = \"{longest}ü\""),
            "site_name = \"two\\nlines\"",
            "site_name = \"a\\u0000b\"",
            "site_name = \"pohs \\u202Eevil\"",
            "site_name = \"a\\u200Bb\"",
            "site_name = \"a\\u2067b\"",
            "site_name = [\"a\"]",
        ],
    );
}
