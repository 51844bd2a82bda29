//! The nodes of a requirement, written as tokens.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::function::{check, resolver};
use crate::parse::{
    Condition, Conditions, Context, Literal, Organization, Resource, Text, path_name,
};
use crate::route::Route;

/// Writes conditions, each with the organization and the resource that it belongs to.
#[derive(Clone, Copy)]
pub(super) struct Writer<'r> {
    pub(super) conditions: &'r Conditions,
    /// Where path segments are looked up.
    pub(super) route: Option<&'r Route>,
}

impl Writer<'_> {
    /// The nodes of the conditions, which are joined by "and".
    pub(super) fn nodes(self) -> Vec<TokenStream> {
        self.list(&self.conditions.all, Context::default())
    }

    /// What tokens are for: the resource and the organization beside `bearer`.
    pub(super) fn audience(self) -> TokenStream {
        let Context { resource, organization } = Context::default().within(&self.conditions.all);
        let resource = option(resource.map(self::resource));
        let organization = option(organization.map(|it| self.organization(it)));
        quote! {
            ::logto_rocket::__private::Audience { resource: #resource, organization: #organization }
        }
    }

    fn list(&self, all: &[Condition], context: Context<'_>) -> Vec<TokenStream> {
        let context = context.within(all);
        all.iter().map(|condition| self.node(condition, context)).collect()
    }

    fn node(&self, condition: &Condition, context: Context<'_>) -> TokenStream {
        let node = match condition {
            Condition::Role(role) => {
                let role = &role.value;
                quote!(Roles(&[#role]))
            }
            Condition::Roles(roles) => {
                let roles = roles.iter().map(|role| &role.value);
                quote!(Roles(&[#(#roles),*]))
            }
            Condition::Scope(scope) => self.scopes(std::slice::from_ref(scope), context),
            Condition::Scopes(scopes) => self.scopes(scopes, context),
            Condition::Organization(organization) => {
                let organization = self.organization(organization);
                quote!(Organization(#organization))
            }
            Condition::OrganizationRole(role) => {
                let role = &role.value;
                let organization = context.organization.map(|it| self.organization(it));
                quote!(OrganizationRole { organization: #organization, role: #role })
            }
            Condition::Resource(resource) => {
                let resource = self::resource(resource);
                quote!(Resource(#resource))
            }
            Condition::MaxAge(max_age) => {
                let (text, seconds) = (max_age.to_string(), max_age.seconds);
                let text = text.trim_matches('"');
                quote!(MaxAge { text: #text, seconds: #seconds })
            }
            Condition::Claim { name, literal } => {
                let path = name.claim_path();
                let literal = self::literal(literal);
                quote!(Claim { path: &[#(#path),*], literal: #literal })
            }
            Condition::Check(path) => {
                let check = check(path, self.conditions);
                quote!(Check(#check))
            }
            Condition::Machine => quote!(Machine),
            Condition::All(conditions) => {
                let nodes = self.list(conditions, context);
                quote!(All(&[#(#nodes),*]))
            }
            Condition::Any(conditions) => {
                let nodes = conditions.iter().map(|condition| self.node(condition, context));
                quote!(Any(&[#(#nodes),*]))
            }
            Condition::Not(condition) => {
                let node = self.node(condition, context);
                quote!(Not(&#node))
            }
        };
        quote!(::logto_rocket::__private::Node::#node)
    }

    fn scopes(&self, scopes: &[Text], context: Context<'_>) -> TokenStream {
        let scopes = scopes.iter().map(|scope| &scope.value);
        let resource = option(context.resource.map(self::resource));
        let organization = option(context.organization.map(|it| self.organization(it)));
        quote!(Scopes { resource: #resource, organization: #organization, scopes: &[#(#scopes),*] })
    }

    fn organization(&self, organization: &Organization) -> TokenStream {
        let organization = match organization {
            Organization::Id(id) => {
                let id = &id.value;
                quote!(Id(#id))
            }
            Organization::Segment(name) => {
                let name = &name.value;
                let index = self.route.and_then(|route| route.segment(name)).unwrap_or_default();
                quote!(Segment { name: #name, index: #index })
            }
            Organization::Resolver(path) => {
                let resolver = resolver(path);
                quote!(Resolver(#resolver))
            }
        };
        quote!(::logto_rocket::__private::Organization::#organization)
    }
}

fn option(value: Option<TokenStream>) -> TokenStream {
    value.map_or_else(
        || quote!(::core::option::Option::None),
        |value| quote!(::core::option::Option::Some(#value)),
    )
}

fn resource(resource: &Resource) -> TokenStream {
    let (name, uri) = match resource {
        Resource::Uri(uri) => {
            let value = &uri.value;
            (uri.to_string(), quote!(#value))
        }
        Resource::Type(path) => {
            let at = Span::mixed_site().located_at(path.span());
            (path_name(path), quote_spanned!(at=> ::logto_rocket::__private::uri_of::<#path>()))
        }
    };
    quote!(::logto_rocket::__private::Indicator { name: #name, uri: #uri })
}

fn literal(literal: &Literal) -> TokenStream {
    let literal = match literal {
        Literal::Text(text) => {
            let text = &text.value;
            quote!(Text(#text))
        }
        Literal::Number(number) => quote!(Number(#number)),
        Literal::Bool(bool) => quote!(Bool(#bool)),
    };
    quote!(::logto_rocket::__private::Literal::#literal)
}
