//! Detects the encoding of a text: by its byte order mark, else UTF-8 if it is valid, else by a guess.

use std::fs::File;
use std::io::{BufReader, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::sheet::{Reading, from_start, refuse};

/// Examines the whole file in chunks.
pub fn of(file: &File) -> Reading<&'static Encoding> {
    detect(&mut BufReader::with_capacity(64 * 1024, from_start(file)?))
}

fn detect(text: &mut impl Read) -> Reading<&'static Encoding> {
    let mut buffer = vec![0_u8; 64 * 1024];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let (mut utf8, mut zeros, mut odd, mut place) = (Utf8::default(), (0_u64, 0_u64), 0_u64, 0_u64);
    loop {
        let length = text.read(&mut buffer)?;
        let piece = buffer.get(..length).unwrap_or(&[]);
        if place == 0
            && let Some((encoding, _)) = Encoding::for_bom(piece)
        {
            return Ok(encoding);
        }
        if piece.is_empty() {
            break;
        }
        for byte in piece {
            match byte {
                0 if place.is_multiple_of(2) => zeros.0 += 1,
                0 => zeros.1 += 1,
                0x01..=0x08 | 0x0e..=0x1f | 0x7f => odd += 1,
                _ => {}
            }
            place += 1;
        }
        utf8.feed(piece);
        detector.feed(piece, false);
    }
    detector.feed(&[], true);
    // In UTF-16 every second byte of Latin letters is zero.
    match zeros {
        (even, odd) if odd > place / 4 && even <= place / 100 => return Ok(UTF_16LE),
        (even, odd) if even > place / 4 && odd <= place / 100 => return Ok(UTF_16BE),
        (0, 0) if odd <= place / 100 => {}
        _ => return Err(refuse("This file is not a table. Upload a CSV file or an Excel workbook (.xlsx).")),
    }
    if utf8.is_whole() {
        return Ok(UTF_8);
    }
    let guess = detector.guess(None, Utf8Detection::Deny);
    if guess.is_single_byte() || odd == 0 {
        Ok(guess)
    } else {
        Err(refuse("The characters in this file cannot be read. Save it as CSV in UTF-8, or as .xlsx."))
    }
}

/// Whether a sequence of chunks is valid UTF-8.
#[derive(Default)]
struct Utf8 {
    broken: bool,
    /// The beginning of a character that the next chunk completes.
    rest: Vec<u8>,
}

impl Utf8 {
    fn feed(&mut self, piece: &[u8]) {
        if self.broken {
            return;
        }
        let joined = [self.rest.as_slice(), piece].concat();
        self.rest.clear();
        if let Err(error) = std::str::from_utf8(&joined) {
            match (error.error_len(), joined.get(error.valid_up_to()..)) {
                (None, Some(rest)) => self.rest = rest.to_vec(),
                _ => self.broken = true,
            }
        }
    }

    fn is_whole(&self) -> bool {
        !self.broken && self.rest.is_empty()
    }
}

/// The encodings to choose from, as they are called in spreadsheet programs.
pub const CHOICES: [(&str, &str); 17] = [
    ("UTF-8", "UTF-8"),
    ("windows-1252", "Western European (Latin-1)"),
    ("windows-1250", "Central European (Windows)"),
    ("ISO-8859-2", "Central European (Latin-2)"),
    ("windows-1251", "Cyrillic (Windows)"),
    ("KOI8-R", "Cyrillic (KOI8-R)"),
    ("windows-1253", "Greek"),
    ("windows-1254", "Turkish"),
    ("windows-1255", "Hebrew"),
    ("windows-1256", "Arabic"),
    ("windows-1257", "Baltic"),
    ("macintosh", "Western European (Mac)"),
    ("UTF-16LE", "UTF-16"),
    ("Shift_JIS", "Japanese"),
    ("GBK", "Chinese, simplified"),
    ("Big5", "Chinese, traditional"),
    ("EUC-KR", "Korean"),
];

/// One of [`CHOICES`] by its name.
pub fn named(name: &str) -> Option<&'static Encoding> {
    CHOICES.iter().find(|(known, _)| *known == name).and_then(|(known, _)| Encoding::for_label(known.as_bytes()))
}

/// The name for display.
pub fn label(encoding: &'static Encoding) -> String {
    let known = CHOICES.iter().find(|(name, _)| *name == encoding.name()).map(|(_, label)| *label);
    known.unwrap_or(encoding.name()).replace("UTF-16BE", "UTF-16")
}
