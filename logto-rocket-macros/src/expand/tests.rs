//! The tokens that are written.

use proc_macro2::TokenStream;
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
fn every_requirement_becomes_its_node() {
    assert_nodes(&quote!(role = "a"), &quote!(N::Roles(&["a"])));
    assert_nodes(&quote!(roles("a", "b",)), &quote!(N::Roles(&["a", "b"])));
    assert_nodes(
        &quote!(claim("a.b" = "c")),
        &quote!(N::Claim { path: &["a", "b"], literal: L::Text("c") }),
    );
    assert_nodes(
        &quote!(claim("a" = -7)),
        &quote!(N::Claim { path: &["a"], literal: L::Number(-7i64) }),
    );
    assert_nodes(
        &quote!(claim("a" = true)),
        &quote!(N::Claim { path: &["a"], literal: L::Bool(true) }),
    );
    assert_nodes(
        &quote!(check = self::hours::business::<Day>),
        &quote! {
            N::Check(::logto_rocket::__private::Check {
                name: "self::hours::business::<Day>",
                call: |user| ::logto_rocket::__private::returned::<bool, _, _>(self::hours::business::<Day>(user)),
            })
        },
    );
}

#[test]
fn scopes_and_organization_roles_know_what_they_belong_to() {
    assert_nodes(
        &quote!(organization = "o", any(organization_role = "r", scope = "s")),
        &quote! {
            N::Organization(O::Id("o")),
            N::Any(&[
                N::OrganizationRole { organization: O::Id("o"), role: "r" },
                N::Scopes {
                    resource: ::core::option::Option::None,
                    organization: ::core::option::Option::Some(O::Id("o")),
                    scopes: &["s"]
                }
            ])
        },
    );
    assert_nodes(
        &quote!(scopes("a", "b"), resource = "urn:x"),
        &quote! {
            N::Scopes {
                resource: ::core::option::Option::Some(I { name: "\"urn:x\"", uri: "urn:x" }),
                organization: ::core::option::Option::None,
                scopes: &["a", "b"]
            },
            N::Resource(I { name: "\"urn:x\"", uri: "urn:x" })
        },
    );
    assert_nodes(
        &quote!(organization = "a", all(organization = "b", organization_role = "r")),
        &quote! {
            N::Organization(O::Id("a")),
            N::All(&[
                N::Organization(O::Id("b")),
                N::OrganizationRole { organization: O::Id("b"), role: "r" }
            ])
        },
    );
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
fn ages_are_seconds_and_keep_their_text() {
    assert_nodes(&quote!(max_age = "15m"), &quote!(N::MaxAge { text: "15m", seconds: 900u64 }));
    assert_nodes(&quote!(max_age = "90s"), &quote!(N::MaxAge { text: "90s", seconds: 90u64 }));
    assert_nodes(&quote!(max_age = "2h"), &quote!(N::MaxAge { text: "2h", seconds: 7200u64 }));
    assert_nodes(&quote!(max_age = "1d"), &quote!(N::MaxAge { text: "1d", seconds: 86400u64 }));
}

#[test]
fn a_claim_whose_name_is_a_uri_is_not_split() {
    assert_nodes(
        &quote!(claim("https://acme.com/department" = "ops")),
        &quote!(N::Claim { path: &["https://acme.com/department"], literal: L::Text("ops") }),
    );
}

#[test]
fn a_requirement_as_a_value_has_the_type_of_what_it_needs() {
    for (requirement, needs) in [
        (quote!(), "Claims"),
        (quote!(organization = "a", organization_role = "b", max_age = "1h"), "Claims"),
        (quote!(not(any(role = "a", check = f))), "Answers"),
        (quote!(resource = R, scope = "a"), "Answers"),
        (quote!(check = f, any(organization = f, role = "a")), "Request"),
    ] {
        let expanded = super::requires(requirement).to_string();
        assert!(expanded.contains(&format!("needs :: {needs} >")), "{expanded}");
    }
}

#[test]
fn requirements_nest() {
    assert_nodes(
        &quote!(role = "a", any(role = "b", all(role = "c", not(role = "d")))),
        &quote! {
            N::Roles(&["a"]),
            N::Any(&[N::Roles(&["b"]), N::All(&[N::Roles(&["c"]), N::Not(&N::Roles(&["d"]))])])
        },
    );
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

/// `N`, `L`, `O` and `I` are short for the paths of `Node`, `Literal`, `Organization` and `Indicator`.
fn assert_nodes(requirement: &TokenStream, nodes: &TokenStream) {
    let expanded = authenticated(
        requirement.clone(),
        quote!(
            #[get("/")]
            fn x() {}
        ),
    )
    .to_string();
    let nodes = nodes
        .to_string()
        .replace("O ::", ":: logto_rocket :: __private :: Organization ::")
        .replace("I {", ":: logto_rocket :: __private :: Indicator {")
        .replace("N ::", ":: logto_rocket :: __private :: Node ::")
        .replace("L ::", ":: logto_rocket :: __private :: Literal ::");
    assert!(expanded.contains(&format!("requirement (& [{nodes}]) ;")), "{expanded}\n{nodes}");
}
