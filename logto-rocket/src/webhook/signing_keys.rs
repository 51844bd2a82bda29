//! [`SigningKeys`]: the keys by which Logto signs webhooks, and the check of a signature.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac::{Context, HMAC_SHA256, Key};

/// The length of a signature in hexadecimal digits.
const DIGITS: usize = 64;

/// The keys of all hooks that post here. `Debug` tells how many there are.
#[derive(Clone)]
pub(crate) struct SigningKeys(Vec<Key>);

/// What a request says its signature is.
#[derive(Clone, Copy)]
pub(crate) struct Signature([u8; DIGITS / 2]);

/// A signature that is compared with a body while that comes.
pub(crate) struct Verification {
    signature: Signature,
    contexts: Vec<Context>,
}

impl SigningKeys {
    /// These keys, as Logto's console shows them.
    pub(crate) fn new<'k>(keys: impl IntoIterator<Item = &'k str>) -> Self {
        Self(keys.into_iter().map(|key| Key::new(HMAC_SHA256, key.as_bytes())).collect())
    }

    /// Begins to compare a signature with a body.
    pub(crate) fn verify(&self, signature: Signature) -> Verification {
        Verification { signature, contexts: self.0.iter().map(Context::with_key).collect() }
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKeys({})", self.0.len())
    }
}

impl Signature {
    /// The signature that a header says: 64 hexadecimal digits, in lower case as Logto writes them.
    pub(crate) fn read(header: &str) -> Option<Self> {
        let digits: &[u8; DIGITS] = header.as_bytes().try_into().ok()?;
        let mut bytes = [0; DIGITS / 2];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = value(pair[0])? * 16 + value(pair[1])?;
        }
        Some(Self(bytes))
    }
}

impl Verification {
    /// Takes the next part of the body.
    pub(super) fn update(&mut self, part: &[u8]) {
        for context in &mut self.contexts {
            context.update(part);
        }
    }

    /// Whether the signature is that of the whole body by one of the keys.
    pub(crate) fn finish(self) -> bool {
        let Signature(signature) = self.signature;
        // Every key is tried, so that the time tells nothing of which one it was.
        self.contexts.into_iter().fold(false, |right, context| {
            verify_slices_are_equal(context.sign().as_ref(), &signature).is_ok() | right
        })
    }
}

fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "8o1CsKFhMryc8OiLZWzD1dPrehPWIQzk";

    /// Of the test button, as Logto has signed it.
    const BODY: &str = r#"{"event":"User.SuspensionStatus.Updated","hookId":"dzwycvopzvn8xq905bgql","createdAt":"2026-11-28T04:41:42.497Z","userAgent":"fake-user-agent","path":"/fake-path/:id","method":"POST","status":200,"params":{"id":"fake-id"},"data":{"result":"success"}}"#;
    const SIGNATURE: &str = "23e2c611efd290a6779b88040b590d5e0121dbf648dd4415c966f9e2cc96fadb";

    fn is_right(keys: &[&str], signature: &str, parts: &[&str]) -> bool {
        let keys = SigningKeys::new(keys.iter().copied());
        let mut verification = keys.verify(Signature::read(signature).unwrap());
        for part in parts {
            verification.update(part.as_bytes());
        }
        verification.finish()
    }

    #[test]
    fn a_body_is_verified_in_however_many_parts_it_comes() {
        assert!(is_right(&[KEY], SIGNATURE, &[BODY]));
        let parts: Vec<_> = BODY.split_inclusive(',').collect();
        assert!(is_right(&[KEY], SIGNATURE, &parts));
        assert!(!is_right(&[KEY], SIGNATURE, &parts[1..]));
        assert!(!is_right(&[KEY], SIGNATURE, &[BODY, "\n"]));
    }

    #[test]
    fn each_of_several_keys_is_tried_and_no_other() {
        let another = "Gr3o9NsTaGWDjMs18p30CDLsecdV6l21";
        assert!(is_right(&[another, KEY], SIGNATURE, &[BODY]));
        assert!(is_right(&[KEY, another], SIGNATURE, &[BODY]));
        assert!(!is_right(&[another], SIGNATURE, &[BODY]));
        assert!(!is_right(&[], SIGNATURE, &[BODY]));
    }

    #[test]
    fn a_signature_is_64_digits_in_lower_case_and_nothing_else() {
        for wrong in [
            "",
            &SIGNATURE[1..],
            &format!("{SIGNATURE}0"),
            &SIGNATURE.to_uppercase(),
            &format!("evil, {SIGNATURE}"),
            &format!("sha256={SIGNATURE}"),
            &format!(" {SIGNATURE}"),
            &SIGNATURE.replace('f', "g"),
            &SIGNATURE.replacen("23", "ä", 1),
        ] {
            assert!(Signature::read(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn debug_prints_no_key() {
        assert_eq!(format!("{:?}", SigningKeys::new([KEY])), "SigningKeys(1)");
    }
}
