//! Who may come in: guards, `#[authenticated(…)]` and `requires!(…)`.

mod agreement;
mod authenticated;
mod freshness;
mod guards;
mod organizations;
mod scopes;
mod unknown;
mod values;
