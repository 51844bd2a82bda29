//! The machine-to-machine applications of a provider.

use super::{Builder, owned};
use crate::testing::settings::{App, Machine};

impl Builder {
    /// A machine-to-machine application, which may use `client_credentials` and nothing else.
    /// `permissions` are scopes by resource indicator or organization id. As with Logto, only the
    /// scopes that a request names are granted.
    #[must_use]
    pub fn machine<'a>(
        self,
        id: &str,
        secret: &str,
        permissions: impl IntoIterator<Item = (&'a str, &'a [&'a str])>,
    ) -> Self {
        let permissions =
            permissions.into_iter().map(|(target, scopes)| (target.to_owned(), owned(scopes)));
        self.any_machine(id, secret, Machine::Some(permissions.collect()))
    }

    /// A machine-to-machine application that gets every scope that it names, of every API resource
    /// and of every organization.
    pub(in crate::testing) fn machine_with_any_permission(self, id: &str, secret: &str) -> Self {
        self.any_machine(id, secret, Machine::All)
    }

    fn any_machine(mut self, id: &str, secret: &str, machine: Machine) -> Self {
        let (id, secret) = (id.to_owned(), secret.to_owned());
        self.settings.apps.push(App { id, secret, machine: Some(machine) });
        self
    }
}
