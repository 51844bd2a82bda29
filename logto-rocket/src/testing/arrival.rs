use rocket::Request;

use super::faults::Fault;

/// The number of a request in the log, and the fault that was planned for it.
#[derive(Default)]
pub(super) struct Arrival {
    pub(super) number: Option<u64>,
    pub(super) fault: Option<Fault>,
}

impl Arrival {
    pub(super) fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(Self::default)
    }
}
