//! [`Instance`]: an application in a process of its own, which the program that tests it also is.

use std::env;
use std::error::Error;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;

use rocket::fairing::AdHoc;
use rocket::{Build, Rocket, tokio};

/// The first argument of the program where it is the application.
const ARGUMENT: &str = "instance";

/// What an application prints when it listens.
const LISTENS: &str = "listens";

/// A running application. It ends when this is dropped.
pub struct Instance(Child);

impl Instance {
    /// Starts this program again, with variables added to its environment, and answers when it listens.
    ///
    /// # Errors
    ///
    /// If it does not listen.
    pub fn start<'v>(
        port: u16,
        variables: impl IntoIterator<Item = (&'v str, &'v str)>,
    ) -> io::Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.args([ARGUMENT, &port.to_string()]).envs(variables);
        let mut instance = Self(command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?);
        let output = instance.0.stdout.take().ok_or_else(|| io::Error::other("no output"))?;
        for line in BufReader::new(output).lines() {
            if line? == LISTENS {
                return Ok(instance);
            }
        }
        Err(io::Error::other("an application ended before it listened"))
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // As a machine that fails, not as one that is shut down.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The port that this process listens on, if it is to be the application.
///
/// # Errors
///
/// If it is, and was told none.
pub fn port() -> Result<Option<u16>, Box<dyn Error + Send + Sync>> {
    if env::args().nth(1).as_deref() != Some(ARGUMENT) {
        return Ok(None);
    }
    Ok(Some(env::args().nth(2).ok_or("no port")?.parse()?))
}

/// Serves until the standard input ends, as it does with the process that has started this one.
///
/// # Errors
///
/// If it does not launch.
pub async fn serve(rocket: Rocket<Build>) -> Result<(), Box<dyn Error + Send + Sync>> {
    let listening = AdHoc::on_liftoff("Listening", |_| {
        Box::pin(async {
            println!("{LISTENS}");
            let _ = io::stdout().flush();
        })
    });
    let rocket = rocket.attach(listening).ignite().await?;
    let shutdown = rocket.shutdown();
    thread::spawn(move || {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        shutdown.notify();
    });
    tokio::spawn(rocket.launch()).await??;
    Ok(())
}
