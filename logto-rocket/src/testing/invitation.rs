//! [`Invitation`]: an invitation to an organization, as the Management API makes, lists and accepts it.

use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Answer;
use super::management::{invalid_input, refused};
use super::params::Params;
use super::settings::Role;
use super::state::{State, random};

/// An invitation to an organization.
pub(super) struct Invitation {
    id: String,
    inviter: Option<String>,
    /// An e-mail address.
    invitee: String,
    organization: String,
    roles: Vec<String>,
    status: Status,
    accepted_by: Option<String>,
    /// Milliseconds, as Logto has them.
    created_at: u64,
    updated_at: u64,
    expires_at: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Pending,
    Accepted,
    Revoked,
    Expired,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    inviter_id: Option<String>,
    invitee: String,
    organization_id: String,
    expires_at: u64,
    #[serde(default)]
    organization_role_ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Decision {
    status: Decided,
    accepted_user_id: Option<String>,
}

#[derive(Deserialize)]
enum Decided {
    Accepted,
    Revoked,
}

impl State {
    /// `GET /api/organization-invitations`
    pub(super) fn invitations(&self, params: &Params) -> Answer {
        let is = |name, value: Option<&str>| params.get(name).is_none_or(|it| Some(it) == value);
        let found: Vec<_> = self
            .invitations
            .iter()
            .filter(|it| is("organizationId", Some(&it.organization)))
            .filter(|it| is("inviterId", it.inviter.as_deref()))
            .filter(|it| is("invitee", Some(&it.invitee)))
            .map(|it| self.entity(it))
            .collect();
        Answer::json(200, &Value::Array(found))
    }

    /// `POST /api/organization-invitations`; the ids of roles are their names. No e-mail is sent.
    pub(super) fn invite(&mut self, body: &str) -> Answer {
        let wanted = serde_json::from_str::<Wanted>(body).ok();
        let Some(wanted) = wanted.filter(|wanted| wanted.invitee.contains('@')) else {
            return refused(400, "guard.invalid_input", "The request body is invalid.");
        };
        let now = self.now() * 1000;
        if wanted.expires_at <= now {
            return invalid_input(400, "The value of `expiresAt` must be in the future.");
        }
        let Wanted { inviter_id: inviter, invitee, organization_id: organization, .. } = wanted;
        let roles = wanted.organization_role_ids;
        let known = self.has_organization(&organization)
            && inviter.as_deref().is_none_or(|id| self.users.iter().any(|user| user.id() == id))
            && roles.iter().all(|role| self.has_organization_role(role));
        if !known {
            let message = "One or more foreign keys could not be found. Please check the input and \
                           ensure that all referenced entities exist.";
            return refused(422, "entity.relation_foreign_key_not_found", message);
        }
        let mut pending = self.invitations.iter().filter(|it| self.status(it) == Status::Pending);
        if pending.any(|it| it.organization == organization && it.invitee == invitee) {
            let message = "The entity already exists. Please check your input and try again.";
            return refused(422, "entity.unique_integrity_violation", message);
        }
        let mut id = random();
        id.truncate(21);
        let invitation = Invitation {
            id,
            inviter,
            invitee,
            organization,
            roles,
            status: Status::Pending,
            accepted_by: None,
            created_at: now,
            updated_at: now,
            expires_at: wanted.expires_at,
        };
        let entity = self.entity(&invitation);
        self.invitations.push(invitation);
        Answer::json(201, &entity)
    }

    /// `PUT /api/organization-invitations/{id}/status`: who accepts becomes a member.
    pub(super) fn decide_invitation(&mut self, id: &str, body: &str) -> Answer {
        let Ok(decision) = serde_json::from_str::<Decision>(body) else {
            return refused(400, "guard.invalid_input", "The request body is invalid.");
        };
        let status = Status::from(decision.status);
        let Some(place) = self.invitations.iter().position(|it| it.id == id) else {
            return refused(404, "entity.not_found", "The resource does not exist.");
        };
        let invitation = &self.invitations[place];
        if self.status(invitation) != Status::Pending {
            let details = "The status of the invitation cannot be changed anymore.";
            return invalid_input(422, details);
        }
        let (organization, roles) = (invitation.organization.clone(), invitation.roles.clone());
        if status == Status::Accepted {
            let Some(accepted_by) = &decision.accepted_user_id else {
                let details = "The `acceptedUserId` is required when accepting an invitation.";
                return invalid_input(422, details);
            };
            let invitee = invitation.invitee.clone();
            let Some(user) = self.users.iter_mut().find(|user| user.id() == accepted_by) else {
                return refused(404, "entity.not_found", "The resource does not exist.");
            };
            if !user.email_if_any().is_some_and(|email| email.eq_ignore_ascii_case(&invitee)) {
                let details = "The accepted user must have the same email as the invitee.";
                return invalid_input(422, details);
            }
            user.join(&organization, roles);
        }
        let now = self.now() * 1000;
        let invitation = &mut self.invitations[place];
        invitation.status = status;
        invitation.accepted_by = decision.accepted_user_id;
        invitation.updated_at = now;
        Answer::json(200, &self.entity(&self.invitations[place]))
    }

    fn has_organization(&self, id: &str) -> bool {
        self.settings.organizations.iter().any(|organization| organization.id == id)
            || self.users.iter().any(|user| user.membership(id).is_some())
    }

    fn has_organization_role(&self, name: &str) -> bool {
        let is = |role: &Role| role.of_organization && role.name == name;
        self.settings.roles.iter().any(is)
    }

    fn status(&self, invitation: &Invitation) -> Status {
        match invitation.status {
            Status::Pending if invitation.expires_at <= self.now() * 1000 => Status::Expired,
            status => status,
        }
    }

    fn entity(&self, invitation: &Invitation) -> Value {
        let roles = invitation.roles.iter();
        let roles: Vec<_> = roles.map(|role| json!({ "id": role, "name": role })).collect();
        json!({
            "tenantId": "default",
            "id": invitation.id,
            "inviterId": invitation.inviter,
            "invitee": invitation.invitee,
            "acceptedUserId": invitation.accepted_by,
            "organizationId": invitation.organization,
            "status": format!("{:?}", self.status(invitation)),
            "createdAt": invitation.created_at,
            "updatedAt": invitation.updated_at,
            "expiresAt": invitation.expires_at,
            "organizationRoles": roles,
        })
    }
}

impl From<Decided> for Status {
    fn from(decided: Decided) -> Self {
        match decided {
            Decided::Accepted => Self::Accepted,
            Decided::Revoked => Self::Revoked,
        }
    }
}
