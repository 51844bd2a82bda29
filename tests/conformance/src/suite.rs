//! [`Suite`]: a conformance suite that runs somewhere, by its REST API.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use rocket::tokio::time::{Instant, sleep};
use serde_json::{Value, json};
use url::Url;

use crate::environment::Environment;
use crate::plan::Plan;

/// How long a module may take to get into a state. Those that wait for a request that must not come wait
/// five seconds.
const LONGEST: Duration = Duration::from_secs(60);

/// How often its state is asked for.
const EVERY: Duration = Duration::from_millis(200);

/// How often a module is started that does not get so far as to wait for the relying party.
const STARTS: usize = 100;

/// A conformance suite.
pub struct Suite {
    client: Client,
    url: Url,
    token: Option<String>,
}

/// A module that the suite runs.
pub struct Running {
    /// Its id.
    pub id: String,
    /// The issuer that it plays.
    pub issuer: String,
}

/// What the suite says of a module that is over.
pub struct Verdict {
    /// `PASSED`, `WARNING`, `REVIEW`, `SKIPPED`, `FAILED`; or the status, if it is not over.
    pub result: String,
    /// What failed, or was warned about, in the suite's words.
    pub reasons: Vec<String>,
}

impl Suite {
    /// The suite that the environment names.
    pub fn new(environment: &Environment) -> Result<Self, String> {
        let (url, token) = (environment.suite.clone(), environment.token.clone());
        Ok(Self { client: environment.client()?, url, token })
    }

    /// Its version and the commit that it was built from.
    pub async fn version(&self) -> Result<String, String> {
        let server = self.call(Method::GET, "api/server", &[], None).await?;
        let text = |name: &str| server[name].as_str().unwrap_or("?").to_owned();
        Ok(format!("version {}, commit {}", text("version"), text("revision")))
    }

    /// Creates a plan, and returns its id and the names of its modules.
    pub async fn create(
        &self,
        plan: &Plan,
        configuration: &Value,
    ) -> Result<(String, Vec<String>), String> {
        let variant = json!({
            "client_auth_type": plan.client_authentication,
            "client_registration": "static_client",
            "request_type": "plain_http_request",
            "response_mode": "default",
            "response_type": "code",
        });
        let variant = of(&variant, plan.variants).to_string();
        let query = [("planName", plan.name), ("variant", &variant)];
        let created = self.call(Method::POST, "api/plan", &query, Some(configuration)).await?;
        let id = created["id"].as_str().ok_or("the suite gives the plan no id")?.to_owned();
        let modules = created["modules"].as_array().into_iter().flatten();
        let modules = modules.filter_map(|module| module["testModule"].as_str());
        Ok((id, modules.map(ToOwned::to_owned).collect()))
    }

    /// Starts a module of a plan, and waits until it waits for the relying party. A module that does not get so far
    /// is started again: in that of a sign-in which another site starts the suite loses a race with itself nine times out of
    /// ten ("Illegal test state change: CREATED -> RUNNING").
    pub async fn start(&self, plan: &str, module: &str) -> Result<Running, String> {
        let mut started = self.start_once(plan, module).await;
        for _ in 1..STARTS {
            if started.is_ok() {
                break;
            }
            started = self.start_once(plan, module).await;
        }
        started
    }

    async fn start_once(&self, plan: &str, module: &str) -> Result<Running, String> {
        let query = [("test", module), ("plan", plan)];
        let started = self.call(Method::POST, "api/runner", &query, None).await?;
        let id = started["id"].as_str().ok_or("the suite gives the module no id")?.to_owned();
        let status = self.wait(&id, &["WAITING", "FINISHED", "INTERRUPTED"]).await?;
        if status != "WAITING" {
            let Verdict { result, reasons } = self.verdict(&id).await?;
            return Err(format!("{module} did not start ({result}): {}", reasons.join("; ")));
        }
        let running = self.call(Method::GET, &format!("api/runner/{id}"), &[], None).await?;
        let issuer = running["exposed"]["issuer"].as_str().ok_or("the suite names no issuer")?;
        Ok(Running { issuer: issuer.to_owned(), id })
    }

    /// Where the suite wants a browser to go, which counts as visited from now on.
    pub async fn visit(&self, running: &Running) -> Result<String, String> {
        let path = format!("api/runner/browser/{}", running.id);
        let begun = Instant::now();
        let url = loop {
            let browser = self.call(Method::GET, &path, &[], None).await?;
            if let Some(url) = browser["urls"][0].as_str() {
                break url.to_owned();
            }
            if begun.elapsed() > LONGEST {
                return Err("the suite does not want a browser".into());
            }
            sleep(EVERY).await;
        };
        self.call(Method::POST, &format!("{path}/visit"), &[("url", &url)], None).await?;
        Ok(url)
    }

    /// What the suite says of a module, once it is over.
    pub async fn result(&self, running: &Running) -> Result<Verdict, String> {
        self.wait(&running.id, &["FINISHED", "INTERRUPTED"]).await?;
        self.verdict(&running.id).await
    }

    async fn verdict(&self, id: &str) -> Result<Verdict, String> {
        let info = self.call(Method::GET, &format!("api/info/{id}"), &[], None).await?;
        let text = |name: &str| info[name].as_str().map(ToOwned::to_owned);
        let is_over = text("status").as_deref() == Some("FINISHED");
        let result = text("result").filter(|_| is_over).or_else(|| text("status"));
        let log = self.call(Method::GET, &format!("api/log/{id}"), &[], None).await?;
        let entries = log.as_array().into_iter().flatten();
        let bad = |entry: &&Value| matches!(entry["result"].as_str(), Some("FAILURE" | "WARNING"));
        let reasons = entries.filter(bad).map(|entry| {
            let [source, message] = ["src", "msg"].map(|name| entry[name].as_str().unwrap_or("?"));
            format!("{source}: {message}")
        });
        let reasons = reasons.collect();
        Ok(Verdict { result: result.unwrap_or_else(|| "UNKNOWN".into()), reasons })
    }

    /// Waits until a module is in one of these states, and returns the one in which it is then.
    async fn wait(&self, id: &str, wanted: &[&str]) -> Result<String, String> {
        let begun = Instant::now();
        loop {
            let info = self.call(Method::GET, &format!("api/info/{id}"), &[], None).await?;
            let status = info["status"].as_str().unwrap_or_default();
            if wanted.contains(&status) || begun.elapsed() > LONGEST {
                return Ok(status.to_owned());
            }
            sleep(EVERY).await;
        }
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Value, String> {
        let mut url = self.url.join(path).map_err(|why| format!("{path}: {why}"))?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = self.client.request(method, url).header("Content-Type", "application/json");
        let token = self.token.as_deref();
        let request = token.into_iter().fold(request, RequestBuilder::bearer_auth);
        let body = body.map(Value::to_string);
        let request = body.into_iter().fold(request, RequestBuilder::body);
        let answer = request.send().await.map_err(|why| format!("{path}: {why:?}"))?;
        let status = answer.status();
        let text = answer.text().await.map_err(|why| format!("{path}: {why}"))?;
        if !status.is_success() {
            return Err(format!("{path}: the suite answered {status}: {text}"));
        }
        match (status, text.is_empty()) {
            (StatusCode::NO_CONTENT, _) | (_, true) => Ok(Value::Null),
            _ => serde_json::from_str(&text).map_err(|why| format!("{path}: no JSON: {why}")),
        }
    }
}

/// Those of the variants that a plan lets one choose.
fn of(all: &Value, names: &[&str]) -> Value {
    names.iter().map(|name| ((*name).to_owned(), all[name].clone())).collect()
}
