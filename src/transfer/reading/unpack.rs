//! Protection against zip bombs: a workbook is unpacked once only to count bytes, before anything parses it.

use std::fs::File;
use std::io::{BufReader, Read};

use super::sheet::{Limits, Reading, from_start, refuse};

/// Real workbooks have some dozens of parts.
const MOST_PARTS: usize = 2_000;
/// XML of sheets compresses to a tenth or a fiftieth; a higher ratio is made on purpose. Small files are exempt.
const MOST_RATIO: u64 = 150;
const SPARED: u64 = 8 * 1024 * 1024;
/// Bytes of the texts of a workbook, which are in memory while it is read.
const MOST_TEXT: u64 = 48 * 1024 * 1024;

/// Bytes of the list of parts that are examined.
const MOST_TYPES: usize = 256 * 1024;

const BOMB: &str = "This workbook is too large when unzipped. Save the sheet as CSV, or split it.";
const BROKEN: &str = "This Excel workbook is damaged. Open it in your spreadsheet program, save it again and upload the new file.";

/// Checks that the file is a workbook, and that its unpacked size is within the limit.
pub fn measure(file: &File, limits: &Limits) -> Reading<()> {
    let mut archive = zip::ZipArchive::new(BufReader::new(from_start(file)?)).map_err(|_| refuse(BROKEN))?;
    if archive.len() > MOST_PARTS {
        return Err(refuse(BOMB));
    }
    // The size in the directory is checked first, because that costs nothing.
    if archive.decompressed_size().is_some_and(|size| size > u128::from(limits.unpacked)) {
        return Err(refuse(BOMB));
    }
    let (mut total, mut is_workbook) = (0, false);
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(|_| refuse(BROKEN))?;
        let name = String::from_utf8_lossy(part.name_raw()).to_lowercase();
        let is_list = name == "[content_types].xml";
        let packed = part.compressed_size().max(1);
        let limit = if name.ends_with("sharedstrings.xml") { MOST_TEXT } else { limits.unpacked };
        let mut start = Vec::new();
        let size = count(part, limit, is_list.then_some(&mut start))?;
        // Other programs give the main part other names. The list of types says what it is.
        let is_sheet = || String::from_utf8_lossy(&start).to_lowercase().contains("spreadsheetml");
        is_workbook |= name == "xl/workbook.xml" || (is_list && is_sheet());
        total += size;
        let ratio = size / packed;
        if total > limits.unpacked || (size > SPARED && ratio > MOST_RATIO) {
            return Err(refuse(BOMB));
        }
    }
    if !is_workbook {
        return Err(refuse("This is a ZIP file, not an Excel workbook. Upload a CSV file or an Excel workbook (.xlsx)."));
    }
    Ok(())
}

/// Unpacks and counts bytes; stops at the limit. Keeps the beginning if asked.
fn count(mut part: impl Read, limit: u64, mut kept: Option<&mut Vec<u8>>) -> Reading<u64> {
    let mut buffer = vec![0_u8; 64 * 1024];
    let mut size = 0;
    loop {
        match part.read(&mut buffer).map_err(|_| refuse(BROKEN))? {
            0 => return Ok(size),
            length => {
                if let Some(kept) = kept.as_deref_mut().filter(|kept| kept.len() < MOST_TYPES) {
                    kept.extend_from_slice(buffer.get(..length).unwrap_or_default());
                }
                size += length as u64;
            }
        }
        if size > limit {
            return Err(refuse(BOMB));
        }
    }
}
