//! [`Forwarder`]: another address of a server, which records what passes.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rocket::tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use rocket::tokio::net::{TcpListener, TcpStream};
use rocket::tokio::task::{JoinHandle, JoinSet};
use rocket::tokio::{join, spawn};
use url::Url;

/// Another address of a server, until it is stopped.
pub struct Forwarder {
    /// `http://127.0.0.1:<port>`.
    pub origin: String,
    bytes: Arc<Mutex<Vec<u8>>>,
    round_trips: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Forwarder {
    /// Another address of the server at this one.
    ///
    /// # Panics
    ///
    /// If there is no free port.
    pub async fn to(origin: &str) -> Self {
        let server = Url::parse(origin).expect("an origin").socket_addrs(|| None);
        let server = server.expect("an address")[0];
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let bytes = Arc::<Mutex<Vec<u8>>>::default();
        let recorded = Arc::clone(&bytes);
        let round_trips = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&round_trips);
        let task = spawn(async move {
            // What was connected ends with the forwarder.
            let mut connected = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                let (recorded, counted) = (Arc::clone(&recorded), Arc::clone(&counted));
                connected.spawn(async move {
                    let Ok(far) = TcpStream::connect(server).await else { return };
                    let ((near_in, near_out), (far_in, far_out)) = (split(near), split(far));
                    let asked = AtomicBool::new(false);
                    let ask = || asked.store(true, Ordering::SeqCst);
                    let answer = || {
                        if asked.swap(false, Ordering::SeqCst) {
                            counted.fetch_add(1, Ordering::SeqCst);
                        }
                    };
                    join!(
                        copy(near_in, far_out, &recorded, ask),
                        copy(far_in, near_out, &recorded, answer)
                    );
                });
            }
        });
        Self { origin, bytes, round_trips, task }
    }

    /// Closes the address and all connections.
    pub fn stop(&self) {
        self.task.abort();
    }

    /// How often an answer has come back to a question on one of the connections. Questions that are asked
    /// before the first of them is answered are one round trip.
    pub fn round_trips(&self) -> usize {
        self.round_trips.load(Ordering::SeqCst)
    }

    /// All that has passed, in both directions.
    pub fn recorded(&self) -> String {
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

async fn copy(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    recorded: &Mutex<Vec<u8>>,
    passes: impl Fn(),
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        recorded.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&buffer[..count]);
        passes();
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}
