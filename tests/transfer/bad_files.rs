//! Files that are not tables, too large, or malicious: an error message, and nothing changed.

use std::io::{Cursor, Write};

use actix_web::http::Method;
use diesel::prelude::*;
use praxis::db::schema::imports;
use zip::write::SimpleFileOptions;

use super::{checked, counts};
use crate::stories;
use crate::support::Clinic;

stories![
    a_file_that_is_no_table_is_refused_by_its_content,
    an_import_detects_the_encoding,
    a_zip_bomb_is_refused,
    an_oversized_file_is_refused,
    a_sheet_with_too_many_columns_is_refused,
    an_excel_workbook_is_imported,
    an_upload_without_a_csrf_token_is_not_stored,
    other_routes_still_accept_forms_only,
];

async fn a_file_that_is_no_table_is_refused_by_its_content(clinic: Clinic) {
    let ines = clinic.importer().await;
    let document = zipped(&[("word/document.xml", b"<w/>".to_vec())]);
    let damaged = [b"PK\x03\x04".to_vec(), vec![7; 400]].concat();
    let files: [(&str, Vec<u8>, &str); 12] = [
        ("a.csv", b"%PDF-1.7 ...".to_vec(), "This is a PDF"),
        ("a.csv", b"\x89PNG\r\n\x1a\n0000".to_vec(), "This is a picture"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "an old Excel file (.xls), or it is protected with a password"),
        ("a.xlsx", document, "not an Excel workbook"),
        ("a.xlsx", damaged, "is damaged"),
        ("a.csv", b"<!DOCTYPE html><table>".to_vec(), "This is a web page"),
        ("a.csv", b"\x1f\x8b\x08\0\0\0".to_vec(), "This file is compressed"),
        ("a.csv", (0..=255).cycle().take(4_000).collect(), "This file is not a table"),
        ("a.csv", b"\r\n\r\n , \r\n".to_vec(), "The sheet is empty"),
        ("a.csv", b"Name,Age\r\n".to_vec(), "no rows below the headings"),
        ("a.csv", format!("Name\n\"{}", "x".repeat(40_000)).into_bytes(), "Check for a missing closing quotation mark"),
        ("a.csv", Vec::new(), "Choose a file"),
    ];
    for (name, content, words) in files {
        let page = ines.upload("/admin/patients/import", name, &content).await;
        page.is(422).see(words);
        assert_eq!(page.error("file"), page.all(".error-summary a")[0]);
    }
    assert_eq!(clinic.ask(|c| imports::table.count().get_result::<i64>(c)).await, 0);
}

async fn an_import_detects_the_encoding(clinic: Clinic) {
    let ines = clinic.importer().await;
    let text = "Name;Gender;Age;Address\r\nÉmile Zoë;male;3;Cité\r\n";
    let utf16 =
        |big: bool| -> Vec<u8> { text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect() };
    let latin: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
    let files = [
        (text.as_bytes().to_vec(), "UTF-8"),
        (["\u{feff}".as_bytes(), text.as_bytes()].concat(), "UTF-8"),
        ([vec![0xff, 0xfe], utf16(false)].concat(), "UTF-16"),
        ([vec![0xfe, 0xff], utf16(true)].concat(), "UTF-16"),
        (utf16(false), "UTF-16"),
        (latin, "Western European (Latin-1)"),
    ];
    for (content, encoding) in files {
        let here = super::uploaded(&ines, "patients", &content).await;
        ines.open(&here).await.see(&format!("CSV, {encoding}, separated by semicolons")).see("Émile Zoë").see("Cité");
        ines.fill(&here, &[]).await.is(303);
        assert_eq!(counts(&super::settled(&ines, &here).await), ["1", "0", "0", "0"], "{encoding}");
    }
}

/// Megabytes of zeros compress to kilobytes: in one part, in many, and with a false size in the directory.
async fn a_zip_bomb_is_refused(clinic: Clinic) {
    let ines = clinic.importer().await;
    let workbook = ("xl/workbook.xml", b"<workbook/>".to_vec());
    let one = zipped(&[workbook.clone(), ("xl/worksheets/sheet1.xml", vec![b' '; 60 << 20])]);
    let names: Vec<String> = (0..30).map(|number| format!("xl/worksheets/sheet{number}.xml")).collect();
    let mut parts = vec![workbook.clone()];
    parts.extend(names.iter().map(|name| (name.as_str(), vec![b' '; 8 << 20])));
    let many = zipped(&parts);
    let texts = zipped(&[workbook.clone(), ("xl/sharedStrings.xml", pattern(49 << 20))]);
    let mut lying = one.clone();
    lie_about_size(&mut lying, 60 << 20, 1_000);
    let names: Vec<String> = (0..2_100).map(|number| format!("xl/{number}.xml")).collect();
    let crowd = zipped(&names.iter().map(|name| (name.as_str(), Vec::new())).collect::<Vec<_>>());
    for (what, bomb) in [("one", one), ("many", many), ("texts", texts), ("lying", lying), ("crowd", crowd)] {
        assert!(bomb.len() < 8 << 20, "{what}: {}", bomb.len());
        let page = ines.upload("/admin/patients/import", "a.xlsx", &bomb).await;
        page.is(422);
        assert!(page.text().contains("too large when unzipped") || page.text().contains("is damaged"), "{what}: {}", page.text());
    }
    assert_eq!(clinic.ask(|c| imports::table.count().get_result::<i64>(c)).await, 0);
    ines.open("/admin/patients").await;
}

