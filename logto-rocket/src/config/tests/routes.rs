//! The keys under `routes`.

use super::values::replaced;
use super::{COMPLETE, assert_holds, debug, jailed, outcome, outcome_of, with};
use crate::config::{Routes, read_resource_server};
use crate::{Config, RoutesConfig};

fn under_routes(lines: &str) -> String {
    format!("[default.logto.routes]\n{lines}")
}

/// The names in their order; `-` of what is left out.
fn names(routes: &Routes) -> [&str; 8] {
    fn or_none(name: Option<&String>) -> &str {
        name.map_or("-", |name| name)
    }
    [
        &routes.sign_in,
        or_none(routes.sign_up.as_ref()),
        &routes.sign_in_callback,
        &routes.sign_out,
        &routes.sign_out_callback,
        or_none(routes.backchannel_logout.as_ref()),
        or_none(routes.user.as_ref()),
        &routes.webhook,
    ]
}

const USUAL: [&str; 8] = [
    "sign-in",
    "sign-up",
    "sign-in-callback",
    "sign-out",
    "sign-out-callback",
    "backchannel-logout",
    "user",
    "webhook",
];

#[test]
fn each_route_has_a_usual_name_and_can_have_another() {
    assert_eq!(names(&with("").unwrap().routes), USUAL);
    let keys = [
        "sign_in",
        "sign_up",
        "sign_in_callback",
        "sign_out",
        "sign_out_callback",
        "backchannel_logout",
        "user",
        "webhook",
    ];
    for (at, key) in keys.into_iter().enumerate() {
        for name in ["login", "a/b-c_d.e~f", "SIGN-IN"] {
            let settings = with(&under_routes(&format!("{key} = \"{name}\""))).unwrap();
            let mut expected = USUAL;
            expected[at] = name;
            assert_eq!(names(&settings.routes), expected);
        }
        let settings = with(&under_routes(&format!("{key} = true"))).unwrap();
        assert_eq!(names(&settings.routes), USUAL);
    }
}

#[test]
fn what_nothing_leads_to_can_be_left_out_and_nothing_else() {
    for (at, key) in [(1, "sign_up"), (5, "backchannel_logout"), (6, "user")] {
        let settings = with(&under_routes(&format!("{key} = false"))).unwrap();
        let mut expected = USUAL;
        expected[at] = "-";
        assert_eq!(names(&settings.routes), expected);
    }
    for (key, reason) in [
        ("sign_in", "protected pages redirect to it"),
        ("sign_in_callback", "Logto sends its answer to each sign-in there"),
        ("sign_out", "the built-in pages lead to it"),
        ("sign_out_callback", "Logto sends browsers there after each sign-out"),
        ("webhook", "only with `webhook.signing_keys`"),
    ] {
        let errors = with(&under_routes(&format!("{key} = false"))).unwrap_err();
        let line = format!("logto.routes.{key} = false (from Rocket.toml)");
        assert_holds(&errors, &["has 1 error:", &line, reason, "help: remove this key, or write"]);
    }
}

#[test]
fn a_name_is_a_path_below_the_base_and_no_other_route_has_it() {
    for (line, what) in [
        ("sign_in = \"/login\"", "begins with `/`"),
        ("sign_in = \"\"", "empty segment"),
        ("sign_in = \"login/\"", "empty segment"),
        ("sign_in = \"../login\"", "`..`"),
        ("sign_in = \"<name>\"", "a character other than"),
        ("sign_in = \"log in\"", "a character other than"),
        ("sign_in = \"login?x=1\"", "a character other than"),
        ("sign_in = \"anmelden-für-alle\"", "a character other than"),
        ("sign_in = 5", "is not a string"),
        ("user = \"False\"", "looks like a switch"),
        ("user = \"no\"", "write `false` to leave the route out"),
        ("sign_up = \"0\"", "looks like a switch"),
        ("login = \"enter\"", "did you mean `logto.routes.sign_in`?"),
        ("logout = \"leave\"", "did you mean `logto.routes.sign_out`?"),
        ("sign_in = \"sign-up\"", "is the name of the route of `routes.sign_up` as well"),
        ("user = \"sign-in\"", "is the name of the route of `routes.sign_in` as well"),
        ("user = \"x\"\nwebhook = \"x\"", "is the name of the route of `routes.user` as well"),
    ] {
        let errors = with(&under_routes(line)).unwrap_err();
        assert_holds(&errors, &["has 1 error:", "logto.routes.", "(from Rocket.toml)", what]);
    }
    // A name is free if its usual route has another one, or none.
    for lines in ["sign_in = \"user\"\nuser = \"me\"", "sign_in = \"user\"\nuser = false"] {
        assert_eq!(with(&under_routes(lines)).unwrap().routes.sign_in, "user");
    }
}

