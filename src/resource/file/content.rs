//! The type of a file, decided by its content. Its name and what a browser says about it are not trusted.

/// The types that a declaration may accept, with the name for users.
pub const KNOWN: [(&str, &str); 10] = [
    ("application/pdf", "PDF"),
    ("image/jpeg", "JPEG"),
    ("image/png", "PNG"),
    ("image/gif", "GIF"),
    ("image/webp", "WebP"),
    ("image/tiff", "TIFF"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel"),
    ("application/vnd.oasis.opendocument.text", "OpenDocument"),
    (TEXT, "text"),
];

const TEXT: &str = "text/plain";

/// One of [`KNOWN`]; `None` if the content is of no known type.
pub fn content_type(content: &[u8]) -> Option<&'static str> {
    let found = match infer::get(content) {
        Some(found) => found.mime_type(),
        None if is_text(content) => TEXT,
        None => return None,
    };
    KNOWN.iter().map(|(known, _)| *known).find(|known| *known == found)
}

fn is_text(content: &[u8]) -> bool {
    let is_plain = |letter: char| !letter.is_control() || matches!(letter, '\n' | '\r' | '\t' | '\u{c}');
    std::str::from_utf8(content).is_ok_and(|text| text.chars().all(is_plain))
}

#[cfg(test)]
mod tests {
    use super::content_type;

    #[test]
    fn the_content_decides() {
        for (content, expected) in [
            (&b"%PDF-1.7\n%\xe2\xe3\xcf\xd3"[..], Some("application/pdf")),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Some("image/png")),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Some("image/jpeg")),
            ("Blood pressure: 120/80 – fine\n".as_bytes(), Some("text/plain")),
            (b"MZ\x90\0\x03", None),
            (b"<!DOCTYPE html><script>alert(1)</script>", None),
            (b"\0\x01\x02", None),
        ] {
            assert_eq!(content_type(content), expected, "{:?}", String::from_utf8_lossy(content));
        }
    }
}
