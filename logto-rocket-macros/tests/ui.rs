//! What compiles, and what each mistake says.

#[test]
fn handlers_compile_and_mistakes_name_their_remedy() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}
