//! [`Browser`]: speaks HTTP over one connection to each server, and keeps cookies as browsers do.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use url::Url;

/// A browser. It follows no redirects by itself, and keeps cookies for each host and port.
#[derive(Default)]
pub struct Browser {
    connections: HashMap<String, Connection>,
    cookies: HashMap<String, BTreeMap<String, String>>,
}

/// A connection that is kept alive.
pub struct Connection(BufReader<TcpStream>);

/// The answer to a request.
#[derive(Debug, Default)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Where it redirects to, if it does.
    pub location: Option<String>,
    /// The body.
    pub body: String,
    set_cookies: Vec<String>,
    ends_connection: bool,
}

impl Browser {
    /// Goes to a page.
    ///
    /// # Errors
    ///
    /// If the server cannot be reached or does not speak HTTP/1.1.
    pub fn get(&mut self, url: &str) -> io::Result<Answer> {
        self.request("GET", url, "", "")
    }

    /// Sends a body.
    ///
    /// # Errors
    ///
    /// If the server cannot be reached or does not speak HTTP/1.1.
    pub fn post(&mut self, url: &str, content_type: &str, body: &str) -> io::Result<Answer> {
        self.request("POST", url, content_type, body)
    }

    /// Signs in at the site as this user of the test provider, and shows the session once.
    ///
    /// # Errors
    ///
    /// If one of the steps fails; the error says what was answered.
    pub fn sign_in(&mut self, site: &str, username: &str) -> io::Result<()> {
        let start = self.get(&format!("{site}/auth/sign-in?return_to=/account"))?;
        let callback = self.authorize(start.leads_to()?, username)?;
        let done = self.get(&callback)?;
        let account = self.get(&format!("{site}{}", done.leads_to()?))?;
        if account.status == 200 { Ok(()) } else { Err(account.unexpected()) }
    }

    /// Goes through an authorization URL of the test provider as this user, and answers with the
    /// callback. The provider remembers the browser, so that further times are silent.
    ///
    /// # Errors
    ///
    /// If the provider does not lead back.
    pub fn authorize(&mut self, url: &str, username: &str) -> io::Result<String> {
        let mut answer = self.get(url)?;
        if answer.leads_to()?.starts_with('/') {
            let sign_in = Url::parse(url).and_then(|url| url.join("/sign-in"));
            let sign_in = sign_in.map_err(io::Error::other)?;
            let form = format!("username={username}");
            answer = self.post(sign_in.as_str(), "application/x-www-form-urlencoded", &form)?;
        }
        answer.leads_to().map(str::to_owned)
    }

    /// Forgets the cookies of one server.
    pub fn forget(&mut self, site: &str) {
        if let Ok((host, _)) = split(site) {
            self.cookies.remove(&host);
        }
    }

    /// The Cookie header for a server, without its name.
    pub fn cookies(&self, site: &str) -> String {
        let cookies = split(site).ok().and_then(|(host, _)| self.cookies.get(&host));
        let pairs = cookies.into_iter().flatten().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    fn request(
        &mut self,
        method: &str,
        url: &str,
        content_type: &str,
        body: &str,
    ) -> io::Result<Answer> {
        let (host, target) = split(url)?;
        let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n");
        head.push_str("Accept: text/html\r\n");
        if method == "POST" {
            head.extend(["Origin: http://", &host, "\r\n"]);
        }
        let cookies = self.cookies(url);
        if !cookies.is_empty() {
            head.extend(["Cookie: ", &cookies, "\r\n"]);
        }
        if !content_type.is_empty() {
            let length = body.len().to_string();
            head.extend(["Content-Type: ", content_type, "\r\nContent-Length: ", &length, "\r\n"]);
        }
        let message = format!("{head}\r\n{body}");
        let known = self.connections.remove(&host).map(Ok);
        let mut connection = known.unwrap_or_else(|| Connection::open(&host))?;
        let answer = if let Ok(answer) = connection.send(message.as_bytes()) {
            answer
        } else {
            // The server may have closed a connection that was idle.
            connection = Connection::open(&host)?;
            connection.send(message.as_bytes())?
        };
        if !answer.ends_connection {
            self.connections.insert(host.clone(), connection);
        }
        let jar = self.cookies.entry(host).or_default();
        for cookie in &answer.set_cookies {
            keep(jar, cookie);
        }
        Ok(answer)
    }
}

impl Connection {
    /// Connects to a host and port.
    ///
    /// # Errors
    ///
    /// If nobody listens there.
    pub fn open(host: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends one request as it is written, and reads the answer.
    ///
    /// # Errors
    ///
    /// If the connection ends, or the answer is not HTTP/1.1 with a `Content-Length`.
    pub fn send(&mut self, message: &[u8]) -> io::Result<Answer> {
        self.0.get_mut().write_all(message)?;
        let mut answer = Answer::default();
        let status = self.line()?;
        answer.status = status.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or(0);
        let mut length = 0;
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().map_err(io::Error::other)?,
                "location" => answer.location = Some(value.to_owned()),
                "set-cookie" => answer.set_cookies.push(value.to_owned()),
                "connection" => answer.ends_connection = value.eq_ignore_ascii_case("close"),
                "transfer-encoding" => return Err(io::Error::other("an answer in chunks")),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        answer.body = String::from_utf8(body).map_err(io::Error::other)?;
        Ok(answer)
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.0.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}

impl Answer {
    /// Where it redirects to.
    ///
    /// # Errors
    ///
    /// If it does not.
    pub fn leads_to(&self) -> io::Result<&str> {
        self.location.as_deref().ok_or_else(|| self.unexpected())
    }

    /// This answer as an error: another one was expected.
    pub fn unexpected(&self) -> io::Error {
        io::Error::other(format!("unexpected answer: {self:?}"))
    }
}

/// The host with its port, and the rest.
fn split(url: &str) -> io::Result<(String, String)> {
    let url = Url::parse(url).map_err(io::Error::other)?;
    let host = format!("{}:{}", url.host_str().unwrap_or_default(), url.port().unwrap_or(80));
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    Ok((host, target.to_owned()))
}

/// Takes a cookie, or the deletion of one.
fn keep(jar: &mut BTreeMap<String, String>, cookie: &str) {
    let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
    let Some((name, value)) = pair.split_once('=') else { return };
    if attributes.to_ascii_lowercase().contains("max-age=0") {
        jar.remove(name);
    } else {
        jar.insert(name.to_owned(), value.to_owned());
    }
}
