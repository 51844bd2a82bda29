//! The markup of a built-in page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{ActionKind, BuiltInPage};

pub(super) const STYLE: &str = "\
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}\
body{margin:0;min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText}\
main{max-width:26rem;padding:2rem;overflow-wrap:anywhere}h1{font-size:1.4rem;margin:0 0 .5rem}p{margin:0 0 1rem}\
form{margin:0}code{font-size:.9em}small{opacity:.7}\
.act{display:inline-block;font:inherit;padding:.55rem 1.1rem;margin:.25rem .5rem .25rem 0;\
border:0;border-radius:.5rem;background:#5d34f2;color:#fff;text-decoration:none;cursor:pointer}";

impl BuiltInPage {
    /// The page as HTML, with its code for a person to quote; for a frame of Turbo's, which takes nothing else of a
    /// page, with that frame.
    pub(super) fn html(&self, turbo_frame: Option<&str>) -> String {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    @if let Some(path) = &self.forward {
                        meta http-equiv="refresh" content={ "0; url=" (path) };
                    }
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    @match turbo_frame {
                        Some(id) => turbo-frame id=(id) { (self.content()) },
                        None => main { (self.content()) },
                    }
                }
            }
        }
        .into_string()
    }

    fn content(&self) -> Markup {
        html! {
            h1 { (self.title) }
            p { (self.text) }
            @if let Some(detail) = &self.detail { p { code { (detail) } } }
            @for action in &self.actions {
                @match action.kind {
                    // No library of scripts follows a link with a target.
                    ActionKind::Link => {
                        a.act href=(action.address) target="_top" { (action.label) }
                    }
                    ActionKind::NewTab => {
                        a.act href=(action.address) target="_blank" rel="noopener" {
                            (action.label)
                        }
                    }
                    ActionKind::Post => {
                        form method="post" action=(action.address) {
                            button.act { (action.label) }
                        }
                    }
                }
            }
            p { small { code { (self.code) } } }
        }
    }
}
