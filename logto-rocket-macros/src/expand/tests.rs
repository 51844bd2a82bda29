//! The tokens that are written.

mod refused;
mod requirement;

use quote::quote;

use super::authenticated;

#[test]
fn the_requirement_is_attached_to_the_type_of_the_route_and_the_guard_comes_first() {
    let expanded = authenticated(
        quote!(),
        quote! {
            #[get("/x")]
            pub(crate) async fn x(a: A) -> B {
                a.into()
            }
        },
    );
    let expected = quote! {
        impl ::logto_rocket::Protected for x {
            const REQUIREMENT: ::logto_rocket::Requirement<::logto_rocket::needs::Request> =
                ::logto_rocket::__private::requirement(&[]);
            const PLACE: ::logto_rocket::__private::Place = ::logto_rocket::__private::Place {
                name: "x",
                method: "GET",
                uri: "/x",
                file: ::core::file!(),
                line: ::core::line!(),
                module: ::core::module_path!(),
            };
        }
        #[get("/x")]
        pub(crate) async fn x(__logto_guard: ::logto_rocket::Authenticated<x>, a: A) -> B {
            a.into()
        }
    };
    assert_eq!(expanded.to_string(), expected.to_string());
}

#[test]
fn a_segment_is_counted_from_the_mount_point() {
    for (route, index) in [
        (quote!(get("/<org>")), 0usize),
        (quote!(get("//a//<b>/<org>?<c>")), 2),
        (quote!(route(PUT, uri = "/a/<org>")), 1),
        (quote!(post("/a/b/c/<org>/d", data = "<org>")), 3),
    ] {
        let expanded = authenticated(
            quote!(organization = "<org>"),
            quote!(
                #[#route]
                fn x() {}
            ),
        )
        .to_string();
        let expected = quote!(Segment { name: "org", index: #index }).to_string();
        assert!(expanded.contains(&expected), "{expanded}");
    }
}

#[test]
fn a_requirement_as_a_value_has_the_type_of_what_it_needs() {
    for (requirement, needs) in [
        (quote!(), "Claims"),
        (quote!(organization = "a", organization_role = "b", max_age = "1h"), "Claims"),
        (quote!(not(any(role = "a", check = f))), "Answers"),
        (quote!(resource = R, scope = "a"), "Answers"),
        (quote!(check = f, any(organization = f, role = "a")), "Request"),
        (quote!(bearer, organization = "a"), "Request"),
        (quote!(session, bearer, resource = R, scope = "a"), "Request"),
    ] {
        let expanded = super::requires(requirement).to_string();
        assert!(expanded.contains(&format!("needs :: {needs} >")), "{expanded}");
    }
}

#[test]
fn the_name_is_the_one_that_rocket_gives_the_route() {
    let expanded = authenticated(
        quote!(),
        quote!(
            #[get("/")]
            fn r#type() {}
        ),
    )
    .to_string();
    assert!(expanded.contains(r#"name : "r#type""#), "{expanded}");
}

#[test]
fn after_an_error_the_handler_is_there_as_it_was() {
    let handler = quote!(
        #[rocket::get("/x")]
        #[must_use]
        fn x(a: A) -> B {
            a.into()
        }
    );
    let expanded = authenticated(quote!(roel = "a"), handler.clone()).to_string();
    assert!(expanded.contains("compile_error"), "{expanded}");
    assert!(expanded.ends_with(&handler.to_string()), "{expanded}");
}

#[test]
fn after_an_error_an_item_of_any_kind_is_there_as_it_was() {
    for item in [
        quote!(
            struct X;
        ),
        quote!(
            fn x(&self);
        ),
        quote!(let x = 7;),
        quote!(7 + 8),
    ] {
        let expanded = authenticated(quote!(), item.clone()).to_string();
        assert!(expanded.contains("compile_error"), "{expanded}");
        assert!(expanded.ends_with(&item.to_string()), "{expanded}");
    }
}

#[test]
fn errors_in_the_requirement_and_in_the_handler_are_reported_together() {
    let expanded = authenticated(
        quote!(role = 7, roles()),
        quote!(
            fn x() {}
        ),
    )
    .to_string();
    assert_eq!(expanded.matches("compile_error").count(), 3, "{expanded}");
}

#[test]
fn a_guard_of_its_own_is_recognised_under_another_name_of_the_attribute() {
    let guarded = quote!(
        #[get("/")]
        fn x(__logto_guard: ::logto_rocket::Authenticated<x>) {}
    );
    let expanded = authenticated(quote!(), guarded).to_string();
    assert!(expanded.contains("is given twice"), "{expanded}");
}

#[test]
fn requests_in_the_background_are_no_activity_and_all_others_are() {
    let expanded = |requirement| {
        authenticated(
            requirement,
            quote!(
                #[get("/x")]
                fn x() {}
            ),
        )
        .to_string()
    };
    assert!(expanded(quote!(background, role = "admin")).contains("IS_ACTIVITY : bool = false"));
    assert!(!expanded(quote!(role = "admin")).contains("IS_ACTIVITY"));
}
