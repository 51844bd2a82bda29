//! [`Plan`]: what of the suite is run, and with which settings of the relying party.

/// A plan of the suite.
pub struct Plan {
    /// What this runner calls it.
    pub short: &'static str,
    /// What the suite calls it.
    pub name: &'static str,
    /// The variants that the suite wants chosen; the others the plan has fixed itself.
    pub variants: &'static [&'static str],
    /// How the relying party proves to the suite that it is the one, in the suite's words.
    pub client_authentication: &'static str,
    /// Settings of the relying party that are not the usual ones.
    pub settings: &'static [(&'static str, &'static str)],
}

const REGISTRATION: &str = "client_registration";
const REQUEST: &str = "request_type";
const AUTHENTICATION: &str = "client_auth_type";
const MODE: &str = "response_mode";
const TYPE: &str = "response_type";

const BASIC: &str = "client_secret_basic";

/// The hint that the suite demands at a sign-out, and the `state` that comes with it.
const KEEPS_ID_TOKEN: (&str, &str) = ("LOGTO_SESSION__KEEP_ID_TOKEN", "true");

/// The suite's logout tokens have no `typ`.
const TAKES_ANY: (&str, &str) = ("LOGTO_BACKCHANNEL_LOGOUT__TYP", "optional");

/// All plans.
pub const ALL: [Plan; 6] = [
    Plan {
        short: "basic",
        name: "oidcc-client-basic-certification-test-plan",
        variants: &[REGISTRATION, REQUEST],
        client_authentication: BASIC,
        settings: &[],
    },
    Plan {
        short: "config",
        name: "oidcc-client-config-certification-test-plan",
        variants: &[REGISTRATION, REQUEST, AUTHENTICATION, MODE],
        client_authentication: BASIC,
        settings: &[],
    },
    Plan {
        short: "refresh-token",
        name: "oidcc-client-refreshtoken-test-plan",
        variants: &[REGISTRATION, REQUEST, AUTHENTICATION, MODE, TYPE],
        client_authentication: "client_secret_post",
        settings: &[("LOGTO_CLIENT_AUTHENTICATION", "post")],
    },
    Plan {
        short: "third-party-login",
        name: "oidcc-client-test-3rd-party-init-login-test-plan",
        variants: &[REGISTRATION, REQUEST, AUTHENTICATION, MODE, TYPE],
        client_authentication: BASIC,
        settings: &[],
    },
    Plan {
        short: "rp-initiated-logout",
        name: "oidcc-client-rp-initiated-logout-rp-basic",
        variants: &[REGISTRATION, REQUEST, AUTHENTICATION, MODE],
        client_authentication: BASIC,
        settings: &[KEEPS_ID_TOKEN, TAKES_ANY],
    },
    Plan {
        short: "back-channel-logout",
        name: "oidcc-client-back-channel-logout-rp-basic",
        variants: &[REGISTRATION, REQUEST, AUTHENTICATION, MODE],
        client_authentication: BASIC,
        settings: &[KEEPS_ID_TOKEN, TAKES_ANY, ("LOGTO_SIGNING_ALGORITHM", "RS256")],
    },
];
