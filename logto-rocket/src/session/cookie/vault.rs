//! [`Vault`]: seals and opens cookies, and the records of a store. All cookie cryptography of this crate.

use cookie::{Cookie, CookieJar, Key};

/// Encrypts and decrypts the text of cookies in the format of Rocket's private cookies: AES-256-GCM with a
/// random nonce. The additional authenticated data contains the owner and the purpose of the text: purpose,
/// issuer, app id, the base of our routes, the host of the site, and the cookie's name or the store's id. A
/// text of another application, of another host of the same application, or of another Logto therefore cannot
/// be decrypted, even if keys, names and stores are shared.
///
/// The first key encrypts; all keys decrypt.
pub(in crate::session) struct Vault {
    keys: Vec<Key>,
    /// Whose the texts are: issuer, app id, base and host, each behind its length.
    owner: String,
}

/// The purpose of an encrypted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) enum SealedAs {
    Session,
    Flow,
    PostLogout,
    Record,
    SignIn,
}

impl SealedAs {
    fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Flow => "flow",
            Self::PostLogout => "post-logout",
            Self::Record => "record",
            Self::SignIn => "sign-in",
        }
    }
}

/// The content of an encrypted text.
pub(in crate::session) struct Unsealed {
    pub text: String,
    /// Whether it was sealed with an older key, so that it is to be sealed again.
    pub by_older_key: bool,
}

impl Vault {
    pub fn new(keys: Vec<Key>, owner: [&str; 4]) -> Self {
        let owner = owner.map(|part| format!("{}:{part}", part.len())).concat();
        Self { keys, owner }
    }

    /// The authenticated data of a text. The purpose has no digit and the name comes last, so that no two contexts
    /// have the same data.
    fn context(&self, purpose: SealedAs, name: &str) -> String {
        [purpose.as_str(), &self.owner, name].concat()
    }

    /// Encrypts `text` for a purpose and the cookie `name`. The result is base64, which needs no encoding in a
    /// cookie; it is `None` only if the vault has no key.
    pub fn seal(&self, purpose: SealedAs, name: &str, text: &str) -> Option<String> {
        let (mut jar, context) = (CookieJar::new(), self.context(purpose, name));
        jar.private_mut(self.keys.first()?).add(Cookie::new(context.clone(), text.to_owned()));
        jar.get(&context).map(|cookie| cookie.value().to_owned())
    }

    /// Decrypts a text that was encrypted for this purpose and the cookie `name`, by the same owner;
    /// `None` for any other text.
    pub fn open(&self, purpose: SealedAs, name: &str, sealed: &str) -> Option<Unsealed> {
        self.keys.iter().enumerate().find_map(|(age, key)| {
            let cookie = Cookie::new(self.context(purpose, name), sealed.to_owned());
            let opened = CookieJar::new().private(key).decrypt(cookie)?;
            Some(Unsealed { text: opened.value().to_owned(), by_older_key: age > 0 })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: [&str; 4] =
        ["https://logto.example.com/oidc", "app", "/auth", "https://site.example"];

    fn vault() -> Vault {
        Vault::new(vec![Key::generate()], OWNER)
    }

    #[test]
    fn a_text_opens_for_its_own_purpose_and_name_only() {
        let vault = vault();
        let sealed = vault.seal(SealedAs::Session, "a", "text").unwrap();
        assert_eq!(vault.open(SealedAs::Session, "a", &sealed).unwrap().text, "text");
        assert!(vault.open(SealedAs::Session, "b", &sealed).is_none());
        for purpose in [SealedAs::Flow, SealedAs::PostLogout, SealedAs::Record, SealedAs::SignIn] {
            assert!(vault.open(purpose, "a", &sealed).is_none(), "{purpose:?}");
        }
    }

    #[test]
    fn a_text_opens_for_its_own_issuer_application_base_and_host_only() {
        let key = Key::generate();
        let seal =
            |owner| Vault::new(vec![key.clone()], owner).seal(SealedAs::Session, "a", "text");
        let sealed = seal(OWNER).unwrap();
        let opens = |owner| {
            let vault = Vault::new(vec![key.clone()], owner);
            vault.open(SealedAs::Session, "a", &sealed).is_some()
        };
        assert!(opens(OWNER));
        let [issuer, app_id, base, host] = OWNER;
        assert!(!opens(["https://logto.example.com/oidc2", app_id, base, host]));
        assert!(!opens([issuer, "app2", base, host]));
        assert!(!opens([issuer, app_id, "/auth2", host]));
        assert!(!opens([issuer, app_id, base, "https://other.example"]));
        assert!(!opens([issuer, "ap", "p/auth", host]), "nothing moves from one part to the next");
    }

    /// A constant nonce, or a seal that does not notice a changed bit.
    #[test]
    fn two_seals_of_one_text_differ_and_no_changed_byte_opens() {
        let vault = vault();
        let seal = || vault.seal(SealedAs::Session, "session", "text").unwrap();
        let sealed = seal();
        assert_ne!(sealed, seal());
        for at in 0..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(vault.open(SealedAs::Session, "session", &changed).is_none(), "byte {at}");
        }
    }

    #[test]
    fn an_older_key_opens_and_says_so() {
        let (old, new) = (Key::generate(), Key::generate());
        let vault = |keys| Vault::new(keys, OWNER);
        let sealed = vault(vec![old.clone()]).seal(SealedAs::Session, "a", "text").unwrap();
        let opened = vault(vec![new.clone(), old]).open(SealedAs::Session, "a", &sealed).unwrap();
        assert!(opened.by_older_key);
        assert!(vault(vec![new]).open(SealedAs::Session, "a", &sealed).is_none());
    }
}
