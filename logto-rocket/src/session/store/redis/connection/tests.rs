//! When a connection is made, who shares it and when it is given up, at a server that counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rocket::futures::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// Answers every command with `OK`, or closes.
struct Server {
    connection: Arc<Connection>,
    clock: Clock,
    accepted: Arc<AtomicUsize>,
    closes: Arc<AtomicBool>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("redis://{}", listener.local_addr().unwrap());
        let clock = Clock::frozen();
        let mut connection = Connection::new(RedisUrl::parse(&url).unwrap());
        connection.clock = clock.clone();
        let (accepted, closes) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let (counter, closing) = (Arc::clone(&accepted), Arc::clone(&closes));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, Arc::clone(&closing)));
            }
        });
        Self { connection: Arc::new(connection), clock, accepted, closes }
    }

    fn closes(&self, closes: bool) {
        self.closes.store(closes, Ordering::SeqCst);
    }

    fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    async fn ask(&self) -> Result<String, StoreError> {
        self.connection.ask(&redis::cmd("SET")).await
    }

    fn is_away(&self) -> bool {
        self.connection.state().is_away
    }
}

async fn serve(mut stream: TcpStream, closes: Arc<AtomicBool>) {
    let mut read = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut read).await {
        if closes.load(Ordering::SeqCst) {
            return;
        }
        let commands = String::from_utf8_lossy(&read[..length]).matches('*').count();
        stream.write_all("+OK\r\n".repeat(commands).as_bytes()).await.unwrap();
    }
}

#[tokio::test]
async fn all_callers_share_one_connection() {
    let server = Server::start().await;
    for answer in join_all((0..5).map(|_| server.ask())).await {
        assert_eq!(answer.unwrap(), "OK");
    }
    assert_eq!(server.ask().await.unwrap(), "OK");
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn a_failure_to_connect_stands_for_a_moment() {
    let server = Server::start().await;
    server.closes(true);
    assert!(join_all((0..5).map(|_| server.ask())).await.iter().all(Result::is_err));
    assert!(server.ask().await.is_err());
    assert_eq!(server.accepted(), 1);
    assert!(server.is_away());
    server.closes(false);
    assert!(server.ask().await.is_err(), "within the backoff");
    server.clock.advance(Duration::from_secs(1));
    assert_eq!(server.ask().await.unwrap(), "OK");
    assert_eq!(server.accepted(), 2);
    assert!(!server.is_away());
}

#[tokio::test]
async fn a_failure_that_no_caller_waited_for_is_the_answer_to_the_next() {
    let server = Server::start().await;
    server.closes(true);
    tokio::select! {
        biased;
        _ = server.ask() => panic!("it was to be cancelled"),
        () = tokio::task::yield_now() => {}
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(server.accepted(), 1);
    server.clock.advance(Duration::from_secs(1));
    server.closes(false);
    assert!(server.ask().await.is_err());
    assert_eq!(server.accepted(), 1);
    server.clock.advance(Duration::from_secs(1));
    assert_eq!(server.ask().await.unwrap(), "OK");
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn a_connection_that_breaks_is_made_again_at_once() {
    let server = Server::start().await;
    assert_eq!(server.ask().await.unwrap(), "OK");
    server.closes(true);
    // The command is repeated on a second connection, which fails while it is made.
    assert!(server.ask().await.is_err());
    assert_eq!(server.accepted(), 2);
    server.closes(false);
    server.clock.advance(Duration::from_secs(1));
    assert_eq!(server.ask().await.unwrap(), "OK");
    assert_eq!(server.accepted(), 3);
}

#[tokio::test]
async fn a_connection_is_given_up_only_by_those_who_used_it() {
    let server = Server::start().await;
    assert_eq!(server.ask().await.unwrap(), "OK");
    server.connection.give_up(0);
    server.connection.give_up(2);
    assert_eq!(server.ask().await.unwrap(), "OK");
    assert_eq!(server.accepted(), 1);
    server.connection.give_up(1);
    assert_eq!(server.ask().await.unwrap(), "OK");
    assert_eq!(server.accepted(), 2);
}
