//! Validation of email addresses.

/// Whether mail software accepts the text and it holds one address and nothing else.
pub fn is_email(text: &str) -> bool {
    let ordinary =
        |letter: char| letter.is_ascii_graphic() && !matches!(letter, '"' | '(' | ')' | ',' | ':' | ';' | '<' | '>' | '[' | ']' | '\\');
    text.chars().all(ordinary)
        && text.rsplit_once('@').is_some_and(|(_, domain)| domain.contains('.'))
        && text.parse::<lettre::Address>().is_ok()
}
