//! Whether a text is an email address.

/// An address that mail software takes and that holds nothing but an address.
pub fn is_email(text: &str) -> bool {
    let ordinary =
        |letter: char| letter.is_ascii_graphic() && !matches!(letter, '"' | '(' | ')' | ',' | ':' | ';' | '<' | '>' | '[' | ']' | '\\');
    text.chars().all(ordinary)
        && text.rsplit_once('@').is_some_and(|(_, domain)| domain.contains('.'))
        && text.parse::<lettre::Address>().is_ok()
}
