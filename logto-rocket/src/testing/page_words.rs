//! [`PageWords`]: what a page says, without its markup, for a message.

/// The most characters that a message has of a page.
const MAX_SHOWN: usize = 600;

/// Elements whose content says nothing to the reader of a message: markup, and the links and buttons of a page.
const LEFT_OUT: [&str; 6] = ["head", "style", "script", "a", "form", "button"];

/// Elements within a word or a sentence.
const INLINE: [&str; 8] = ["b", "bdi", "em", "i", "span", "strong", "small", "wbr"];

/// The beginning of the detail of a built-in page.
const DETAIL: &str = "<p class=\"detail\"";

/// What a page says, without its markup.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PageWords {
    /// The code of a built-in page.
    pub(super) code: Option<String>,
    /// The title, the text and the detail.
    pub(super) text: String,
}

impl PageWords {
    /// Reads an answer, which may be HTML or plain text.
    pub(super) fn of(body: &str) -> Self {
        if !body.trim_start().starts_with('<') {
            return Self { code: None, text: bounded(body) };
        }
        let code =
            between(body, "<footer><code>", "</code></footer>").map(|code| bounded(&text(code)));
        let main = between(body, "<main>", "</main>").unwrap_or(body);
        let Some((words, detail)) = main.split_once(DETAIL) else {
            return Self { code, text: bounded(&text(main)) };
        };
        // The detail is all code, with backquotes of its own.
        let detail = text(&format!("{DETAIL}{detail}"));
        let detail = detail.trim();
        let detail = detail.strip_prefix('`').and_then(|it| it.strip_suffix('`')).unwrap_or(detail);
        Self { code, text: bounded(&format!("{} {detail}", text(words))) }
    }
}

/// The text of HTML: code in backquotes, a colon after a heading, a blank between other elements.
fn text(html: &str) -> String {
    let (mut text, mut rest) = (String::new(), html);
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
        let (is_end, name) = match tag.strip_prefix('/') {
            Some(name) => (true, name),
            None => (false, tag),
        };
        let name = name.split([' ', '\n', '/']).next().unwrap_or_default();
        rest = after;
        match name {
            "code" => text.push('`'),
            "h1" | "h2" if is_end => text.push_str(": "),
            name if !is_end && LEFT_OUT.contains(&name) => {
                let end = format!("</{name}>");
                rest = after.split_once(&end).map_or("", |(_, after)| after);
                text.push(' ');
            }
            name if INLINE.contains(&name) => {}
            _ => text.push(' '),
        }
    }
    text.push_str(rest);
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ];
    entities.into_iter().fold(text, |text, (entity, char)| text.replace(entity, char))
}

/// The text in one line, without control characters, cut if it is too long.
fn bounded(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut chars = line.chars().filter(|char| !char.is_control());
    let mut bounded: String = chars.by_ref().take(MAX_SHOWN).collect();
    if chars.next().is_some() {
        bounded.push('…');
    }
    bounded
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(between, _)| between)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_shown_as_its_code_and_its_words_only() {
        let page = "<!DOCTYPE html><html lang=\"en\"><head><title>Refused</title><style>a{}</style></head>\
                    <body><header>Shop</header><main><h1>Refused</h1><p>Ask <bdi>Al &amp; Co</bdi> for \
                    <code>admin</code>.</p><p class=\"detail\" lang=\"en\"><code>is &lt;none&gt;</code></p>\
                    <a href=\"/x\" target=\"_top\">Try again</a><form method=\"post\"><button>Out</button>\
                    </form></main><footer><code>sign_in_refused</code></footer></body></html>";
        assert_eq!(
            PageWords::of(page),
            PageWords {
                code: Some("sign_in_refused".into()),
                text: "Refused: Ask Al & Co for `admin`. is <none>".into(),
            }
        );
        let own = "<h2>Sorry</h2>\n<script>x()</script><p>Closed</p><a href=x>Home</a>";
        assert_eq!(PageWords::of(own), PageWords { code: None, text: "Sorry: Closed".into() });
        let json = PageWords::of("{\n  \"error\": \"x\" }");
        assert_eq!(json.text, "{ \"error\": \"x\" }");
        let long = PageWords::of(&"\u{e4}".repeat(1000)).text;
        assert_eq!(long.chars().count(), MAX_SHOWN + 1);
        for broken in ["<", "<p", "<a", "<a>x", "</", "<main>"] {
            PageWords::of(broken);
        }
    }
}
