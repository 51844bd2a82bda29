//! [`Flows`]: the sign-ins of one browser, and the room that their cookies have.
//!
//! Another site can make a browser begin sign-ins, also many at the same moment, whose responses do not know
//! of each other. The cookies of sign-ins therefore have a few fixed names, the slots, and each slot has a
//! maximum size. However many sign-ins a browser begins, the cookies together never exceed the sum of these
//! sizes. A new sign-in takes a free slot, and sign-ins that begin at the same moment are spread over the
//! free slots. The first slot is for the one sign-in with a long page to return to.

use rocket::Request;

use super::asked::AskedInFlow;
use super::flow::Flow;
use super::{CookieWrite, Cookies};
use crate::local_path::LocalPath;

/// The maximum number of sign-ins in progress in one browser.
const SLOTS: usize = 5;

/// The slot that a long cookie may be in.
const LONG: usize = 0;

/// The maximum number of bytes of a `Cookie` header that a sign-in takes: in the slot for a long cookie,
/// enough for the longest page to return to, and in each of the other slots, enough for a usual page. All
/// slots together take 3,000 bytes, because servers refuse a header that is too large (nginx one of 8 kB).
const MAX_LONG: usize = 1_752;
const MAX_SHORT: usize = 312;

/// How many unreadable cookies one response deletes at most. Otherwise another application on this host could set so
/// many that a proxy refuses the response as too long.
const MAX_LEFTOVERS: usize = 8;

const _: () = assert!(MAX_LONG + (SLOTS - 1) * MAX_SHORT <= 3_000);

/// The sign-ins of one browser, those first that were started first.
pub(crate) struct Flows {
    flows: Vec<Flow>,
    /// The names of the cookies to delete; at most [`MAX_LEFTOVERS`] of them are unreadable.
    leftovers: Vec<String>,
}

impl Cookies {
    /// The sign-ins whose cookies the request carries.
    pub fn flows(&self, request: &Request<'_>) -> Flows {
        let prefix = self.names.flows();
        let (mut flows, mut leftovers) = (Vec::new(), Vec::new());
        for cookie in request.cookies().iter().filter(|it| it.name().starts_with(prefix)) {
            let slot = (0..SLOTS).find(|slot| self.names.flow(*slot) == cookie.name());
            match slot.and_then(|slot| self.read_flow(slot, cookie.value())) {
                Some(flow) => flows.push(flow),
                None if leftovers.len() < MAX_LEFTOVERS => leftovers.push(cookie.name().to_owned()),
                None => {}
            }
        }
        flows.sort_by_key(|flow: &Flow| flow.started_at);
        Flows { flows, leftovers }
    }

    /// The page to return to of the sign-in with this `state`, also if the sign-in took too long. Without a
    /// `state`, it is that of the only sign-in in progress. The page is only for a link, and proves nothing.
    pub fn page_of_flow(&self, request: &Request<'_>, state: Option<&str>) -> Option<LocalPath> {
        let flows = self.flows(request);
        if let Some(state) = state {
            return flows.take(state)?.return_to;
        }
        let flows = flows.flows.into_iter();
        let mut in_progress = flows.filter(|flow| !flow.is_finished() && !self.is_late(flow));
        match (in_progress.next(), in_progress.next()) {
            (Some(flow), None) => flow.return_to,
            _ => None,
        }
    }

    /// How many sign-ins in a row have led this browser to no session that a request carried.
    pub fn attempts(&self, flows: &Flows) -> u32 {
        let in_time = flows.finished().filter(|flow| !self.is_late(flow));
        in_time.map(|flow| flow.attempt).max().unwrap_or(0)
    }

