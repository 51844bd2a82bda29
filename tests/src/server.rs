//! [`Server`]: an application that listens on the network.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};

use rocket::fairing::AdHoc;
use rocket::figment::Figment;
use rocket::tokio::spawn;
use rocket::tokio::sync::oneshot;
use rocket::tokio::task::JoinHandle;
use rocket::{Build, Ignite, Rocket, Shutdown};

use crate::app::figment;
use crate::certificates::Certificates;

/// An application that listens. It goes on when this is dropped.
pub struct Server {
    shutdown: Shutdown,
    served: JoinHandle<Result<Rocket<Ignite>, rocket::Error>>,
}

impl Server {
    /// Launches an application at this port of 127.0.0.1, and answers when it listens. Its set-up is not
    /// diagnosed by itself.
    ///
    /// # Panics
    ///
    /// If it does not launch.
    pub async fn launch(rocket: Rocket<Build>, port: u16) -> Self {
        // Its requests are none of those that tests count.
        Self::launch_with(rocket, figment().merge(("logto.diagnose", false)), port).await
    }

    /// The same with TLS.
    ///
    /// # Panics
    ///
    /// If it does not launch.
    pub async fn launch_tls(rocket: Rocket<Build>, port: u16, tls: &Certificates) -> Self {
        let figment = figment().merge(("logto.diagnose", false));
        let figment = figment.merge(("tls.certs", tls.certificate()));
        Self::launch_with(rocket, figment.merge(("tls.key", tls.key())), port).await
    }

    /// The same with these settings of Rocket.
    ///
    /// # Panics
    ///
    /// If it does not launch.
    pub async fn launch_with(rocket: Rocket<Build>, figment: Figment, port: u16) -> Self {
        let (listening, listens) = oneshot::channel();
        let listening = AdHoc::on_liftoff("Listening", |_| {
            Box::pin(async move { listening.send(()).expect("the receiver waits") })
        });
        let figment = figment.merge(("port", port)).merge(("cli_colors", false));
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

/// A port of 127.0.0.1 that nothing listens on, for a server that stops and comes back or that a browser
/// visits. It is below the ports that the system gives to connections, so that none of them takes it while
/// the server is away, and this process gives it to no other test.
///
/// # Panics
///
/// If there is none.
pub fn free_port() -> u16 {
    const FIRST: u32 = 20_000;
    const COUNT: u32 = 12_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Processes that run at the same time begin at different places.
    let start = std::process::id().wrapping_mul(97);
    let mut ports = std::iter::repeat_with(|| {
        let next = start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        u16::try_from(FIRST + next % COUNT).expect("below 65,536")
    });
    let free =
        ports.by_ref().take(1_000).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.expect("127.0.0.1 has a free port")
}
