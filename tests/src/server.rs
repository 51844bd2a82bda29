//! [`Server`]: an application that listens on the network.

use std::net::TcpListener;

use rocket::fairing::AdHoc;
use rocket::tokio::spawn;
use rocket::tokio::sync::oneshot;
use rocket::tokio::task::JoinHandle;
use rocket::{Build, Ignite, Rocket, Shutdown};

use crate::app::figment;

/// An application that listens. It goes on when this is dropped.
pub struct Server {
    shutdown: Shutdown,
    served: JoinHandle<Result<Rocket<Ignite>, rocket::Error>>,
}

impl Server {
    /// Launches an application at this port of 127.0.0.1, and answers when it listens.
    ///
    /// # Panics
    ///
    /// If it does not launch.
    pub async fn launch(rocket: Rocket<Build>, port: u16) -> Self {
        let (listening, listens) = oneshot::channel();
        let listening = AdHoc::on_liftoff("Listening", |_| {
            Box::pin(async move { listening.send(()).expect("the receiver waits") })
        });
        let figment = figment().merge(("port", port)).merge(("cli_colors", false));
        let rocket = rocket.configure(figment).attach(listening);
        let rocket = rocket.ignite().await.expect("a launch");
        let shutdown = rocket.shutdown();
        let served = spawn(rocket.launch());
        listens.await.expect("it listens");
        Self { shutdown, served }
    }

    /// Ends it, and waits until it has ended.
    ///
    /// # Panics
    ///
    /// If it did not serve.
    pub async fn stop(self) {
        self.shutdown.notify();
        self.served.await.expect("no panic").expect("it served");
    }
}

/// A port of 127.0.0.1 that nothing listened on a moment ago, for an application that a browser visits.
///
/// # Panics
///
/// If there is none.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("127.0.0.1 has a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}
