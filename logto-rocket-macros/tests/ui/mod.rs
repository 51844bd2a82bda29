//! What each mistake says.

#[test]
fn mistakes_name_their_remedy() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail/*.rs");
}
