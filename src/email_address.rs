//! Validation of email addresses. They are stored as mail servers exchange them, with the domain in ASCII, and shown as people
//! write them.

use std::borrow::Cow;

/// The most characters that mail servers accept, and the database stores.
pub const MOST: usize = 254;

/// Whether mail software accepts the text and it holds one address and nothing else.
pub fn is_email(text: &str) -> bool {
    let ordinary =
        |letter: char| letter.is_ascii_graphic() && !matches!(letter, '"' | '(' | ')' | ',' | ':' | ';' | '<' | '>' | '[' | ']' | '\\');
    text.chars().all(ordinary)
        && text.rsplit_once('@').is_some_and(|(_, domain)| domain.contains('.'))
        && text.parse::<lettre::Address>().is_ok()
}

/// The address with its domain in ASCII (UTS 46): `rosa@bücher.example` as `rosa@xn--bcher-kva.example`. Any other text is
/// unchanged.
pub fn ascii(text: &str) -> Cow<'_, str> {
    match text.rsplit_once('@').filter(|(_, domain)| !domain.is_ascii()) {
        Some((local, domain)) => match idna::domain_to_ascii(domain) {
            Ok(domain) => format!("{local}@{domain}").into(),
            Err(_) => text.into(),
        },
        None => text.into(),
    }
}

/// The address with its domain in Unicode, as people write it.
pub fn shown(text: &str) -> Cow<'_, str> {
    match text.rsplit_once('@').filter(|(_, domain)| domain.contains("xn--")) {
        Some((local, domain)) => match idna::domain_to_unicode(domain) {
            (domain, Ok(())) => format!("{local}@{domain}").into(),
            _ => text.into(),
        },
        None => text.into(),
    }
}

/// Whether the part before the @ has letters that mail servers do not deliver to.
pub fn has_foreign_local_part(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(local, _)| !local.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_stored_in_ascii_and_shown_in_unicode() {
        assert_eq!(ascii("rosa@Bücher.example"), "rosa@xn--bcher-kva.example");
        assert_eq!(shown("rosa@xn--bcher-kva.example"), "rosa@bücher.example");
        assert!(is_email(&ascii("rosa@bücher.example")));
        for text in ["rosa@example.org", "Rosa@Example.ORG", "rosa", "", "rosa@"] {
            assert_eq!((ascii(text), shown(text)), (text.into(), text.into()));
        }
        assert!(has_foreign_local_part("zoë@example.org") && !has_foreign_local_part("zoe@bücher.example"));
    }
}
