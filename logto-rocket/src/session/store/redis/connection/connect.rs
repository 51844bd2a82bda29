//! [`connect`]: makes a connection to Redis, wherever it is now.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::sentinel::{SentinelClient, SentinelServerType};
use redis::{AsyncConnectionConfig, Client, RedisError, RedisResult};

use crate::session::store::redis::url::Target;

/// How long connecting may take, including the handshake before the first command, and asking the
/// Sentinels.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// A connection, and what is at its other end.
#[derive(Clone)]
pub(in crate::session::store::redis) struct Connected {
    pub connection: MultiplexedConnection,
    /// The `run_id` of the Redis process, which differs after each fail-over and each restart. `None` if Redis does
    /// not report it.
    pub run: Option<Arc<str>>,
}

/// Makes a connection.
///
/// # Errors
///
/// Why there is none.
pub(super) async fn connect(target: Target) -> Result<Connected, String> {
    let connected = tokio::time::timeout(CONNECT_TIMEOUT, try_connect(&target)).await;
    let too_slow = || format!("no connection within {} ms", CONNECT_TIMEOUT.as_millis());
    match connected {
        Ok(Ok(connected)) => connected,
        Ok(Err(error)) if error.is_timeout() => Err(too_slow()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(too_slow()),
    }
}

async fn try_connect(target: &Target) -> RedisResult<Result<Connected, String>> {
    let client = match target {
        Target::Server(info) => Client::open(info.as_ref().clone())?,
        Target::Sentinel { .. } => primary(target, 0).await?,
    };
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT_TIMEOUT))
        .set_response_timeout(None);
    let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
    // A Redis user may have no right to this.
    let mut info = redis::pipe();
    info.cmd("INFO").arg("server").cmd("INFO").arg("replication");
    let info: [String; 2] = match info.query_async(&mut connection).await {
        Err(error) if is_broken(&error) => return Err(error),
        info => info.unwrap_or_default(),
    };
    let info = info.concat();
    let value = |name: &str| info.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    if matches!(target, Target::Sentinel { .. }) && value("role:") == Some("slave") {
        return Ok(Err("the server that the Sentinels name as the primary is a replica".into()));
    }
    Ok(Ok(Connected { connection, run: value("run_id:").map(Into::into) }))
}

/// The primary that the Sentinels name. If Redis has a password, its Sentinels may have the same one or none.
/// Sentinels without a password refuse credentials, so the first attempt is without them.
async fn primary(target: &Target, credentials: usize) -> RedisResult<Client> {
    let Target::Sentinel { sentinels, name, node } = target else {
        return Err(RedisError::from((redis::ErrorKind::InvalidClientConfig, "no Sentinel")));
    };
    let sentinels = sentinels.iter().map(|each| each[credentials].clone()).collect();
    let node = Some(node.as_ref().clone());
    let mut client = SentinelClient::build(sentinels, name, node, SentinelServerType::Master)?;
    match client.async_get_client().await {
        Err(error) if credentials == 0 && error.code() == Some("NOAUTH") => {
            Box::pin(primary(target, 1)).await
        }
        client => client,
    }
}

/// Whether the connection is no longer usable: it is closed, or leads to a Redis that no longer takes writes
/// because another has taken its place.
pub(super) fn is_broken(error: &RedisError) -> bool {
    error.is_connection_dropped()
        || error.is_unrecoverable_error()
        || error.code() == Some("READONLY")
}
