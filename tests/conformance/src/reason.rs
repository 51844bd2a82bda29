//! Why the relying party must have refused something in a module: what its log must say.

/// Words of the relying party's log; `None` where nothing is refused.
pub fn of(module: &str) -> Option<&'static str> {
    let name = module.strip_prefix("oidcc-client-test-")?;
    Some(match name {
        "invalid-iss" | "rp-backchannel-rpinitlogout-wrong-iss" => "its claim `iss` is",
        "missing-sub" => "its claim `sub` is missing",
        "invalid-aud" | "rp-backchannel-rpinitlogout-wrong-aud" => "its claim `aud` is",
        "missing-iat" => "its claim `iat` is missing",
        "kid-absent-multiple-jwks" => "it names no key (`kid`)",
        "idtoken-sig-none" | "rp-backchannel-rpinitlogout-alg-none" => {
            "the algorithm `none` is not accepted"
        }
        "invalid-sig-rs256" => "its signature is wrong",
        "nonce-invalid" => "its claim `nonce` belongs to another sign-in",
        "userinfo-invalid-sub" => "it is about another user",
        "discovery-issuer-mismatch" => "it names the issuer",
        "refresh-token-invalid-issuer" => "the claim `iss` is",
        "refresh-token-invalid-sub" => "the claim `sub` is not the user of the session",
        "rp-init-logout-other-state" => "with another `state`",
        "rp-init-logout-no-state" => "without the `state`",
        "rp-backchannel-rpinitlogout-no-event" => "its claim `events` is missing",
        "rp-backchannel-rpinitlogout-with-nonce" => "its claim `nonce` is forbidden",
        "rp-backchannel-rpinitlogout-wrong-alg" => "pins RS256",
        "rp-backchannel-rpinitlogout-wrong-event" => "its claim `events` does not have the object",
        _ => return None,
    })
}
