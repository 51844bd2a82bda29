//! [`Flows`]: the sign-ins of one browser, and the room that their cookies have.

use rocket::Request;

use super::flow::Flow;
use super::write::bytes_in_header;
use super::{CookieWrite, Cookies};
use crate::local_path::LocalPath;

/// The maximum number of sign-ins in progress in one browser.
const MAX_FLOWS: usize = 5;

/// The most bytes of a `Cookie` header that all of them take together. Anybody can have a browser begin
/// sign-ins, and servers refuse a header that is too large: nginx one of 8 kB.
const MAX_BYTES: usize = 3000;

/// The sign-ins of one browser, those first that were started first.
pub(crate) struct Flows(Vec<FlowCookie>);

/// A cookie of a sign-in.
struct FlowCookie {
    name: String,
    bytes: usize,
    /// `None` if it cannot be read.
    flow: Option<Flow>,
}

impl Cookies {
    /// The sign-ins whose cookies the request carries, also those that cannot be read.
    pub fn flows(&self, request: &Request<'_>) -> Flows {
        let prefix = self.names.flows();
        let cookies = request.cookies().iter().filter(|cookie| cookie.name().starts_with(prefix));
        let mut flows: Vec<_> = cookies
            .map(|cookie| FlowCookie {
                name: cookie.name().to_owned(),
                bytes: bytes_in_header(cookie.name(), cookie.value()),
                flow: self.read_flow(cookie.name(), cookie.value()),
            })
            .collect();
        flows.sort_by_key(|cookie| cookie.flow.as_ref().map(|flow| flow.started_at));
        Flows(flows)
    }

    /// The page that the sign-in with this `state` was to return to, also if it took too long, or,
    /// without a `state`, that of the only one in progress. Nothing is proven by it: it is for a link.
    pub fn page_of_flow(&self, request: &Request<'_>, state: Option<&str>) -> Option<LocalPath> {
        if let Some(state) = state {
            return self.flow(request, state)?.return_to;
        }
        let flows = self.flows(request);
        let mut in_progress =
            flows.readable().map(|(_, flow)| flow).filter(|it| !it.finished && !self.is_late(it));
        match (in_progress.next(), in_progress.next()) {
            (Some(flow), None) => flow.return_to.clone(),
            _ => None,
        }
    }

    /// The cookie of a sign-in that begins, and what makes room for it: the cookies that cannot be read
    /// or whose time is over go, then the oldest gives up the page to return to, or goes.
    pub fn begin_flow(&self, flow: &Flow, flows: &Flows) -> Vec<CookieWrite> {
        let Some(mut new) = self.flow_write(flow) else { return Vec::new() };
        if new.bytes() > MAX_BYTES {
            // Of signs that JSON writes as two.
            let shorter = Flow { return_to: None, ..flow.clone() };
            new = self.flow_write(&shorter).unwrap_or(new);
        }
        let is_in_time =
            |cookie: &&FlowCookie| cookie.flow.as_ref().is_some_and(|flow| !self.is_late(flow));
        let (stay, go): (Vec<_>, Vec<_>) = flows.0.iter().partition(is_in_time);
        let mut writes: Vec<_> = go.into_iter().map(FlowCookie::deletion).collect();
        let total = new.bytes() + stay.iter().map(|it| it.bytes).sum::<usize>();
        writes.extend(self.room(&stay, stay.len() + 1, total));
        writes.push(new);
        writes
    }

    /// What makes room, at the end of a request, if its browser has more sign-ins than there may be: one
    /// that begins many at the same moment sends none of them with the next. `written` is what the response
    /// writes already; that stays as it is.
    pub fn surplus_flows(&self, flows: &Flows, written: &[CookieWrite]) -> Vec<CookieWrite> {
        let rest = flows.0.iter().filter(|it| written.iter().all(|write| write.name != it.name));
        let prefix = self.names.flows();
        let set = written.iter().filter(|it| it.value.is_some() && it.name.starts_with(prefix));
        let (mut count, mut total) = (0, 0);
        let (kept, added) = (rest.clone().map(|it| it.bytes), set.map(CookieWrite::bytes));
        for bytes in kept.chain(added) {
            count += 1;
            total += bytes;
        }
        if count <= MAX_FLOWS && total <= MAX_BYTES {
            return Vec::new();
        }
        self.room(&rest.collect::<Vec<_>>(), count, total)
    }

    /// Makes room where there are so many sign-ins with so many bytes: of these, which are in the order in
    /// which they are given up, each gives up the page to return to, if that is enough, or goes.
    fn room(
        &self,
        oldest_first: &[&FlowCookie],
        mut count: usize,
        mut total: usize,
    ) -> Vec<CookieWrite> {
        let mut writes = Vec::new();
        for oldest in oldest_first {
            if count <= MAX_FLOWS && total <= MAX_BYTES {
                break;
            }
            total -= oldest.bytes;
            let shorter = oldest.without_return_to().and_then(|flow| self.flow_write(&flow));
            let fits = |it: &CookieWrite| count <= MAX_FLOWS && total + it.bytes() <= MAX_BYTES;
            if let Some(shorter) = shorter.filter(fits) {
                writes.push(shorter);
                break;
            }
            count -= 1;
            writes.push(oldest.deletion());
        }
        writes
    }
}

impl Flows {
    /// The number of the attempt that a sign-in started now is.
    pub fn next_attempt(&self) -> u32 {
        self.finished().map(|(_, flow)| flow.attempt).max().unwrap_or(0).saturating_add(1)
    }

    /// Whether one of the sign-ins that have ended was to be a fresh one.
    pub fn has_fresh(&self) -> bool {
        self.finished().any(|(_, flow)| flow.max_age.is_some())
    }

    /// The names of the cookies of sign-ins that have ended.
    pub fn finished_names(&self) -> impl Iterator<Item = &str> {
        self.finished().map(|(name, _)| name)
    }

    fn finished(&self) -> impl Iterator<Item = (&str, &Flow)> {
        self.readable().filter(|(_, flow)| flow.finished)
    }

    fn readable(&self) -> impl Iterator<Item = (&str, &Flow)> {
        self.0.iter().filter_map(|cookie| Some((cookie.name.as_str(), cookie.flow.as_ref()?)))
    }
}

impl FlowCookie {
    fn deletion(&self) -> CookieWrite {
        CookieWrite::forget_flow(self.name.clone())
    }

    fn without_return_to(&self) -> Option<Flow> {
        let flow = self.flow.as_ref()?;
        flow.return_to.as_ref()?;
        Some(Flow { return_to: None, ..flow.clone() })
    }
}
