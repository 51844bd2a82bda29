use std::net::Ipv4Addr;
use std::pin::pin;

use rocket::Shutdown;
use rocket::config::{Config, LogLevel, Shutdown as ShutdownConfig};
use rocket::fairing::AdHoc;
use rocket::tokio::{self, sync::oneshot, task::JoinHandle};

use super::background::Background;
use super::error::IdpError;
use super::faulty::Faulty;
use super::routes::{catchers, routes};
use super::shared::Shared;

/// A launched Rocket. Dropping it stops the server.
pub(super) struct Server {
    pub(super) port: u16,
    shutdown: Shutdown,
    task: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on 127.0.0.1; port 0 is any free one.
    pub(super) async fn launch(
        background: &Background,
        shared: &Shared,
        port: u16,
    ) -> Result<Self, IdpError> {
        background.run(Self::launch_there(shared.clone(), port)).await?
    }

    /// The same; it blocks the thread meanwhile.
    pub(super) fn launch_blocking(
        background: &Background,
        shared: &Shared,
        port: u16,
    ) -> Result<Self, IdpError> {
        background.run_blocking(Self::launch_there(shared.clone(), port))?
    }

    async fn launch_there(shared: Shared, port: u16) -> Result<Self, IdpError> {
        // Rocket sets the level of the whole process at each launch; the application's own stays.
        let level = log::max_level();
        let launched = Self::launch_silently(shared, port).await;
        log::set_max_level(level);
        launched
    }

    /// Stops listening and waits until it is done.
    pub(super) async fn stop(mut self) {
        self.shutdown.clone().notify();
        if let Some(task) = self.task.take() {
            // The only error of a task is that it was aborted or panicked: it has ended.
            task.await.ok();
        }
    }

    async fn launch_silently(shared: Shared, port: u16) -> Result<Self, IdpError> {
        let config = Config {
            address: Ipv4Addr::LOCALHOST.into(),
            port,
            log_level: LogLevel::Off,
            // Nothing waits for a client, and Ctrl-C belongs to the application.
            shutdown: ShutdownConfig {
                ctrlc: false,
                #[cfg(unix)]
                signals: std::collections::HashSet::new(),
                grace: 0,
                mercy: 0,
                ..ShutdownConfig::default()
            },
            ..Config::debug_default()
        };
        let (lifted_off, port) = oneshot::channel();
        let rocket = rocket::custom(config)
            .manage(shared.clone())
            .mount("/", routes())
            .register("/", catchers())
            .attach(Faulty(shared))
            .attach(AdHoc::on_liftoff("Port", |rocket| {
                Box::pin(async move {
                    // The receiver is gone if the start was cancelled.
                    lifted_off.send(rocket.config().port).ok();
                })
            }))
            .ignite()
            .await
            .map_err(|error| IdpError::Launch(error.to_string()))?;
        let shutdown = rocket.shutdown();
        let (launched, outcome) = oneshot::channel();
        let task = tokio::spawn(async move {
            let mut launch = pin!(rocket.launch());
            tokio::select! {
                // Rocket runs the fairings and then reports its port, without a pause between.
                biased;
                ended = &mut launch => {
                    let why = match ended {
                        Ok(_) => "it was shut down".into(),
                        Err(error) => error.to_string(),
                    };
                    launched.send(Err(IdpError::Launch(why))).ok();
                }
                Ok(port) = port => {
                    // Without a receiver it ends here.
                    if launched.send(Ok(port)).is_ok() {
                        launch.await.ok();
                    }
                }
            }
        });
        let port = outcome.await.map_err(|_| IdpError::Launch("its task ended".into()))??;
        Ok(Self { port, shutdown, task: Some(task) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shutdown.clone().notify();
    }
}
