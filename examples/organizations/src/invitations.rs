//! [`Invitations`]: the invitations to organizations, which Logto keeps.

use logto_rocket::{ClientCredentials, Logto, LogtoUser};
use reqwest::{Client, RequestBuilder};
use rocket::fairing::{AdHoc, Fairing};
use rocket::serde::json::{Value, from_str, json};
use rocket::time::{Duration, OffsetDateTime};

/// What a call of Logto gives. An error is a sentence for people; the log has the cause.
pub type Answer<T> = Result<T, &'static str>;

/// The invitations to organizations, by Logto's Management API.
pub struct Invitations {
    client: Client,
    url: String,
    machine: ClientCredentials,
}

/// The endpoint of Logto, and the id and the secret of a machine-to-machine application that may use
/// the Management API.
pub fn machine() -> [String; 3] {
    let names = ["LOGTO_ENDPOINT", "MACHINE_APP_ID", "MACHINE_APP_SECRET"];
    names.map(|name| std::env::var(name).unwrap_or_default())
}

/// Manages the invitations; attached after Logto.
pub fn fairing([endpoint, id, secret]: [String; 3]) -> impl Fairing {
    AdHoc::try_on_ignite("Invitations", |rocket| async move {
        let Some(logto) = rocket.state::<Logto>() else { return Err(rocket) };
        let machine = logto.client_credentials().app(id, secret);
        let url = format!("{}/api/organization-invitations", endpoint.trim_end_matches('/'));
        Ok(rocket.manage(Invitations { client: Client::new(), url, machine }))
    })
}

impl Invitations {
    /// The open ones of which this is so, for instance of an `organizationId`.
    pub async fn open(&self, which: (&str, &str)) -> Answer<Vec<Value>> {
        let all = self.call(self.client.get(&self.url).query(&[which])).await?;
        let all = all.as_array().into_iter().flatten();
        Ok(all.filter(|it| it["status"] == "Pending").cloned().collect())
    }

    /// The open ones for a user: for the address, if Logto has verified it.
    pub async fn of(&self, user: Option<&LogtoUser>) -> Answer<Vec<Value>> {
        match user.filter(|user| user.email_verified()).and_then(LogtoUser::email) {
            Some(address) => self.open(("invitee", &address.to_lowercase())).await,
            None => Ok(Vec::new()),
        }
    }

    /// Invites an address for a week. Logto sends the e-mail, with a link to this site.
    pub async fn send(&self, by: &LogtoUser, to: &str, organization: &str) -> Answer<Value> {
        let until = (OffsetDateTime::now_utc() + Duration::WEEK).unix_timestamp() * 1000;
        let site = std::env::var("LOGTO_BASE_URL").unwrap_or("http://localhost:8000".into());
        let body = json!({
            "inviterId": by.id(), "invitee": to, "organizationId": organization,
            "expiresAt": until, "messagePayload": { "link": site },
        });
        self.call(self.client.post(&self.url).body(body.to_string())).await
    }

    /// Makes the user a member of the organization of an open invitation, whose id it answers.
    pub async fn accept(&self, user: &LogtoUser, id: &str) -> Answer<String> {
        let open = self.of(Some(user)).await?;
        let wanted = open.iter().find(|it| it["id"] == id).ok_or("You have no such invitation.")?;
        let body = json!({ "status": "Accepted", "acceptedUserId": user.id() }).to_string();
        self.call(self.client.put(format!("{}/{id}/status", self.url)).body(body)).await?;
        Ok(wanted["organizationId"].as_str().unwrap_or_default().to_owned())
    }

    async fn call(&self, request: RequestBuilder) -> Answer<Value> {
        let token = self.machine.management_api().await.map_err(failed)?;
        let request = request.header("Content-Type", "application/json");
        let response = request.bearer_auth(token.as_str()).send().await.map_err(failed)?;
        let status = response.status().as_u16();
        let answer = response.text().await.map_err(failed)?;
        match status {
            200 | 201 => from_str(&answer).map_err(failed),
            422 => Err("There is an open invitation for this address already."),
            _ => Err(failed(answer)),
        }
    }
}

fn failed(why: impl std::fmt::Display) -> &'static str {
    error!("Logto's Management API: {why}");
    "Invitations do not work right now. Please try again later."
}
