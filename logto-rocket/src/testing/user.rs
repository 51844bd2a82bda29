use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::claims::Claims;

/// A user who can sign in at the test provider.
///
/// A new user has only a user name: `name`, `picture`, `email` and `phone_number` are `null` in the tokens, as
/// with Logto.
///
/// ```
/// use logto_rocket::testing::User;
///
/// let carol = User::new("carol")
///     .name("Carol")
///     .email("carol@example.test")
///     .role("auditor")
///     .organization("org_1", ["member"])
///     .claim("department", "ops");
/// assert_eq!(carol.username(), "carol");
/// ```
#[derive(Debug, Clone)]
pub struct User {
    id: String,
    username: String,
    profile: Map<String, Value>,
    roles: Vec<String>,
    organizations: Vec<Membership>,
    custom_data: Value,
    claims: BTreeMap<String, Value>,
    pub(super) has_any_permission: bool,
    pub(super) suspended: bool,
    /// Milliseconds, as Logto has them.
    pub(super) created_at: u64,
    pub(super) updated_at: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Membership {
    pub(super) id: String,
    pub(super) roles: Vec<String>,
}

impl User {
    /// A user with this user name and an id of 12 characters that is derived from the user name.
    pub fn new(username: &str) -> Self {
        let id = Sha256::digest(username)
            .iter()
            .take(12)
            .map(|byte| char::from(b"abcdefghijklmnopqrstuvwxyz0123456789"[usize::from(byte % 36)]))
            .collect();
        Self {
            id,
            username: username.to_owned(),
            profile: Map::new(),
            roles: Vec::new(),
            organizations: Vec::new(),
            custom_data: json!({}),
            claims: BTreeMap::new(),
            has_any_permission: false,
            suspended: false,
            created_at: 0,
            updated_at: 0,
        }
    }

