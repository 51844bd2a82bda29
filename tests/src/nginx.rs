//! [`Nginx`]: a real nginx as it comes, in front of an application.

use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rocket::tokio::task::yield_now;
use rocket::tokio::time::timeout;

use crate::prerequisites::{available, on_path};
use crate::server::free_port;
use crate::wait::WATCHDOG;

/// A running nginx. It ends, and its files go, when this is dropped.
pub struct Nginx {
    process: Child,
    directory: PathBuf,
    /// Where it listens, at 127.0.0.1.
    pub port: u16,
}

impl Nginx {
    /// Starts one in front of an application at this port; `None` where there is no nginx. It has no
    /// directive beyond what a reverse proxy needs, so that every limit is the default.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub async fn before(application: u16) -> Option<Self> {
        let pass = format!("proxy_pass http://127.0.0.1:{application};");
        Self::serving(&format!("location / {{ {pass} proxy_set_header Host $host; }}")).await
    }

    /// Starts one with these directives for what it serves; `None` where there is no nginx.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub async fn serving(server: &str) -> Option<Self> {
        // Debian installs it where only root's path leads.
        let path = PathBuf::from("/usr/sbin/nginx");
        let found = on_path("nginx") || path.is_file();
        available((!found).then(|| "nginx is not installed".into()))?;
        let program = if on_path("nginx") { PathBuf::from("nginx") } else { path };
        let port = free_port();
        let directory = std::env::temp_dir().join(format!("nginx-{}-{port}", std::process::id()));
        fs::create_dir_all(&directory).expect("a directory");
        let configuration = format!(
            "daemon off; pid {directory}/pid; error_log {directory}/error.log;\n\
             events {{}}\n\
             http {{ access_log off;\n\
             client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;\n\
             fastcgi_temp_path {directory}/f; uwsgi_temp_path {directory}/u;\n\
             scgi_temp_path {directory}/s;\n\
             server {{ listen 127.0.0.1:{port};\n\
             {server} }} }}\n",
            directory = directory.display()
        );
        let file = directory.join("nginx.conf");
        fs::write(&file, configuration).expect("a configuration");
        let process = Command::new(program)
            .arg("-c")
            .arg(&file)
            .args(["-e", "stderr"])
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx starts");
        let nginx = Self { process, directory, port };
        let listens = async {
            while TcpStream::connect(("127.0.0.1", port)).is_err() {
                yield_now().await;
            }
        };
        timeout(WATCHDOG, listens).await.expect("nginx listens");
        Some(nginx)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its worker ends with it.
        let id = self.process.id().to_string();
        Command::new("kill").args(["-QUIT", &id]).status().ok();
        self.process.wait().ok();
        fs::remove_dir_all(&self.directory).ok();
    }
}