/// Text that compresses well, but not well enough for the ratio to give it away.
fn pattern(length: usize) -> Vec<u8> {
    let period: Vec<u8> = (0..5_000).flat_map(|number| format!("{number} <t>cell</t>").into_bytes()).collect();
    let mut text = period.repeat(length / period.len() + 1);
    text.truncate(length);
    text
}

/// Replaces the uncompressed size in every header.
fn lie_about_size(bytes: &mut [u8], size: u32, told: u32) {
    let (size, told) = (size.to_le_bytes(), told.to_le_bytes());
    let places: Vec<usize> = bytes.windows(4).enumerate().filter(|(_, four)| *four == size).map(|(place, _)| place).collect();
    for place in places {
        bytes[place..place + 4].copy_from_slice(&told);
    }
}

fn zipped(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).expect("a part");
        archive.write_all(content).expect("its content");
    }
    archive.finish().expect("an archive").into_inner()
}

async fn an_oversized_file_is_refused(clinic: Clinic) {
    let small = Clinic::open_with(clinic.backend, &[("UPLOAD_LIMIT_MB", "1")]).await;
    let ines = small.importer().await;
    let row = "Person,male,3\r\n";
    let large = format!("Name,Gender,Age\r\n{}", row.repeat((1 << 20) / row.len() + 1));
    let page = ines.upload("/admin/patients/import", "a.csv", large.as_bytes()).await;
    page.is(413).see("The file must be 1 MB or smaller. Split it into several files");
    let huge = vec![b'x'; 5 << 20];
    ines.upload("/admin/patients/import", "a.csv", &huge).await.is(413);
    ines.open("/admin/patients/import").await.see("up to 1 MB").miss("a.csv");
    small.server.stop(false).await;
}

async fn a_sheet_with_too_many_columns_is_refused(clinic: Clinic) {
    let ines = clinic.importer().await;
    let wide = format!("{}\r\n{}\r\n", vec!["h"; 201].join(","), vec!["1"; 201].join(","));
    ines.upload("/admin/patients/import", "a.csv", wide.as_bytes()).await.is(422).see("too many columns. The maximum is 200");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "Name").expect("written");
    sheet.write_string(1_048_575, 16_383, "far away").expect("written");
    let far = book.save_to_buffer().expect("a workbook");
    ines.upload("/admin/patients/import", "a.xlsx", &far).await.is(422).see("Line 1048576 has too many columns. The maximum is 200");
}

async fn an_excel_workbook_is_imported(clinic: Clinic) {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let ines = clinic.importer().await;
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("d/m/yyyy");
    let sheet = book.add_worksheet();
    sheet.set_name("Patients 2026").expect("a name");
    for (column, heading) in ["Name", "Date of birth", "Gender", "Age"].iter().enumerate() {
        sheet.write_string(0, column as u16, *heading).expect("written");
    }
    sheet.write_string(1, 0, "Émile").expect("written");
    sheet.write_datetime_with_format(1, 1, ExcelDateTime::from_ymd(1940, 4, 2).expect("a day"), &day).expect("written");
    sheet.write_string(1, 2, "Male").expect("written");
    sheet.write_string(3, 0, "=1+1").expect("written");
    sheet.write_number(3, 3, 62).expect("written");
    sheet.write_string(3, 2, "female").expect("written");
    book.add_worksheet().write_string(0, 0, "another").expect("written");
    let content = book.save_to_buffer().expect("a workbook");
    let here = ines.upload("/admin/patients/import", "a.xlsx", &content).await.location().to_string();
    ines.open(&here).await.see("2 rows, Excel, sheet ‘Patients 2026’, the first of several").see("1940-04-02");
    let page = checked(&ines, "patients", &content).await;
    assert_eq!(counts(&page), ["2", "0", "0", "0"]);
    super::confirmed(&ines, &page.path, &[]).await.see("2 added");
    assert_eq!(clinic.patient_names().await, ["=1+1", "Émile"]);
    ines.open("/admin/patients?q=emile").await.see("2 Apr 1940");
}

async fn an_upload_without_a_csrf_token_is_not_stored(clinic: Clinic) {
    let ines = clinic.importer().await;
    let path = "/admin/patients/import";
    let file = b"Name,Gender,Age\r\nA,male,3\r\n";
    for fields in [&[][..], &[("csrf_token", "x")], &[("other", "y")]] {
        ines.upload_with(path, fields, "a.csv", file).await.is(403).see("Nothing was changed");
    }
    let token = ines.token().await;
    let many: Vec<(&str, &str)> = (0..30).map(|_| ("csrf_token", token.as_str())).collect();
    ines.upload_with(path, &many, "a.csv", file).await.is(413);
    let kind = ("content-type", "multipart/form-data; boundary=limit");
    let body = format!("--limit\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\n{token}\r\n--limit");
    ines.send(Method::POST, path, &[kind, ("sec-fetch-site", "cross-site")], body.clone().into_bytes()).await.is(403);
    ines.send(Method::POST, path, &[kind], body.into_bytes()).await.is(400);
    ines.send(Method::POST, path, &[("content-type", "multipart/form-data")], b"--x".to_vec()).await.is(400);
    ines.post(path, &[("file", "a")]).await.is(415);
    assert_eq!(clinic.ask(|c| imports::table.count().get_result::<i64>(c)).await, 0);
}

async fn other_routes_still_accept_forms_only(clinic: Clinic) {
    let ines = clinic.importer().await;
    ines.upload("/admin/patients/new", "a.csv", b"x").await.is(415);
    ines.upload("/admin/patients/export", "a.csv", b"x").await.is(415);
}
