//! What `Accept-Language` asks for.

use proptest::prelude::*;

use super::Language;

fn preferred(header: &str) -> Language {
    Language::preferred(std::iter::once(header))
}

#[test]
fn the_language_with_the_highest_weight_is_taken() {
    for header in [
        "de",
        "DE",
        "de-AT",
        "de-DE-1996",
        "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7",
        "de, en",
        "fr, de;q=0.1",
        "en;q=0.8, de-CH",
        "en;q=0.009, de;Q=0.01",
        "de ; q=0.9\t,\ten;q=0.800",
        ",, de ,",
        "en;q=0, *",
        "en;q=0.1, *;q=0.2",
        "de;q=0.2, de-AT, en;q=0.9",
        "zh-Hant-TW, x-klingon;q=0.9, de;q=0.001",
    ] {
        assert_eq!(preferred(header), Language::German, "{header}");
    }
    for header in [
        "en",
        "en-GB, de;q=0.999",
        "en, de",
        "de;q=0.5, en-US;q=0.5001",
        "de;q=0",
        "de;q=0.000, fr",
        "*",
        "*;q=0.5, de;q=0.4",
        "fr, *;q=0.1",
        "fr",
        "den",
        "deu",
        "d",
        "",
        ",",
    ] {
        assert_eq!(preferred(header), Language::English, "{header}");
    }
}

#[test]
fn what_is_no_list_of_languages_asks_for_english() {
    for header in [
        "de;q=1.1",
        "de;q=1.001",
        "de;q=.5",
        "de;q=0.5.5",
        "de;q=0.1234",
        "de;q=",
        "de;q",
        "de;",
        "de;q=-1",
        "de;q=+1",
        "de;q=1;q=1",
        "de;level=1",
        "de;q= 1",
        "de q=1",
        "de_DE",
        "de-",
        "-de",
        "de--AT",
        "de-abcdefghi",
        "de-AT-ü",
        "1de",
        "*-DE",
        "**, de",
        "de, <script>",
        "de\u{a0}",
    ] {
        assert_eq!(preferred(header), Language::English, "{header}");
    }
}

#[test]
fn several_headers_are_one_list() {
    let headers = |headers: &[&'static str]| Language::preferred(headers.iter().copied());
    assert_eq!(headers(&["en;q=0.5", "de"]), Language::German);
    assert_eq!(headers(&["en", "de"]), Language::English);
    assert_eq!(headers(&["de", "de;q=2"]), Language::English, "one of them is malformed");
    assert_eq!(headers(&[]), Language::English);
}

fn subtag() -> impl Strategy<Value = String> {
    "[A-Za-z0-9]{1,8}"
}

/// A list of languages as RFC 9110 has it, each with its weight in thousandths.
fn list() -> impl Strategy<Value = Vec<(String, Option<u16>)>> {
    let primary = prop_oneof!["[A-Za-z]{1,8}", Just("de".into()), Just("en".into())];
    let range = (primary, prop::collection::vec(subtag(), 0..3))
        .prop_map(|(primary, more)| [vec![primary], more].concat().join("-"));
    let range = prop_oneof![9 => range, 1 => Just("*".into())];
    prop::collection::vec((range, prop::option::of(0_u16..=1000)), 0..6)
}

proptest! {
    #[test]
    fn nothing_that_a_stranger_sends_panics(header in any::<String>()) {
        preferred(&header);
    }

    #[test]
    fn german_is_taken_exactly_if_it_is_wanted_more_than_english(list in list()) {
        let elements = list.iter().map(|(range, weight)| match weight {
            Some(1000) => format!("{range};q=1.0"),
            Some(weight) => format!("{range};q=0.{weight:03}"),
            None => range.clone(),
        });
        let header = elements.collect::<Vec<_>>().join(", ");
        // By the definition: the heaviest range that names the language, or else the heaviest `*`; of two
        // with the same weight the one that is named first.
        let wanted = |tag: &str| {
            let of = |name: &str| {
                let primary = |range: &str| range.split('-').next().unwrap_or_default().to_owned();
                let all = list.iter().enumerate();
                let named = all.filter(|(_, (range, _))| primary(range).eq_ignore_ascii_case(name));
                let weights = named.map(|(at, (_, weight))| (weight.unwrap_or(1000), usize::MAX - at));
                weights.max()
            };
            of(tag).or_else(|| of("*")).filter(|(weight, _)| *weight > 0)
        };
        let german = wanted("de") > wanted("en");
        prop_assert_eq!(preferred(&header) == Language::German, german, "{}", header);
    }
}
