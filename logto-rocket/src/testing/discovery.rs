use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::answer::Answer;
use super::authorization_request::USER_SCOPES;
use super::state::State;

/// The discovery document, member by member that of a running Logto.
pub(super) fn document(state: &State) -> Value {
    let issuer = state.issuer();
    json!({
        "authorization_endpoint": format!("{issuer}/auth"),
        "device_authorization_endpoint": format!("{issuer}/device/auth"),
        "claims_parameter_supported": false,
        "claims_supported": [
            "sub", "name", "family_name", "given_name", "middle_name", "nickname",
            "preferred_username", "profile", "picture", "website", "gender", "birthdate",
            "zoneinfo", "locale", "updated_at", "username", "created_at", "email",
            "email_verified", "phone_number", "phone_number_verified", "address", "custom_data",
            "identities", "sso_identities", "roles", "organizations", "organization_data",
            "organization_roles", "sid", "auth_time", "iss",
        ],
        "code_challenge_methods_supported": ["S256"],
        "end_session_endpoint": format!("{issuer}/session/end"),
        "grant_types_supported": [
            "implicit",
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ],
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/jwks"),
        "authorization_response_iss_parameter_supported": true,
        "response_modes_supported": ["form_post", "fragment", "query"],
        "response_types_supported": ["code id_token", "code", "id_token", "none"],
        "scopes_supported": USER_SCOPES,
        "subject_types_supported": ["public"],
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_jwt",
            "client_secret_post",
            "private_key_jwt",
            "none",
        ],
        "token_endpoint_auth_signing_alg_values_supported": [
            "HS256", "RS256", "PS256", "ES256", "Ed25519", "EdDSA",
        ],
        "token_endpoint": format!("{issuer}/token"),
        "id_token_signing_alg_values_supported": state.keys.algorithms(),
        "pushed_authorization_request_endpoint": format!("{issuer}/request"),
        "request_uri_parameter_supported": false,
        "userinfo_endpoint": format!("{issuer}/me"),
        "introspection_endpoint": format!("{issuer}/token/introspection"),
        "revocation_endpoint": format!("{issuer}/token/revocation"),
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "claim_types_supported": ["normal"],
    })
}

/// The keys; 304 if the asker has them already.
pub(super) fn jwks(state: &State, known: Option<&str>) -> Answer {
    let keys = state.keys.public();
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(Sha256::digest(keys.to_string())));
    let answer = if known == Some(tag.as_str()) {
        Answer::empty(304)
    } else {
        Answer::json(200, &keys).with("Content-Type", "application/jwk-set+json; charset=utf-8")
    };
    answer.with("Cache-Control", "no-cache, max-age=0, must-revalidate").with("ETag", tag)
}
