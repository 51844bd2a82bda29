//! Sessions in cookies, and how long any session lasts.

mod background;
mod chunked_cookies;
mod cookie_size;
mod cookies;
mod ended_by_application;
mod fixation;
mod given_up;
mod interleavings;
mod lifetimes;
mod other_applications;
mod persistence;
mod refusals;
mod retry_after;
mod revalidation;
mod secret_key_rotation;
mod streams;
mod user_info;
mod values;
