//! Files of other programs: their quotation marks, sheets and characters.

use std::io::{Cursor, Read, Write};

use rust_xlsxwriter::Workbook;

use super::{checked, confirmed, counts, settled, uploaded};
use crate::stories;
use crate::support::Clinic;

stories![
    a_quotation_mark_that_is_never_closed_hides_no_rows,
    a_quotation_mark_in_a_column_left_out_hides_no_rows,
    a_line_of_an_address_may_look_like_a_row,
    a_quotation_mark_inside_a_text_stays,
    the_first_visible_sheet_is_read_and_another_can_be_chosen,
    a_workbook_is_known_by_its_types_and_not_by_its_names,
    the_characters_of_a_file_can_be_chosen,
    an_export_is_separated_as_its_reader_expects,
    a_workbook_with_a_damaged_sheet_gets_an_answer,
];

async fn a_quotation_mark_that_is_never_closed_hides_no_rows(clinic: Clinic) {
    let ines = clinic.importer().await;
    let file = "name,age,gender,address\nAda One,40,female,\"12 Main St\nBob Two,41,male,Here\nCid Three,42,male,There\n";
    let page = checked(&ines, "patients", file.as_bytes()).await;
    assert_eq!(counts(&page), ["2", "0", "0", "1"]);
    page.see("The quotation mark in line 2 is never closed");
    confirmed(&ines, &page.path, &[("skip_errors", "1")]).await.see("2 added");
    assert_eq!(clinic.patient_names().await, ["Bob Two", "Cid Three"]);
    let file = "name,age,gender,address\nAda One,40,female,\"12 Main St\nEve Four,41,male,Here\nFay Five,42,male,\"\n";
    let page = checked(&ines, "patients", file.as_bytes()).await;
    page.see("A cell contains 2 rows of the file. Check for a missing quotation mark");
    assert_eq!(counts(&page), ["0", "0", "0", "1"]);
    // Closed in another column, it also swallows cells.
    let file = "name,age,gender,address\nAda One,\"40,female,Main St\nEve Four,41,male,Here\nFay Five,42,\",There\n";
    let page = checked(&ines, "patients", file.as_bytes()).await;
    page.see("A cell contains 1 row of the file. Check for a missing quotation mark");
}

async fn a_quotation_mark_in_a_column_left_out_hides_no_rows(clinic: Clinic) {
    let ines = clinic.importer().await;
    let file = "name,age,gender,address,remark\nAda One,40,female,Here,\"she said\nBob Two,41,male,Here,fine\nCid Three,42,male,There,\n";
    let page = checked(&ines, "patients", file.as_bytes()).await;
    assert_eq!(counts(&page), ["2", "0", "0", "1"]);
    page.see("The quotation mark in line 2 is never closed");
    confirmed(&ines, &page.path, &[("skip_errors", "1")]).await.see("2 added");
    assert_eq!(clinic.patient_names().await, ["Bob Two", "Cid Three"]);
}

async fn a_line_of_an_address_may_look_like_a_row(clinic: Clinic) {
    let ines = clinic.importer().await;
    let file = "name,age,gender,address\nAda One,40,female,\"Flat 3\n12 Main St, Old Town, Leeds, UK\nGround floor\"\nBob Two,41,male,\"Here\nA, b, c, d\"\n";
    let page = checked(&ines, "patients", file.as_bytes()).await;
    assert_eq!(counts(&page), ["2", "0", "0", "0"]);
}

async fn a_quotation_mark_inside_a_text_stays(clinic: Clinic) {
    let ines = clinic.importer().await;
    let file = "name,age,gender,address\nAda One,40,female,\"12\" Main St\nBob Two,41,male,\"Flat 3\nMain St, \"\"B\"\"\"\n";
    let page = checked(&ines, "patients", file.as_bytes()).await;
    assert_eq!(counts(&page), ["2", "0", "0", "0"]);
    confirmed(&ines, &page.path, &[]).await.see("2 added");
    use diesel::prelude::*;
    use praxis::db::schema::patients;
    let stored = clinic.ask(|c| patients::table.order(patients::id).select(patients::address).load::<String>(c)).await;
    assert_eq!(stored, ["\"12\" Main St", "Flat 3\nMain St, \"B\""]);
}

fn sheet_of(book: &mut Workbook, name: &str, person: &str) {
    let sheet = book.add_worksheet();
    sheet.set_name(name).expect("a name");
    for (column, (heading, value)) in [("Name", person), ("Gender", "male"), ("Age", "4")].iter().enumerate() {
        sheet.write_string(0, column as u16, *heading).expect("written");
        sheet.write_string(1, column as u16, *value).expect("written");
    }
}

async fn the_first_visible_sheet_is_read_and_another_can_be_chosen(clinic: Clinic) {
    let ines = clinic.importer().await;
    let mut book = Workbook::new();
    let mut chart = rust_xlsxwriter::Chart::new(rust_xlsxwriter::ChartType::Column);
    chart.add_series().set_values("North!$C$2:$C$2");
    book.add_chartsheet().set_name("Chart").expect("a name").insert_chart(0, 0, &chart).expect("a chart");
    sheet_of(&mut book, "Old", "Hidden Person");
    sheet_of(&mut book, "North", "Nora North");
    sheet_of(&mut book, "South", "Sid South");
    book.worksheet_from_name("Old").expect("a sheet").set_hidden(true);
    book.worksheet_from_name("North").expect("a sheet").set_active(true).set_first_tab(true);
    let here = uploaded(&ines, "patients", &book.save_to_buffer().expect("a workbook")).await;
    let page = ines.open(&here).await;
    page.see("sheet ‘North’, the first of several").see("Nora North").miss("Hidden");
    assert_eq!(page.attributes("#sheet option", "value"), ["North", "South"]);
    ines.fill(&here, &[("sheet", "South"), ("read", "again")]).await.is(303);
    ines.open(&here).await.see("sheet ‘South’").see("Sid South");
    ines.fill(&here, &[]).await.is(303);
    settled(&ines, &here).await;
    confirmed(&ines, &here, &[]).await.see("1 added");
    assert_eq!(clinic.patient_names().await, ["Sid South"]);
}

