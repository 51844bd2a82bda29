//! [`Vault`]: seals and opens cookies, and the records of a store. All cookie cryptography of this crate.

use cookie::{Cookie, CookieJar, Key};

/// Encrypts and decrypts the text of cookies in the format of Rocket's private cookies: AES-256-GCM
/// with a random nonce, with the cookie's name as additional authenticated data.
///
/// The first key encrypts; all keys decrypt.
pub(in crate::session) struct Vault {
    keys: Vec<Key>,
}

/// What a sealed text held.
pub(in crate::session) struct Unsealed {
    pub text: String,
    /// Whether it was sealed with an older key, so that it is to be sealed again.
    pub by_older_key: bool,
}

impl Vault {
    pub fn new(keys: Vec<Key>) -> Self {
        Self { keys }
    }

    /// Encrypts `text` for the cookie `name`. The result is base64, which needs no encoding in a
    /// cookie; it is `None` only if the vault has no key.
    pub fn seal(&self, name: &str, text: &str) -> Option<String> {
        let mut jar = CookieJar::new();
        jar.private_mut(self.keys.first()?).add(Cookie::new(name.to_owned(), text.to_owned()));
        jar.get(name).map(|cookie| cookie.value().to_owned())
    }

    /// Decrypts a text that was encrypted for the cookie `name`; `None` for any other text.
    pub fn open(&self, name: &str, sealed: &str) -> Option<Unsealed> {
        self.keys.iter().enumerate().find_map(|(age, key)| {
            let cookie = Cookie::new(name.to_owned(), sealed.to_owned());
            let opened = CookieJar::new().private(key).decrypt(cookie)?;
            Some(Unsealed { text: opened.value().to_owned(), by_older_key: age > 0 })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> Vault {
        Vault::new(vec![Key::generate()])
    }

    #[test]
    fn what_is_sealed_opens_under_its_own_name_only() {
        let vault = vault();
        let sealed = vault.seal("session", "text").unwrap();
        assert_eq!(vault.open("session", &sealed).unwrap().text, "text");
        assert!(vault.open("flow", &sealed).is_none());
    }

    /// A constant nonce, or a seal that does not notice a changed bit.
    #[test]
    fn two_seals_of_one_text_differ_and_no_changed_byte_opens() {
        let vault = vault();
        let sealed = vault.seal("session", "text").unwrap();
        assert_ne!(sealed, vault.seal("session", "text").unwrap());
        for at in 0..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(vault.open("session", &changed).is_none(), "byte {at}");
        }
    }

    #[test]
    fn an_older_key_opens_and_says_so() {
        let (old, new) = (Key::generate(), Key::generate());
        let sealed = Vault::new(vec![old.clone()]).seal("session", "text").unwrap();
        let opened = Vault::new(vec![new.clone(), old]).open("session", &sealed).unwrap();
        assert!(opened.by_older_key);
        assert!(Vault::new(vec![new]).open("session", &sealed).is_none());
    }
}
