//! [`PageHook`]: the application's own looks for the built-in pages.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rocket::Request;
use rocket::response::content::RawHtml;

use super::BuiltInPage;

/// What the application has set by [`pages`](crate::LogtoFairing::pages). The fairing manages it.
#[derive(Default)]
pub(crate) struct PageHook(pub Option<Box<Render>>);

/// Makes HTML of a page, or leaves it as it is.
type Render = dyn Fn(&Request<'_>, &BuiltInPage) -> Option<RawHtml<String>> + Send + Sync;

impl PageHook {
    /// The HTML that the application makes of a page.
    pub fn html(request: &Request<'_>, page: &BuiltInPage) -> Option<String> {
        let hook = request.rocket().state::<Self>()?.0.as_ref()?;
        // A page of the application that fails must not take the refusal's own page with it.
        let made = catch_unwind(AssertUnwindSafe(|| hook(request, page))).unwrap_or_else(|_| {
            log::error!(
                "`pages` panicked at the page `{}`, so the built-in one is shown.",
                page.code
            );
            None
        });
        // An empty page would leave the user without a link.
        made.map(|RawHtml(html)| html).filter(|html| !html.trim().is_empty())
    }
}
