//! What a handler starts: sign-ins and sign-outs, and the application's part in them.

mod hooks;
mod instead;
mod sign_in;
mod sign_in_builder;
mod sign_in_refusal;
mod sign_out;

pub use self::hooks::OnSignIn;
pub(crate) use self::hooks::{Hooks, NotAdmitted};
pub use self::instead::Instead;
pub use self::sign_in::SignIn;
pub use self::sign_in_builder::SignInBuilder;
pub use self::sign_in_refusal::SignInRefusal;
pub use self::sign_out::{SignOut, SignOutBuilder};