    /// The cookie of a new sign-in, and the writes that make room for it. Unreadable and expired cookies are
    /// deleted. If all slots that fit are taken, the sign-in in the slot for a long one moves to another slot, if
    /// necessary without its page to return to, or the oldest sign-in loses its slot.
    pub fn begin_flow(&self, flow: &Flow, flows: &Flows) -> Vec<CookieWrite> {
        let (over, others): (Vec<&Flow>, Vec<&Flow>) =
            flows.flows.iter().partition(|flow| self.is_late(flow));
        let (mut new, is_short) = self.fitting(flow);
        let is_free = |slot: &usize| others.iter().all(|other| other.slot != *slot);
        let spread = usize::from(new.key()[0]);
        let free: Vec<_> = (0..SLOTS).filter(|slot| *slot != LONG).filter(is_free).collect();
        let free = free.get(spread.checked_rem(free.len()).unwrap_or_default()).copied();
        let mut writes = Vec::new();
        if is_short {
            let oldest = || others.first().map(|oldest| oldest.slot);
            new.slot = free.or(Some(LONG).filter(is_free)).or_else(oldest).unwrap_or(LONG);
        } else {
            new.slot = LONG;
            let oldest = others.first().map(|oldest| oldest.slot).filter(|slot| *slot != LONG);
            if let Some(before) = others.iter().find(|other| other.slot == LONG)
                && let Some(slot) = free.or(oldest)
            {
                writes.extend(self.shortened(before, slot));
            }
        }
        writes.extend(self.flow_write(&new));
        let is_written = |name: &String| writes.iter().any(|write| write.name == *name);
        let over = over.into_iter().map(|flow| self.names.flow(flow.slot));
        let over = over.chain(flows.leftovers.iter().cloned()).filter(|name| !is_written(name));
        let over: Vec<_> = over.map(CookieWrite::forget_flow).collect();
        writes.extend(over);
        writes
    }

    /// The deletions of the cookies of ended sign-ins, except for those that the response writes.
    pub fn forget_finished(&self, flows: &Flows, written: &[CookieWrite]) -> Vec<CookieWrite> {
        let names = flows.finished().map(|flow| self.names.flow(flow.slot));
        let is_written = |name: &String| written.iter().any(|write| write.name == *name);
        names.filter(|name| !is_written(name)).map(CookieWrite::forget_flow).collect()
    }

    /// The sign-in, shortened so that it fits into a slot, and whether it fits into a short one. If a handler
    /// has added values, or the user's id is unusually long, there may be no room for the page to return to,
    /// which is then left out.
    fn fitting(&self, flow: &Flow) -> (Flow, bool) {
        let without_page = || Flow { return_to: None, ..flow.clone() };
        let fits = |flow: &Flow, most| self.bytes_of(flow).is_some_and(|bytes| bytes <= most);
        let smaller = [flow.clone(), without_page()].into_iter().find(|it| fits(it, MAX_LONG));
        let smallest = || Flow { asked: AskedInFlow::unknown(), sub: None, ..without_page() };
        let fitting = smaller.unwrap_or_else(smallest);
        let is_short = fits(&fitting, MAX_SHORT);
        (fitting, is_short)
    }

    /// The cookie of a sign-in that moves to one of the short slots; `None` if it is too long for that.
    fn shortened(&self, flow: &Flow, slot: usize) -> Option<CookieWrite> {
        let moved = Flow { slot, ..flow.clone() };
        let without_page = Flow { return_to: None, ..moved.clone() };
        let writes = [moved, without_page].into_iter().filter_map(|flow| self.flow_write(&flow));
        writes.into_iter().find(|write| write.bytes() <= MAX_SHORT)
    }

    /// How many bytes of the `Cookie` header a sign-in takes.
    fn bytes_of(&self, flow: &Flow) -> Option<usize> {
        self.flow_write(flow).map(|write| write.bytes())
    }
}

impl Flows {
    /// The sign-in that was started with this `state`.
    pub(super) fn take(self, state: &str) -> Option<Flow> {
        self.flows.into_iter().find(|flow| flow.state().reveal() == state)
    }

    /// The same without those that have ended, whose cookies make way.
    pub fn in_progress(mut self, cookies: &Cookies) -> Self {
        let names = self.finished().map(|flow| cookies.names.flow(flow.slot)).collect::<Vec<_>>();
        self.flows.retain(|flow| !flow.is_finished());
        self.leftovers.extend(names);
        self
    }

    fn finished(&self) -> impl Iterator<Item = &Flow> {
        self.flows.iter().filter(|flow| flow.is_finished())
    }
}
