//! A requirement, written as a call that the compiler evaluates.

use proc_macro2::TokenStream;
use quote::quote;

use super::node::Writer;
use crate::parse::{Accepts, Conditions};
use crate::route::Route;

/// The requirement. A path segment is looked up in the route.
pub(super) fn requirement(conditions: &Conditions, route: Option<&Route>) -> TokenStream {
    let writer = Writer { conditions, route };
    let nodes = writer.nodes();
    let accepts = match conditions.accepts {
        Accepts::Session => {
            return quote!(::logto_rocket::__private::requirement(&[#(#nodes),*]));
        }
        Accepts::Bearer => quote!(Bearer),
        Accepts::Either => quote!(Either),
    };
    let audience = writer.audience();
    quote! {
        ::logto_rocket::__private::requirement_for(
            ::logto_rocket::__private::Accepts::#accepts(#audience),
            &[#(#nodes),*]
        )
    }
}
