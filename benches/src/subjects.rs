//! What is counted: the routes, with what requests carry and what they may cost.

use crate::server::App;

/// The site where sessions are kept in cookies.
pub const COOKIE_MODE: App = App::Site("cookie");

/// The site where sessions are kept in its memory.
const STORE_MODE: App = App::Site("memory");

/// What the name of a floor ends with that sends the headers which logto-rocket must send.
pub const UNCACHED: &str = ", no-store";

/// A route to be measured.
pub struct Subject {
    /// What the table calls it.
    pub name: &'static str,
    /// The application that has it.
    pub app: App,
    /// Its path.
    pub path: &'static str,
    /// What the requests carry.
    pub carries: Carries,
    /// What it is held against, and the most that it may cost, as a multiple.
    pub goal: Option<(&'static str, f64)>,
}

/// The cookies of the requests, or a token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Carries {
    /// Nothing.
    Nothing,
    /// 2 kB that nobody reads.
    Strange,
    /// A session of the floors: a private cookie, or an id.
    Kept(&'static str),
    /// A session of the site in cookie mode, always the same.
    Session,
    /// Another one with each request.
    Sessions,
    /// A session that this process began.
    Own,
    /// An access token, always the same.
    Token,
    /// A webhook without a signature, posted.
    Unsigned,
    /// A webhook with a forged signature, posted.
    Forged,
}

/// All routes, those after the floors that they are held against.
pub const SUBJECTS: [Subject; 24] = [
    floor("bare route", "/public", Carries::Nothing),
    uncached("bare route, no-store", "/public", Carries::Nothing),
    floor("bare route, 2 kB cookie", "/public", Carries::Strange),
    floor("bare route, session cookie", "/public", Carries::Session),
    uncached("bare route, session cookie, no-store", "/public", Carries::Session),
    floor("private cookie by hand", "/private", Carries::Kept("floor=")),
    uncached("private cookie by hand, no-store", "/private", Carries::Kept("floor=")),
    floor("DashMap by hand", "/dashmap", Carries::Kept("floor-id=")),
    uncached("DashMap by hand, no-store", "/dashmap", Carries::Kept("floor-id=")),
    floor("moka by hand", "/moka", Carries::Kept("floor-id=")),
    floor("bare route, token", "/orders", Carries::Token),
    uncached("bare route, token, no-store", "/orders", Carries::Token),
    Subject {
        app: App::Api,
        ..site("bearer, seen token", "/orders", Carries::Token, ("bare route, token", 1.10))
    },
    floor("bare 401, unsigned webhook", "/auth/webhook", Carries::Unsigned),
    floor("HMAC and 401 by hand", "/by-hand", Carries::Forged),
    site(
        "webhook, unsigned",
        "/auth/webhook",
        Carries::Unsigned,
        ("bare 401, unsigned webhook", 1.15),
    ),
    site("webhook, forged", "/auth/webhook", Carries::Forged, ("HMAC and 401 by hand", 1.15)),
    site("public route", "/public", Carries::Nothing, ("bare route", 1.03)),
    site(
        "public route, session cookie",
        "/public",
        Carries::Session,
        ("bare route, session cookie", 1.03),
    ),
    site("Option<LogtoUser>, no cookie", "/greeting", Carries::Nothing, ("bare route", 1.05)),
    site(
        "#[authenticated], 2nd request",
        "/account",
        Carries::Session,
        ("bare route, session cookie", 1.10),
    ),
    site(
        "#[authenticated], 1st request",
        "/account",
        Carries::Sessions,
        ("private cookie by hand", 1.12),
    ),
    site(
        "#[authenticated], own session",
        "/account",
        Carries::Own,
        ("bare route, session cookie", 1.10),
    ),
    Subject {
        app: STORE_MODE,
        ..site(
            "#[authenticated], memory store",
            "/account",
            Carries::Own,
            ("DashMap by hand", 1.10),
        )
    },
];

const fn floor(name: &'static str, path: &'static str, carries: Carries) -> Subject {
    Subject { name, app: App::Floors, path, carries, goal: None }
}

const fn uncached(name: &'static str, path: &'static str, carries: Carries) -> Subject {
    Subject { app: App::Uncached, ..floor(name, path, carries) }
}

const fn site(
    name: &'static str,
    path: &'static str,
    carries: Carries,
    goal: (&'static str, f64),
) -> Subject {
    Subject { name, app: COOKIE_MODE, path, carries, goal: Some(goal) }
}

impl Subject {
    /// Whether a webhook is posted to it.
    pub fn is_webhook(&self) -> bool {
        matches!(self.carries, Carries::Unsigned | Carries::Forged)
    }
}

/// As long as what Logto sends when a user is suspended.
pub fn webhook() -> String {
    format!("{{\"event\":\"User.SuspensionStatus.Updated\",\"data\":\"{}\"}}", "x".repeat(670))
}