/// Such a page would redirect to itself for ever, or end every sign-in with another one.
#[test]
fn no_route_of_this_crate_is_the_page_after_a_sign_in_or_a_sign_out() {
    for line in [
        "after_sign_in = \"/auth/sign-in\"",
        "after_sign_in = \"/auth/sign-up?x=1\"",
        "after_sign_in = \"/auth/sign-in-callback\"",
        "after_sign_in = \"/auth/sign-out\"",
        "after_sign_out = \"/auth/sign-out\"",
        "after_sign_out = \"/auth//%73ign-out-callback\"",
    ] {
        let errors = replaced(line).unwrap_err();
        let key = format!("logto.{}", line.split(' ').next().unwrap());
        assert_holds(&errors, &["has 1 error:", &key, "is a route of this crate", "help: write"]);
    }
    assert!(replaced("after_sign_out = \"/auth/sign-in\"").is_ok(), "the next user signs in");
    assert!(replaced("after_sign_in = \"/auth/sign-out-of-the-shop\"").is_ok());
    let below = "base_url = \"https://app.example.com/shop\"\nafter_sign_out = \"/auth/sign-out\"";
    assert_holds(&replaced(below).unwrap_err(), &["logto.after_sign_out", "is a route"]);
    let renamed =
        format!("after_sign_in = \"/auth/login\"\n{}", under_routes("sign_in = \"login\""));
    assert_holds(&replaced(&renamed).unwrap_err(), &["logto.after_sign_in", "is a route"]);
}

#[test]
fn code_files_and_the_environment_give_them() {
    jailed(|jail| {
        let routes = RoutesConfig::new()
            .sign_in("login")
            .sign_in_callback("callback")
            .sign_out("logout")
            .sign_out_callback("left")
            .webhook("hook")
            .without_sign_up()
            .without_backchannel_logout()
            .without_user();
        let config = Config::new().routes(routes);
        let in_code = outcome_of(&debug(jail, COMPLETE), Some(&config)).unwrap().0.routes;
        let expected = ["login", "-", "callback", "logout", "left", "-", "-", "hook"];
        assert_eq!(names(&in_code), expected);
        let toml = format!("{COMPLETE}\n{}", under_routes("sign_in = \"enter\"\nuser = \"me\""));
        jail.set_env("LOGTO_ROUTES__SIGN_OUT", "leave");
        jail.set_env("LOGTO_ROUTES__SIGN_UP", "true");
        jail.set_env("LOGTO_ROUTES__BACKCHANNEL_LOGOUT", "false");
        let (settings, warnings) = outcome_of(&debug(jail, &toml), Some(&config)).unwrap();
        let expected = ["enter", "sign-up", "callback", "leave", "left", "-", "me", "hook"];
        assert_eq!(names(&settings.routes), expected);
        assert_eq!(warnings, Vec::<String>::new());
    });
}

#[test]
fn a_base_url_that_is_a_redirect_uri_is_known_by_the_names() {
    let toml = COMPLETE.replace("app.example.com", "app.example.com/auth/callback");
    let routes = under_routes("sign_in_callback = \"callback\"");
    let errors = outcome(&format!("{toml}\n{routes}")).unwrap_err();
    assert_holds(&errors, &["logto.base_url", "is a redirect URI", "`https://app.example.com`"]);
    assert!(outcome(&toml).is_ok(), "a path like any other");
}

/// The site that gets the tokens may have the same Rocket.toml.
#[test]
fn a_pure_api_reads_the_name_of_its_one_route() {
    jailed(|jail| {
        let read = |lines: &str| {
            let toml = format!("{COMPLETE}\n{}", under_routes(lines));
            let read = read_resource_server(&debug(jail, &toml), None);
            read.map(|(settings, _)| settings.webhook_route).map_err(|errors| errors.to_string())
        };
        assert_eq!(read("sign_in = false\nwebhook = \"hook\"").unwrap(), "hook");
        assert_holds(&read("webhook = \"/hook\"").unwrap_err(), &["logto.routes.webhook"]);
    });
}
