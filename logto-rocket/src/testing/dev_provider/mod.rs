//! [`DevProvider`]: the provider of an application for which no Logto is configured yet.

mod granted;
mod kept;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub(super) use self::kept::Kept;
use self::kept::{Content, Opened};
use super::background::Background;
use super::builder::Builder;
use super::error::IdpError;
use super::idp::Idp;
use super::keys::Keys;
use super::server::Server;
use super::shared::Shared;
use super::state::SubjectToken;
use super::user::User;
use crate::clock::Clock;
use crate::kept_file;

const APP: (&str, &str) = ("dev-app", "dev-app-secret");
const MACHINE: (&str, &str) = ("dev-machine", "dev-machine-secret");
const USERS: [&str; 2] = ["alice", "bob"];

/// What alice's token can be exchanged for one in her name by.
const PERSONAL_ACCESS_TOKEN: &str = "pat_alice";

/// A provider for development. It stops when this is dropped.
pub(crate) struct DevProvider {
    idp: Idp,
    secret_key: String,
    notes: Vec<String>,
}

impl DevProvider {
    /// Starts the provider of this application, with the state that it has stored. It does not take the port
    /// that the application will use.
    ///
    /// # Errors
    ///
    /// Those of [`Builder::start`](super::Builder::start).
    pub async fn start(app_port: Option<u16>, clock: Clock) -> Result<Self, IdpError> {
        Self::start_with(kept_file::file_of_this_application(".logto-dev.json"), app_port, clock)
            .await
    }

    async fn start_with(
        file: Option<PathBuf>,
        app_port: Option<u16>,
        clock: Clock,
    ) -> Result<Self, IdpError> {
        let Opened { file, content, mut notes } = Opened::at(file, clock.now())?;
        let Content { port, signing_key, secret_key, granted } = content;
        let keys = Keys::restore(&signing_key).ok_or(IdpError::Keys)?;
        let mut state = builder(clock).state(keys)?;
        granted.restore(&mut state);
        let alice = User::new(USERS[0]).id().to_owned();
        let personal = SubjectToken { user: alice, is_personal: true, expires_at: 0 };
        state.subject_tokens.insert(PERSONAL_ACCESS_TOKEN.into(), personal);
        let shared = Shared::new(state);
        let background = Background::start()?;
        let server = listen(&background, &shared, port, app_port, &mut notes).await?;
        let secret_key_text = STANDARD.encode(&secret_key);
        if let Some(file) = file {
            let mut state = shared.lock();
            state.kept = Some(Kept::new(file, server.port, signing_key, secret_key));
            state.keep();
        }
        Ok(Self { idp: Idp::new(shared, server, background), secret_key: secret_key_text, notes })
    }

    /// The provider itself.
    pub fn idp(&self) -> &Idp {
        &self.idp
    }

    /// The key that encrypts the cookies of the application, which no restart loses.
    pub fn secret_key(&self) -> &str {
        &self.secret_key
    }

    /// What a developer should know about what it keeps.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// A command that prints an access token of the machine for an API resource.
    pub fn token_command(&self, resource: &str, scopes: &str) -> String {
        let ((id, secret), endpoint) = (MACHINE, self.idp.endpoint());
        format!(
            "curl -s -u {id}:{secret} -d grant_type=client_credentials -d 'resource={resource}' \
             -d 'scope={scopes}' {endpoint}/oidc/token | sed 's/.*\"access_token\":\"\\([^\"]*\\).*/\\1/'"
        )
    }
}

/// Where it is, whom it lets in, and that it is no place for anybody else.
impl fmt::Display for DevProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((id, secret), endpoint) = (MACHINE, self.idp.endpoint());
        write!(
            f,
            "a provider for development, because no `endpoint` is configured: {endpoint} signs in \
             alice (every permission, the role `admin`, the organization `acme`) and bob (none) \
             without a password, and gives the machine `{id}` with the secret `{secret}` any token"
        )
    }
}

/// Listens at the port where the provider was before, or at another one if it has to.
async fn listen(
    background: &Background,
    shared: &Shared,
    port: u16,
    app_port: Option<u16>,
    notes: &mut Vec<String>,
) -> Result<Server, IdpError> {
    let (mut server, mut why) = match Server::launch(background, shared, port).await {
        Err(IdpError::Launch(why)) if port > 0 => {
            (Server::launch(background, shared, 0).await?, Some(format!("cannot be used ({why})")))
        }
        launched => (launched?, None),
    };
    if app_port == Some(server.port) {
        why.get_or_insert_with(|| "is the one that the application itself uses".into());
        // Its port is given back only afterwards, or the system might choose it again.
        let other = Server::launch(background, shared, 0).await?;
        std::mem::replace(&mut server, other).stop().await;
    }
    if let Some(why) = why.filter(|_| port > 0) {
        notes.push(format!(
            "the port {port}, where it was before, {why}, so it is at port {} from now on, and \
             users sign in again",
            server.port
        ));
    }
    Ok(server)
}

fn builder(clock: Clock) -> Builder {
    let ((app, app_secret), (machine, machine_secret)) = (APP, MACHINE);
    let [alice, bob] = USERS.map(User::new);
    let alice = alice.name("Alice Liddell").email("alice@example.test");
    Idp::builder()
        .user(alice.role("admin").organization("acme", ["admin"]).any_permission())
        .user(bob.name("Bob Dodgson").email("bob@example.test"))
        .app(app, app_secret)
        .machine_with_any_permission(machine, machine_secret)
        .any_resource()
        .token_exchange(true)
        .clock(clock)
}