/// The workbook with one text in the names and the contents of its parts replaced by another.
fn replaced(book: &[u8], from: &str, to: &str) -> Vec<u8> {
    rewritten(book, |name| name.replace(from, to), |text| text.replace(from, to))
}

/// The workbook with other names of its parts, and other contents.
fn rewritten(book: &[u8], rename: impl Fn(&str) -> String, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut old = zip::ZipArchive::new(Cursor::new(book)).expect("an archive");
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for place in 0..old.len() {
        let mut part = old.by_index(place).expect("a part");
        let name = rename(&part.name().expect("a name"));
        let mut text = Vec::new();
        part.read_to_end(&mut text).expect("its content");
        let text = change(&String::from_utf8_lossy(&text));
        new.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        new.write_all(text.as_bytes()).expect("its content");
    }
    new.finish().expect("an archive").into_inner()
}

async fn a_workbook_is_known_by_its_types_and_not_by_its_names(clinic: Clinic) {
    let ines = clinic.importer().await;
    let mut book = Workbook::new();
    sheet_of(&mut book, "North", "Nora North");
    let here = uploaded(&ines, "patients", &replaced(&book.save_to_buffer().expect("a workbook"), "workbook.xml", "book2.xml")).await;
    ines.open(&here).await.see("sheet ‘North’").see("Nora North");
    // Some programs write the paths of Windows into the archive.
    let book = rewritten(&book.save_to_buffer().expect("a workbook"), |name| name.replace('/', "\\"), ToString::to_string);
    let here = uploaded(&ines, "patients", &book).await;
    ines.open(&here).await.see("sheet ‘North’").see("Nora North");
    ines.fill(&here, &[]).await.is(303);
    assert_eq!(counts(&settled(&ines, &here).await), ["1", "0", "0", "0"]);
}

async fn the_characters_of_a_file_can_be_chosen(clinic: Clinic) {
    let ines = clinic.importer().await;
    // Łukasz in windows-1250.
    let file = b"Name;Gender;Age\r\n\xa3ukasz;male;3\r\n";
    let here = uploaded(&ines, "patients", file).await;
    ines.fill(&here, &[("encoding", "windows-1250"), ("read", "again")]).await.is(303);
    let page = ines.open(&here).await;
    page.see("Central European (Windows)").see("Łukasz");
    assert_eq!(page.value("encoding"), "windows-1250");
    ines.fill(&here, &[]).await.is(303);
    settled(&ines, &here).await;
    confirmed(&ines, &here, &[]).await.see("1 added");
    assert_eq!(clinic.patient_names().await, ["Łukasz"]);
    let here = uploaded(&ines, "patients", file).await;
    ines.fill(&here, &[("encoding", "nonsense"), ("read", "again")]).await.is(303);
    assert_eq!(counts(&checked(&ines, "patients", b"Name;Gender;Age\r\nA;male;3\r\n").await), ["1", "0", "0", "0"]);
}

async fn an_export_is_separated_as_its_reader_expects(clinic: Clinic) {
    use diesel::prelude::*;
    use praxis::db::schema::users;
    let ines = clinic.importer().await;
    let owner = clinic.user_id("ines").await;
    clinic.patient("Silva; Maria", owner).await;
    clinic.arrange(|c| diesel::update(users::table).set(users::locale.eq("de")).execute(c)).await.expect("changed");
    let asked = [("columns", "name"), ("columns", "age"), ("format", "csv")];
    let file = ines.post("/admin/patients/export", &asked).await;
    assert_eq!(file.body, "\u{feff}Name;Age\r\n\"Silva; Maria\";40\r\n");
}

/// Every place of the sheet holds nonsense once; the property test of the readers goes further.
async fn a_workbook_with_a_damaged_sheet_gets_an_answer(clinic: Clinic) {
    let ines = clinic.importer().await;
    let mut book = Workbook::new();
    sheet_of(&mut book, "North", "Nora North");
    let book = book.save_to_buffer().expect("a workbook");
    let mut read = 0;
    for (from, to) in [
        ("r=\"A2\"", "r=\"ZZZZZZZZZZ2\""),
        ("r=\"A2\"", "r=\"A99999999999\""),
        ("r=\"A2\"", "r=\"\""),
        ("<row r=\"2\"", "<row r=\"-1\""),
        ("t=\"s\"", "t=\"d\""),
        ("t=\"s\"", "t=\"nonsense\""),
        ("<v>3</v>", "<v>99999</v>"),
        ("<v>3</v>", "<v>18446744073709551616</v>"),
        ("<v>3</v>", "<v>&#x110000;</v>"),
        ("<v>3</v>", "<v>"),
        ("</sheetData>", "<!--"),
        ("<dimension ref=\"A1", "<dimension ref=\"ZZZZ99999999"),
        ("Nora North", "&nothing;"),
    ] {
        let page = ines.upload("/admin/patients/import", "patients.xlsx", &replaced(&book, from, to)).await;
        match page.status {
            303 => {
                ines.open(page.location()).await;
                read += 1;
            }
            status => assert_eq!(status, 422, "{from} as {to}: {}", page.text()),
        }
    }
    assert!(read < 13, "some are refused");
}
