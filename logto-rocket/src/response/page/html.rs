//! The markup of a built-in page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{ActionKind, BuiltInPage, PageAction};

/// The one style sheet. Its hash is in the policy of each page, so that nothing else styles it.
pub(super) const STYLE: &str = include_str!("page.css");

impl BuiltInPage {
    /// The page as HTML, with its code for a person to quote. The first action is the main one. A Turbo frame
    /// takes from a page only the content of a frame with the same id.
    pub(super) fn html(&self, turbo_frame: Option<&str>) -> String {
        html! {
            (DOCTYPE)
            html lang=(self.language) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    @if let Some(path) = &self.forward {
                        meta http-equiv="refresh" content={ "0; url=" (path) };
                    }
                    title {
                        (self.title)
                        @if !self.site_name.is_empty() { " – " (self.site_name) }
                    }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    @match turbo_frame {
                        Some(id) => {
                            turbo-frame id=(id) lang=(self.language) {
                                (self.content())
                                p { code { (self.code) } }
                            }
                        }
                        None => {
                            @if !self.site_name.is_empty() { header { (self.site_name) } }
                            main { (self.content()) }
                            footer { code { (self.code) } }
                        }
                    }
                }
            }
        }
        .into_string()
    }

    fn content(&self) -> Markup {
        html! {
            h1 { (self.title) }
            p { (with_code(&self.text)) }
            @if let Some(detail) = &self.detail { p.detail lang="en" { code { (detail) } } }
            @for (place, action) in self.actions.iter().enumerate() {
                (way(action, place == 0))
            }
        }
    }
}

/// A link or a button; one action of a page is strong.
fn way(PageAction { label, address, kind }: &PageAction, is_strong: bool) -> Markup {
    let class = is_strong.then_some("strong");
    html! {
        @match kind {
            // No library of scripts follows a link with a target.
            ActionKind::Link => { a class=[class] href=(address) target="_top" { (label) } }
            ActionKind::NewTab => {
                a class=[class] href=(address) target="_blank" rel="noopener" { (label) }
            }
            ActionKind::Post => {
                form method="post" action=(address) { button class=[class] { (label) } }
            }
        }
    }
}

/// A text in which backquotes stand around code.
fn with_code(text: &str) -> Markup {
    html! {
        @for (place, part) in text.split('`').enumerate() {
            @if place % 2 == 0 { (part) } @else { code { (part) } }
        }
    }
}
