//! The table.

use crate::load::Measured;

/// Below this share of its core, the server waited for something else.
const BUSY: f64 = 0.85;

pub struct Row {
    pub title: String,
    pub floor: Measured,
    /// In the order of the columns; `None` if that person has no such page.
    pub people: Vec<Option<Measured>>,
}

pub fn print(names: &[&str], rows: &[Row]) {
    println!("Requests a second · of the floor's · CPU of the server for a request · 99th percentile of the answers.\n");
    println!("| page | bytes, ours / floor | floor | {} |", names.join(" | "));
    println!("|---|---|---|{}", "---|".repeat(names.len()));
    for Row { title, floor, people } in rows {
        let ours = people.first().and_then(Option::as_ref).map_or_else(|| "–".into(), |ours| thousands(ours.bytes as f64));
        let cells: Vec<String> = people.iter().map(|one| one.as_ref().map_or_else(|| "–".into(), |one| cell(one, Some(floor)))).collect();
        println!("| {title} | {ours} / {} | {} | {} |", thousands(floor.bytes as f64), cell(floor, None), cells.join(" | "));
    }
    println!("\nThe sign-in page is measured without a session. With \\*, the server used less than {:.0} % of its core:", BUSY * 100.0);
    println!("`wrk`, the disk, the database or another program limited the rate, and only the CPU time compares.");
}

/// `371 · 7 % · 2,475 µs · 88 ms`, with a star if the CPU was not the limit
fn cell(one: &Measured, floor: Option<&Measured>) -> String {
    let share = floor.map_or_else(String::new, |floor| format!(" · {}", share(one.rate / floor.rate)));
    let p99 = if one.p99 < 10.0 { format!("{:.1}", one.p99) } else { thousands(one.p99) };
    let star = if one.rate * one.cpu < BUSY * 1e6 { "\\*" } else { "" };
    format!("{}{star}{share} · {} µs · {p99} ms", thousands(one.rate), thousands(one.cpu))
}

/// `7 %`, or `2.4×` if it is faster than the floor.
fn share(share: f64) -> String {
    if share < 1.5 { format!("{:.0} %", share * 100.0) } else { format!("{share:.1}×") }
}

/// `12,345`
pub fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
