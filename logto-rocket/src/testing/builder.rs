mod machines;
mod start;

use super::keys::Signing;
use super::settings::{App, ORGANIZATIONS, Organization, Resource, Role, Settings};
use super::user::User;
use crate::Clock;

/// Describes a provider before it starts; from [`Idp::builder`](super::Idp::builder).
///
/// Whatever is not described has the default of [`Idp::start`](super::Idp::start): the users alice and bob, one
/// application and one API resource.
#[derive(Debug, Clone)]
pub struct Builder {
    settings: Settings,
    users: Vec<User>,
    signing: Signing,
    clock: Clock,
}

impl Builder {
    fn new() -> Self {
        Self {
            settings: Settings::default(),
            users: Vec::new(),
            signing: Signing::default(),
            clock: Clock::movable(),
        }
    }

    /// A user. The first one replaces alice and bob.
    #[must_use]
    pub fn user(mut self, user: User) -> Self {
        self.users.push(user);
        self
    }

    /// A web application (Logto calls it traditional). The first one replaces the default application. All are
    /// first-party.
    #[must_use]
    pub fn app(mut self, id: &str, secret: &str) -> Self {
        self.settings.apps.push(App {
            id: id.to_owned(),
            secret: secret.to_owned(),
            machine: None,
        });
        self
    }

    /// A redirect URI to register. If this is called, only the URIs that it names are accepted. Otherwise the
    /// provider accepts every redirect URI on a loopback host, and those of each application that
    /// [uses it](crate::LogtoFairing::provider).
    #[must_use]
    pub fn redirect_uri(mut self, uri: &str) -> Self {
        self.settings.redirect_uris.describe(uri);
        self
    }

    /// A post sign-out redirect URI to register. The same rule applies as for redirect URIs.
    #[must_use]
    pub fn post_logout_redirect_uri(mut self, uri: &str) -> Self {
        self.settings.post_logout_redirect_uris.describe(uri);
        self
    }

    /// An API resource with its scopes. The first one replaces `https://api.example.test/orders`.
    #[must_use]
    pub fn resource(mut self, indicator: &str, scopes: &[&str]) -> Self {
        let indicator = indicator.to_owned();
        self.settings.resources.push(Resource { indicator, scopes: owned(scopes) });
        self
    }

    /// API resources that are not described exist too, and define every scope.
    pub(super) fn any_resource(mut self) -> Self {
        self.settings.any_resource = true;
        self
    }

    /// The permissions of a global role on an API resource.
    #[must_use]
    pub fn role(self, name: &str, resource: &str, scopes: &[&str]) -> Self {
        self.any_role(name, false, resource, scopes)
    }

    /// The name and, if not empty, the description of an organization, as in user info. An organization to
    /// which a user belongs exists without this call; its name is then its id.
    #[must_use]
    pub fn organization(mut self, id: &str, name: &str, description: &str) -> Self {
        let description = (!description.is_empty()).then(|| description.to_owned());
        let (id, name) = (id.to_owned(), name.to_owned());
        self.settings.organizations.push(Organization { id, name, description });
        self
    }

    /// The permissions of an organization role in the organization.
    #[must_use]
    pub fn organization_role(self, name: &str, scopes: &[&str]) -> Self {
        self.any_role(name, true, ORGANIZATIONS, scopes)
    }

    /// The permissions of an organization role on an API resource.
    #[must_use]
    pub fn organization_role_on(self, name: &str, resource: &str, scopes: &[&str]) -> Self {
        self.any_role(name, true, resource, scopes)
    }

    /// The signing algorithm. Default: ES384.
    #[must_use]
    pub fn signing(mut self, signing: Signing) -> Self {
        self.signing = signing;
        self
    }

    /// Whether refresh tokens rotate at each use, as they do for native and single-page applications. By
    /// default they rotate when 70 % of their lifetime of 14 days is over.
    #[must_use]
    pub fn rotating(mut self, rotating: bool) -> Self {
        self.settings.rotating = rotating;
        self
    }

    /// The address to which the provider posts a logout token when a session of the first application ends
    /// ([OpenID Connect Back-Channel Logout](https://openid.net/specs/openid-connect-backchannel-1_0.html)).
    /// That is when a user signs out at the provider, and when another user signs in within the same session.
    /// As with Logto, no token is posted when a session expires or an administrator ends it. The provider tries
    /// once, and the user waits for that for at most 2.5 seconds.
    ///
    /// `session_required` has the same meaning as the argument of [`session_required`](Self::session_required).
    #[must_use]
    pub fn backchannel_logout(mut self, uri: &str, session_required: bool) -> Self {
        self.settings.backchannel_logout_uri = Some(uri.to_owned());
        self.session_required(session_required)
    }

    /// The address to which webhooks are posted, as with
    /// [`Idp::post_webhooks_to`](super::Idp::post_webhooks_to).
    #[must_use]
    pub fn webhooks(mut self, url: &str) -> Self {
        self.settings.webhook_url = Some(url.to_owned());
        self
    }

    /// Whether ID tokens and logout tokens carry `sid`: Logto's "session required" beside a
    /// back-channel logout URI.
    #[must_use]
    pub fn session_required(mut self, required: bool) -> Self {
        self.settings.session_required = required;
        self
    }

    /// Whether the applications may exchange tokens. At Logto each application has this setting.
    #[must_use]
    pub fn token_exchange(mut self, allowed: bool) -> Self {
        self.settings.token_exchange = allowed;
        self
    }

    /// The clock for tokens, codes and sessions. Share a clock with the application under test to move the time
    /// of both.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    fn any_role(
        mut self,
        name: &str,
        of_organization: bool,
        resource: &str,
        scopes: &[&str],
    ) -> Self {
        let (name, resource) = (name.to_owned(), resource.to_owned());
        self.settings.roles.push(Role { name, of_organization, resource, scopes: owned(scopes) });
        self
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}
