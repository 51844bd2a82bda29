//! [`Effect`]: the effect of a webhook.

use super::event::{Members, Webhook};

/// The effect of a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Nothing,
    /// All sessions of this user end, and the access tokens of this user.
    End(String),
    /// The claims of these users are confirmed before they decide again.
    Confirm(Vec<String>),
    /// The claims of all users are confirmed before they decide again.
    ConfirmAll,
}

/// The settings of the application on which the effect depends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules<'r> {
    /// The id of this application at Logto, if users sign in here.
    pub app_id: Option<&'r str>,
    pub end_on_password_reset: bool,
}

impl Effect {
    /// The effect of this webhook.
    pub(crate) fn of(webhook: &Webhook, rules: Rules<'_>) -> Self {
        if webhook.is_test() {
            return Self::Nothing;
        }
        let user = || webhook.user_id().map(ToOwned::to_owned);
        let end = || user().map_or(Self::Nothing, Self::End);
        let confirm = || user().map_or(Self::Nothing, |user| Self::Confirm(vec![user]));
        match webhook.event() {
            "User.Deleted" => end(),
            // The end of a suspension undoes nothing, because events come in any order.
            "User.SuspensionStatus.Updated" if webhook.is_suspended() == Some(true) => end(),
            "PostResetPassword" if rules.end_on_password_reset => end(),
            "User.Data.Updated" if webhook.sets_password() && rules.end_on_password_reset => end(),
            "User.Created" | "Organization.Created" => Self::Nothing,
            "PostResetPassword" => confirm(),
            "Organization.Membership.Updated" => match webhook.members() {
                Members::Unknown | Members::Cut => Self::ConfirmAll,
                Members::These(users) if users.is_empty() => Self::Nothing,
                Members::These(users) => Self::Confirm(users.clone()),
            },
            "Grant.LimitExceeded"
                if rules.app_id.is_some() && webhook.application_id() == rules.app_id =>
            {
                confirm()
            }
            "Role.Deleted"
            | "Role.Data.Updated"
            | "Role.Scopes.Updated"
            | "Scope.Deleted"
            | "Scope.Data.Updated"
            | "Organization.Deleted"
            | "Organization.Data.Updated"
            | "OrganizationRole.Deleted"
            | "OrganizationRole.Data.Updated"
            | "OrganizationRole.Scopes.Updated"
            | "OrganizationScope.Deleted"
            | "OrganizationScope.Data.Updated" => Self::ConfirmAll,
            // These include events that later versions of Logto add.
            event if event.starts_with("User.") || event.starts_with("Organization.") => confirm(),
            _ => Self::Nothing,
        }
    }
}
