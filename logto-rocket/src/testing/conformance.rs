//! The promises of a session store, each a function that holds a store to it.
//!
//! [`session_store_conformance!`](crate::session_store_conformance) makes a test of each.
#![expect(clippy::missing_panics_doc, reason = "a promise that is not kept panics, as a test does")]

mod columns;
mod leases;
mod lifetimes;
mod records;
mod support;

use std::future::Future;
use std::sync::Arc;

pub use columns::*;
pub use leases::*;
pub use lifetimes::*;
pub use records::*;
pub use support::Subject;

use crate::SessionStore;

/// Makes a test for each guarantee of a [`SessionStore`]. It needs the feature `testing`.
///
/// The argument is a future that returns the store. The store may be new, or others may use it too, because no
/// test touches the sessions of another. The future may also return an `Option` of a store. With `None` the
/// tests pass, for a machine that lacks what the store needs. The tests of expiry use lifetimes of one second.
///
/// ```no_run
/// mod conformance {
///     use logto_rocket::MemoryStore;
///
///     logto_rocket::session_store_conformance!(async { MemoryStore::new(1000) });
/// }
/// ```
#[macro_export]
macro_rules! session_store_conformance {
    ($store:expr $(,)?) => {
        $crate::session_store_conformance! { @tests $store;
            a_new_record_is_loaded_as_version_0
            an_unknown_id_has_no_record
            a_replacement_is_loaded_under_the_next_version
            another_version_than_the_present_one_is_a_conflict
            of_50_replacements_at_once_exactly_one_is_stored
            a_replacement_never_creates_a_record
            a_replacement_never_revives_a_deleted_record
            a_deleted_record_is_gone_and_others_stay
            a_record_of_100_kilobytes_is_kept
            a_record_is_over_after_its_time
            a_replacement_lives_for_its_own_time
            a_users_records_are_listed_with_their_versions
            a_users_records_are_deleted_if_signed_in_by_then
            records_are_deleted_by_their_session_at_logto
            a_record_without_a_sid_is_not_deleted_by_any
            subs_and_sids_are_compared_byte_for_byte
            a_replacement_changes_what_a_record_is_found_by
            a_lease_has_one_holder
            a_lease_is_extended_by_its_holder
            a_lease_is_free_after_its_time
            a_lease_is_released_by_its_holder_only
            of_50_who_want_a_lease_at_once_exactly_one_gets_it
            a_lease_outlives_a_replacement
            a_lease_needs_no_record
        }
    };
    (@tests $store:expr; $($promise:ident)*) => {
        $(
            #[test]
            fn $promise() {
                $crate::testing::conformance::hold($store, $crate::testing::conformance::$promise);
            }
        )*
    };
}

/// A store, or none on a machine that cannot have it.
pub trait IntoSubject {
    /// The store under test, if there is one.
    fn into_subject(self) -> Option<Subject>;
}

impl<S: SessionStore> IntoSubject for S {
    fn into_subject(self) -> Option<Subject> {
        Some(Arc::new(self))
    }
}

impl<S: SessionStore> IntoSubject for Option<S> {
    fn into_subject(self) -> Option<Subject> {
        self.and_then(IntoSubject::into_subject)
    }
}

/// Holds a store to a promise.
pub fn hold<S: IntoSubject, P: Future<Output = ()>>(
    store: impl Future<Output = S>,
    promise: impl FnOnce(Subject) -> P,
) {
    rocket::async_test(async {
        if let Some(store) = store.await.into_subject() {
            promise(store).await;
        }
    });
}
