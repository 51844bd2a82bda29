//! [`Kept`]: what a tab keeps while the user signs in in another one.

/// What a tab keeps while the user signs in in another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// A form that was sent and not accepted.
    Form,
    /// A page around the frame that needs a sign-in.
    Frame,
}
