//! [`Logto::diagnose`]: checks of the set-up.

use std::sync::Arc;

use super::{Client, Logto};
use crate::config::ProxyPrefix;
use crate::diagnose::{Addresses, Application, Case, Diagnosis, Doctor, Site};
use crate::host::HostId;
use crate::local_path::LocalPath;

impl Logto {
    /// Checks the set-up: Logto is at the configured address, and its clock agrees with that of this machine.
    /// Logto knows the application, its secret and its redirect URIs, and accepts the scopes and API resources
    /// of its sign-ins. The address of the site leads to this process, and the session store keeps records.
    /// Each [finding](crate::Finding) that is not good says what to do. The [manual](crate::guide::diagnosis)
    /// lists the findings.
    ///
    /// A diagnosis makes at most twelve requests to Logto and a few to the site itself. Each request ends
    /// within `timeout`, and within 10 seconds at most. A process runs at most one diagnosis a minute: within a
    /// minute this function returns the last one, and concurrent callers share one. In the debug profile a
    /// diagnosis runs automatically after the first request over the network, unless `logto.diagnose` is
    /// `false`.
    ///
    /// This function never fails. If a check cannot find out the answer, the finding is
    /// [unknown](crate::DiagnosisOutcome::Unknown).
    ///
    /// # Security
    ///
    /// A diagnosis signs nobody in or out. The app secret is sent only to the token endpoint of a discovery
    /// document that names the configured issuer, and no finding contains it. Show the diagnosis only to the
    /// operators of the application.
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

    /// Runs the diagnosis, or returns the result of the last minute.
    pub async fn diagnose(&self) -> Diagnosis {
        // In a box, because it is large and rarely used.
        Box::pin(self.doctor.diagnose(|| self.case())).await
    }

    /// The input of a diagnosis.
    pub fn case(&self) -> Case {
        let addresses = self.host_ids().map(|host| Addresses {
            redirect_uri: self.redirect_uri(host),
            post_sign_out_uri: self.post_sign_out_uri(host),
        });
        let asked = self.asked();
        let application = Application {
            oidc: Arc::clone(self.oidc()),
            addresses: addresses.collect(),
            scopes: asked.each_scope().map(ToOwned::to_owned).collect(),
            resources: asked.resources,
            sessions: Arc::clone(self.sessions()),
            site: self.site(),
        };
        Case { issuer: Arc::clone(self.oidc().issuer()), application: Some(application) }
    }

    /// The path, as Rocket has it, of the route at which a diagnosis looks.
    pub fn diagnosed_path(&self) -> LocalPath {
        self.settings().mounted_at().join(self.diagnosed_route())
    }

    /// The route at which a diagnosis looks whether the address of the site leads here. `HEAD` of it has no
    /// effect.
    fn diagnosed_route(&self) -> &str {
        &self.settings().routes.sign_out_callback
    }

    fn site(&self) -> Site {
        let base_urls = &self.settings().base_urls;
        let route = self.diagnosed_route();
        let routes = self.host_ids().map(|host: HostId| self.route_url(host, route)).collect();
        let outside = self.settings().base_path().join(route).to_string();
        let inside = LocalPath::root().join(self.settings().base.as_str()).join(route).to_string();
        let (paths, other_proxy_prefix) = match base_urls.proxy_prefix {
            ProxyPrefix::Keep => ([outside, inside], "strip"),
            ProxyPrefix::Strip => ([inside, outside], "keep"),
        };
        Site { key: base_urls.key(), routes, paths, other_proxy_prefix }
    }
}