    /// The user's id, which becomes `sub`.
    #[must_use]
    pub fn with_id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.id);
        self
    }

    /// The full name.
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        self.profile("name", name)
    }

    /// The e-mail address, verified.
    #[must_use]
    pub fn email(self, email: &str) -> Self {
        self.profile("email", email)
    }

    /// The phone number, verified; digits only, as Logto stores it.
    #[must_use]
    pub fn phone(self, phone: &str) -> Self {
        self.profile("phone_number", phone)
    }

    /// The address of a picture.
    #[must_use]
    pub fn picture(self, url: &str) -> Self {
        self.profile("picture", url)
    }

    /// Any claim of the profile by its name, for example `family_name`, `locale` or `address`.
    #[must_use]
    pub fn profile(mut self, claim: &str, value: impl Into<Value>) -> Self {
        self.profile.insert(claim.to_owned(), value.into());
        self
    }

    /// A global role. [`Builder::role`](super::Builder::role) sets its permissions.
    #[must_use]
    pub fn role(mut self, role: &str) -> Self {
        self.roles.push(role.to_owned());
        self
    }

    /// Grants every scope that a sign-in asks for, of every API resource and of the user's
    /// organizations, whatever the roles permit.
    pub(super) fn any_permission(mut self) -> Self {
        self.has_any_permission = true;
        self
    }

    /// Membership in an organization with these organization roles.
    /// [`Builder::organization_role`](super::Builder::organization_role) sets their permissions.
    #[must_use]
    pub fn organization<R: Into<String>>(
        mut self,
        id: &str,
        roles: impl IntoIterator<Item = R>,
    ) -> Self {
        let roles = roles.into_iter().map(Into::into).collect();
        self.organizations.push(Membership { id: id.to_owned(), roles });
        self
    }

    /// The custom data, an object; only userinfo has it.
    #[must_use]
    pub fn custom_data(mut self, data: Value) -> Self {
        self.custom_data = data;
        self
    }

    /// A claim of your own, in every ID token and in user info, whatever the scopes are. It replaces an
    /// existing claim of the same name.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.set_claim(name, value.into());
        self
    }

    /// The id, which is `sub` in the tokens.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The user name.
    pub fn username(&self) -> &str {
        &self.username
    }

    pub(super) fn roles(&self) -> &[String] {
        &self.roles
    }

    pub(super) fn membership(&self, organization: &str) -> Option<&Membership> {
        self.organizations.iter().find(|membership| membership.id == organization)
    }

    pub(super) fn memberships(&self) -> &[Membership] {
        &self.organizations
    }

    pub(super) fn set_claim(&mut self, name: &str, value: Value) {
        self.claims.insert(name.to_owned(), value);
    }

    pub(super) fn all_custom_data(&self) -> &Value {
        &self.custom_data
    }

    pub(super) fn set_custom_data(&mut self, data: Value) {
        self.custom_data = data;
    }

    pub(super) fn add_role(&mut self, role: &str) {
        if !self.roles.iter().any(|r| r == role) {
            self.roles.push(role.to_owned());
        }
    }

    pub(super) fn remove_role(&mut self, role: &str) {
        self.roles.retain(|r| r != role);
    }

    pub(super) fn join(&mut self, organization: &str, roles: Vec<String>) {
        self.leave(organization);
        self.organizations.push(Membership { id: organization.to_owned(), roles });
    }

    pub(super) fn leave(&mut self, organization: &str) {
        self.organizations.retain(|membership| membership.id != organization);
    }

    pub(super) fn name_if_any(&self) -> Option<&str> {
        self.profile.get("name").and_then(Value::as_str)
    }

    /// The call that set a claim to a value of a type that Logto never uses for it.
    pub(super) fn misfit_set_by(&self) -> Option<String> {
        let misfits = |(name, value): (&String, &Value)| {
            let mut claims = Map::from_iter([("sub".to_owned(), Value::from(self.id.as_str()))]);
            claims.insert(name.clone(), value.clone());
            Claims::read(&Value::Object(claims).to_string()).is_err()
        };
        let claim = self.claims.iter().find(|it| misfits(*it));
        let claim = claim.map(|(name, _)| format!("User::claim({name:?}, …)"));
        claim.or_else(|| {
            let profile = self.profile.iter().find(|it| misfits(*it));
            profile.map(|(name, _)| format!("User::profile({name:?}, …)"))
        })
    }

    pub(super) fn email_if_any(&self) -> Option<&str> {
        self.profile.get("email").and_then(Value::as_str)
    }

    /// The claims that these scopes open, as they stand in an ID token.
    pub(super) fn id_token_claims(&self, scopes: &[String]) -> Map<String, Value> {
        let has = |scope: &str| scopes.iter().any(|s| s == scope);
        let mut claims = Map::new();
        claims.insert("sub".into(), self.id.clone().into());
        if has("profile") {
            self.add_profile(&mut claims);
        }
        if has("email") {
            let email = self.profile.get("email").cloned().unwrap_or_default();
            claims.insert("email_verified".into(), email.is_string().into());
            claims.insert("email".into(), email);
        }
        if has("phone") {
            let phone = self.profile.get("phone_number").cloned().unwrap_or_default();
            claims.insert("phone_number_verified".into(), phone.is_string().into());
            claims.insert("phone_number".into(), phone);
        }
        if let Some(address) = self.profile.get("address").filter(|_| has("address")) {
            claims.insert("address".into(), address.clone());
        }
        if has("roles") {
            claims.insert("roles".into(), self.roles.clone().into());
        }
        if has("urn:logto:scope:organizations") {
            let ids: Vec<_> = self.organizations.iter().map(|m| m.id.clone()).collect();
            claims.insert("organizations".into(), ids.into());
        }
        if has("urn:logto:scope:organization_roles") {
            let roles = self.organizations.iter();
            let roles: Vec<_> = roles
                .flat_map(|m| m.roles.iter().map(move |role| format!("{}:{role}", m.id)))
                .collect();
            claims.insert("organization_roles".into(), roles.into());
        }
        claims.extend(self.claims.iter().map(|(name, value)| (name.clone(), value.clone())));
        claims
    }

    /// The claims of user info for these scopes: those of the ID token, custom data and identities.
    /// `organization_data` is not among them, because the provider, not the user, has the names of the
    /// organizations.
    pub(super) fn userinfo(&self, scopes: &[String]) -> Map<String, Value> {
        let has = |scope: &str| scopes.iter().any(|s| s == scope);
        let mut claims = self.id_token_claims(scopes);
        if has("custom_data") {
            claims.insert("custom_data".into(), self.custom_data.clone());
        }
        if has("identities") {
            claims.insert("identities".into(), json!({}));
            claims.insert("sso_identities".into(), json!([]));
        }
        claims
    }

    fn add_profile(&self, claims: &mut Map<String, Value>) {
        for name in ["name", "picture"] {
            claims.insert(name.into(), self.profile.get(name).cloned().unwrap_or_default());
        }
        for (name, value) in &self.profile {
            if !["email", "phone_number", "address"].contains(&name.as_str()) {
                claims.insert(name.clone(), value.clone());
            }
        }
        claims.insert("preferred_username".into(), self.username.clone().into());
        claims.insert("username".into(), self.username.clone().into());
        claims.insert("created_at".into(), self.created_at.into());
        claims.insert("updated_at".into(), self.updated_at.into());
    }
}
