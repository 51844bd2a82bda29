//! [`Logto::diagnose`]: what is wrong with the set-up.

use std::sync::Arc;

use super::{Client, Logto};
use crate::config::ProxyPrefix;
use crate::diagnose::{Addresses, Application, Case, Diagnosis, Doctor, Site};
use crate::host::HostId;
use crate::local_path::LocalPath;

/// The route at which a diagnosis looks whether the address of the site leads here. `HEAD` of it has no
/// effect.
const ROUTE: &str = "sign-out-callback";

impl Logto {
    /// Looks whether the set-up is right: Logto is where the configuration says, both clocks agree, Logto
    /// knows the application, its secret, its redirect URIs and the API resources that sign-ins ask for,
    /// the address of the site leads to this process, and the session store keeps what is written to it.
    /// Each [finding](crate::Finding) that is not good says what to do; the [manual](crate::guide::diagnosis) lists
    /// them.
    ///
    /// It makes at most twelve requests to Logto, a few to the site itself, and never more than once a
    /// minute in one process: within a minute the last diagnosis is returned, and callers at the same time
    /// share one. Each request ends within `timeout`, and within 10 seconds at most. In the debug profile
    /// it runs by itself after the first request over the network, unless `logto.diagnose` is `false`.
    ///
    /// It never fails: what cannot be found out is [unknown](crate::DiagnosisOutcome::Unknown).
    ///
    /// # Security
    ///
    /// Nobody is signed in or out. The app secret is sent only to the token endpoint of a discovery
    /// document that names the configured issuer, and is in no finding. Let only those see the diagnosis
    /// who run the application.
    ///
    /// ```
    /// # #[macro_use] extern crate rocket;
    /// use logto_rocket::{Logto, authenticated};
    ///
    /// #[authenticated(role = "admin")]
    /// #[get("/operations/diagnosis")]
    /// async fn diagnosis(logto: &Logto) -> String {
    ///     logto.diagnose().await.to_string()
    /// }
    /// ```
    pub async fn diagnose(&self) -> Diagnosis {
        self.client().diagnose().await
    }
}

impl Client {
    pub fn doctor(&self) -> &Arc<Doctor> {
        &self.doctor
    }

    /// What is found of the set-up, or was found a minute ago at most.
    pub async fn diagnose(&self) -> Diagnosis {
        // In a box, because it is rare and has much to wait for.
        Box::pin(self.doctor.diagnose(|| self.case())).await
    }

    /// What a diagnosis looks at.
    pub fn case(&self) -> Case {
        let addresses = self.host_ids().map(|host| Addresses {
            redirect_uri: self.route_url(host, "sign-in-callback"),
            post_sign_out_uri: self.route_url(host, "sign-out-callback"),
        });
        let application = Application {
            oidc: Arc::clone(self.oidc()),
            addresses: addresses.collect(),
            resources: self.resources(),
            sessions: Arc::clone(self.sessions()),
            site: self.site(),
        };
        Case { issuer: Arc::clone(self.oidc().issuer()), application: Some(application) }
    }

    /// The path, as Rocket has it, of the route at which a diagnosis looks.
    pub fn diagnosed_path(&self) -> LocalPath {
        self.settings().mounted_at().join(ROUTE)
    }

    fn site(&self) -> Site {
        let base_urls = &self.settings().base_urls;
        let routes = self.host_ids().map(|host: HostId| self.route_url(host, ROUTE)).collect();
        let outside = self.route(ROUTE).to_string();
        let inside = LocalPath::root().join(self.settings().base.as_str()).join(ROUTE).to_string();
        let (paths, other_proxy_prefix) = match base_urls.proxy_prefix {
            ProxyPrefix::Keep => ([outside, inside], "strip"),
            ProxyPrefix::Strip => ([inside, outside], "keep"),
        };
        Site { key: base_urls.key(), routes, paths, other_proxy_prefix }
    }
}
