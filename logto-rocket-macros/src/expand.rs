//! The tree and the handler, written out as tokens.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::Result;
use syn::spanned::Spanned;
use syn::{Error, FnArg, Ident, Path, parse_quote_spanned};

use crate::parse::{
    Condition, Conditions, Context, Draft, Literal, Mistakes, Organization, Resource, Text,
    path_name,
};
use crate::route::{self, GUARD, Handler, Route};

/// The handler with its guard, or every mistake together with the unguarded handler: its name keeps
/// its meaning in `routes![…]`, and nothing but the mistakes is reported.
pub(crate) fn authenticated(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let draft = Draft::read(attribute);
    let handler = route::parse(item.clone());
    let segments =
        handler.as_ref().map_or(Ok(()), |handler| handler.route.check(&draft.segments()));
    match (draft.whole(), segments, handler) {
        (Ok(conditions), Ok(()), Ok(handler)) => protect(&conditions, handler),
        (conditions, segments, handler) => {
            let mut mistakes = Mistakes::default();
            mistakes.take(conditions);
            mistakes.take(segments);
            mistakes.take(handler);
            let item = route::fallback(item);
            quote!(#mistakes #item)
        }
    }
}

/// The requirement as a value that is known while compiling.
pub(crate) fn requires(requirement: TokenStream) -> TokenStream {
    let draft = Draft::read(requirement);
    match (draft.whole(), no_segments(&draft)) {
        (Ok(conditions), Ok(())) => value(&conditions),
        (conditions, segments) => {
            let mut mistakes = Mistakes::default();
            mistakes.take(conditions);
            mistakes.take(segments);
            quote!({ #mistakes })
        }
    }
}

fn no_segments(draft: &Draft) -> Result<()> {
    let mut mistakes = Mistakes::default();
    for name in draft.segments() {
        let message = format!(
            "`requires!` stands above no route, so `<{}>` is no segment of one; \
             write an id, or a function that finds it: `organization = tenant_of`",
            name.value
        );
        mistakes.add(Error::new(name.span, message));
    }
    mistakes.or(())
}

fn value(Conditions(conditions): &Conditions) -> TokenStream {
    let needs = Needs::of(conditions).ident();
    let nodes = Writer { route: None }.list(conditions, Context::default());
    quote!({
        const REQUIREMENT: ::logto_rocket::Requirement<::logto_rocket::needs::#needs> =
            ::logto_rocket::__private::requirement(&[#(#nodes),*]);
        REQUIREMENT
    })
}

/// What it takes to decide, the least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Needs {
    Claims,
    Answers,
    Request,
}

impl Needs {
    fn of(conditions: &[Condition]) -> Self {
        let each = conditions.iter().map(|condition| match condition {
            Condition::Organization(Organization::Resolver(_)) => Self::Request,
            Condition::Scope(..) | Condition::Scopes(..) | Condition::Check(_) => Self::Answers,
            Condition::All(list) | Condition::Any(list) => Self::of(list),
            Condition::Not(one) => Self::of(std::slice::from_ref(one)),
            _ => Self::Claims,
        });
        each.max().unwrap_or(Self::Claims)
    }

    /// The type that stands for it.
    fn ident(self) -> Ident {
        let name = match self {
            Self::Claims => "Claims",
            Self::Answers => "Answers",
            Self::Request => "Request",
        };
        Ident::new(name, Span::call_site())
    }
}

fn protect(conditions: &Conditions, handler: Handler) -> TokenStream {
    let Handler { function: mut handler, route } = handler;
    // Rocket copies `#[deprecated]` from the handler to its type, which both items name.
    let deprecated = handler.attrs.iter().any(|attribute| attribute.path().is_ident("deprecated"));
    let allowed = deprecated.then(|| quote!(#[allow(deprecated)]));
    // Clippy allows seven arguments; whoever wrote as many should not hear of an eighth.
    let full = handler.sig.inputs.len() == 7;
    let uncounted = full.then(|| quote!(#[allow(clippy::too_many_arguments)]));
    let protected = protected(conditions, &handler.sig.ident, &route);
    handler.sig.inputs.insert(0, guard(&handler.sig.ident));
    quote!(#allowed #protected #allowed #uncounted #handler)
}

/// The requirement, attached to the type which Rocket declares beside a handler, by its name.
fn protected(conditions: &Conditions, name: &Ident, route: &Route) -> TokenStream {
    let nodes = Writer { route: Some(route) }.list(&conditions.0, Context::default());
    let (method, uri) = (&route.method, route.uri());
    let text = name.to_string();
    quote! {
        impl ::logto_rocket::Protected for #name {
            const REQUIREMENT: ::logto_rocket::Requirement<::logto_rocket::needs::Request> =
                ::logto_rocket::__private::requirement(&[#(#nodes),*]);
            const PLACE: ::logto_rocket::__private::Place = ::logto_rocket::__private::Place {
                name: #text,
                method: #method,
                uri: #uri,
                file: ::core::file!(),
                line: ::core::line!(),
                module: ::core::module_path!(),
            };
        }
    }
}

/// The parameter in front of all others: Rocket runs request guards in the order of the parameters,
/// and before path, query and data guards.
fn guard(name: &Ident) -> FnArg {
    // Rocket gives its own variables the span of the guard's type, so that type must be seen as
    // written where the handler is.
    let at = name.span().resolved_at(Span::call_site());
    let mut name = name.clone();
    name.set_span(at);
    let guard = Ident::new(GUARD, at);
    parse_quote_spanned!(at=> #guard: ::logto_rocket::Authenticated<#name>)
}

/// Writes conditions, each with the organization and the resource that it belongs to.
struct Writer<'r> {
    route: Option<&'r Route>,
}

impl Writer<'_> {
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
            Condition::Scope(_, scope) => self.scopes(std::slice::from_ref(scope), context),
            Condition::Scopes(_, scopes) => self.scopes(scopes, context),
            Condition::Organization(organization) => {
                let organization = self.organization(organization);
                quote!(Organization(#organization))
            }
            Condition::OrganizationRole(_, role) => {
                let role = &role.value;
                let organization = context.organization.map(|it| self.organization(it));
                quote!(OrganizationRole { organization: #organization, role: #role })
            }
            Condition::Resource(_, resource) => {
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
                let check = check(path);
                quote!(Check(#check))
            }
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

fn check(path: &Path) -> TokenStream {
    call(path, "Check", "user")
}

fn resolver(path: &Path) -> TokenStream {
    call(path, "Resolver", "request")
}

/// The call of a function. Everything in it stands where the path stands, so that whatever is wrong
/// with the function is reported there.
fn call(path: &Path, kind: &str, argument: &str) -> TokenStream {
    let name = path_name(path);
    let end = path.segments.last().map_or_else(|| path.span(), Spanned::span);
    let at = Span::mixed_site().located_at(end);
    let [kind, argument] = [kind, argument].map(|word| Ident::new(word, at));
    let mut arguments = Group::new(Delimiter::Parenthesis, quote_spanned!(at=> #argument));
    arguments.set_span(end);
    quote_spanned! {at=>
        ::logto_rocket::__private::#kind {
            name: #name,
            call: |#argument| ::logto_rocket::__private::returned(#path #arguments),
        }
    }
}

#[cfg(test)]
mod tests;
