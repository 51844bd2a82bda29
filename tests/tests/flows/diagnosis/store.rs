//! A session store that does not keep what is written to it.

use std::sync::Arc;

use logto_rocket::{DiagnosisCheck as Check, MemoryStore, SessionConfig, Store};
use logto_rocket_tests::app::App;
use logto_rocket_tests::gated_store::GatedStore;

use super::{Good, assert_only_wrong, only};

#[rocket::async_test]
async fn a_store_that_keeps_what_is_written_is_good() {
    let config = SessionConfig::new().store(Store::Memory);
    let app = App::builder().config(|it| it.session(config)).start().await;
    let diagnosis = app.logto().diagnose().await;
    assert_eq!(only(&diagnosis, Check::Store).outcome(), Good, "{diagnosis}");
}

#[rocket::async_test]
async fn a_store_that_is_away_is_found() {
    let store = GatedStore::before(Arc::new(MemoryStore::new(1000)));
    store.set_away(true);
    let app = App::builder().fairing(|it| it.store(Arc::clone(&store))).start().await;
    let diagnosis = app.logto().diagnose().await;
    assert_only_wrong(&diagnosis, Check::Store, "the test lets it fail", "`logto.session.store`");
    assert!(store.deletions() > 0, "what was written is deleted as far as it can be");
}

#[rocket::async_test]
async fn a_store_that_panics_is_found_and_the_other_findings_stay() {
    let store = GatedStore::before(Arc::new(MemoryStore::new(1000)));
    store.set_panics(true);
    let app = App::builder().fairing(|it| it.store(Arc::clone(&store))).start().await;
    let diagnosis = app.logto().diagnose().await;
    assert_only_wrong(&diagnosis, Check::Store, "panicked", "`logto.session.store`");
    for check in [Check::Endpoint, Check::AppSecret, Check::RedirectUri, Check::Scopes] {
        assert_eq!(only(&diagnosis, check).outcome(), Good, "{check}: {diagnosis}");
    }
}

#[rocket::async_test]
async fn nothing_of_a_diagnosis_stays_in_the_store() {
    let store = GatedStore::before(Arc::new(MemoryStore::new(1000)));
    let app = App::builder().fairing(|it| it.store(Arc::clone(&store))).start().await;
    app.logto().diagnose().await;
    assert_eq!((store.loads(), store.deletions(), store.deleted()), (2, 1, 1));
}
