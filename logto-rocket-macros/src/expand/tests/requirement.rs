//! What a requirement is written as.

use proc_macro2::TokenStream;
use quote::quote;

use crate::expand::authenticated;

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
                call: ::logto_rocket::__private::CheckFn::User(
                    |user| ::logto_rocket::__private::returned::<bool, _, _>(self::hours::business::<Day>(user))
                ),
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
fn a_requirement_on_tokens_says_what_they_are_for() {
    let audience = quote! {
        A {
            resource: ::core::option::Option::Some(I { name: "\"urn:x\"", uri: "urn:x" }),
            organization: ::core::option::Option::Some(O::Id("o"))
        }
    };
    assert_requirement(
        &quote!(scope = "s", resource = "urn:x", bearer, organization = "o", not(machine)),
        &quote! {
            P::requirement_for(P::Accepts::Bearer(#audience), &[
                N::Scopes {
                    resource: ::core::option::Option::Some(I { name: "\"urn:x\"", uri: "urn:x" }),
                    organization: ::core::option::Option::Some(O::Id("o")),
                    scopes: &["s"]
                },
                N::Resource(I { name: "\"urn:x\"", uri: "urn:x" }),
                N::Organization(O::Id("o")),
                N::Not(&N::Machine)
            ])
        },
    );
    assert_requirement(
        &quote!(session, organization = "o", role = "r", bearer),
        &quote! {
            P::requirement_for(
                P::Accepts::Either(A {
                    resource: ::core::option::Option::None,
                    organization: ::core::option::Option::Some(O::Id("o"))
                }),
                &[N::Organization(O::Id("o")), N::Roles(&["r"])]
            )
        },
    );
}

#[test]
fn a_check_takes_what_the_requirement_accepts() {
    for (requirement, call) in [
        (
            quote!(bearer, resource = api::Orders, check = f),
            quote! {
                P::CheckFn::Bearer(|token| ::std::boxed::Box::pin(async move {
                    let bearer = P::bearer::<api::Orders>(token);
                    P::returned::<bool, _, _>(f(&bearer)).await
                }))
            },
        ),
        (
            quote!(session, bearer, organization = "o", check = f),
            quote! {
                P::CheckFn::Caller(|caller| ::std::boxed::Box::pin(async move {
                    let caller = P::caller::<::logto_rocket::Organizations>(caller);
                    P::returned::<bool, _, _>(f(&caller)).await
                }))
            },
        ),
    ] {
        let expanded = expand(&requirement);
        let call = written_out(&quote!(call: #call,));
        assert!(expanded.contains(&call), "{expanded}\n{call}");
    }
}

#[test]
fn ages_are_seconds_and_keep_their_text() {
    assert_nodes(&quote!(max_age = "15m"), &quote!(N::MaxAge { text: "15m", seconds: 900u64 }));
    assert_nodes(&quote!(max_age = "90s"), &quote!(N::MaxAge { text: "90s", seconds: 90u64 }));
    assert_nodes(&quote!(max_age = "2h"), &quote!(N::MaxAge { text: "2h", seconds: 7200u64 }));
    assert_nodes(&quote!(max_age = "1d"), &quote!(N::MaxAge { text: "1d", seconds: 86400u64 }));
    // As long as `session.max_lifetime` may be.
    assert_nodes(
        &quote!(max_age = "400d"),
        &quote!(N::MaxAge { text: "400d", seconds: 34560000u64 }),
    );
}

#[test]
fn a_claim_whose_name_is_a_uri_is_not_split() {
    assert_nodes(
        &quote!(claim("https://acme.com/department" = "ops")),
        &quote!(N::Claim { path: &["https://acme.com/department"], literal: L::Text("ops") }),
    );
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

fn assert_nodes(requirement: &TokenStream, nodes: &TokenStream) {
    assert_requirement(requirement, &quote!(P::requirement(&[#nodes])));
}

fn assert_requirement(requirement: &TokenStream, expected: &TokenStream) {
    let expanded = expand(requirement);
    let expected = written_out(&quote!(= #expected;));
    assert!(expanded.contains(&expected), "{expanded}\n{expected}");
}

fn expand(requirement: &TokenStream) -> String {
    let handler = quote!(
        #[get("/")]
        fn x() {}
    );
    authenticated(requirement.clone(), handler).to_string()
}

/// The tokens with `P`, `N`, `L`, `O`, `I` and `A` as the paths that they are short for: those of
/// `__private`, and there of `Node`, `Literal`, `Organization`, `Indicator` and `Audience`.
fn written_out(tokens: &TokenStream) -> String {
    tokens
        .to_string()
        .replace("O ::", "P :: Organization ::")
        .replace("I {", "P :: Indicator {")
        .replace("A {", "P :: Audience {")
        .replace("N ::", "P :: Node ::")
        .replace("L ::", "P :: Literal ::")
        .replace("P ::", ":: logto_rocket :: __private ::")
}
