//! What others call a patient by: the number of an insurance, a national number, a passport.

use diesel::prelude::*;

use super::patient::Patient;
use crate::db::schema::patient_identifiers;
use crate::db::{Connection, UtcDateTime};
use crate::resource::access::actor::Action;
use crate::resource::declare::candidate::Candidate;
use crate::resource::declare::hooks::Hooks;
use crate::resource::declare::reference::OnDelete;
use crate::resource::list::search::spelling::lookup;
use crate::resource::{Api, Model, Value, field};

crate::text_enum! {
    pub enum IdentifierKind {
        Insurance = "insurance" / "Insurance number",
        National = "national" / "National number",
        Nhs = "nhs" / "NHS number",
        Ssn = "ssn" / "US Social Security number",
        Passport = "passport" / "Passport",
        Driving = "driving" / "Driving licence",
        Record = "record" / "Record number elsewhere",
        Other = "other" / "Other number",
    }
}

#[derive(Clone, Debug, Queryable)]
pub struct Identifier {
    pub id: i64,
    pub patient_id: i64,
    pub kind: IdentifierKind,
    pub issuer: String,
    pub value: String,
    /// The value in capitals without blanks and marks, by which it is found.
    pub lookup: String,
    pub created_at: UtcDateTime,
    pub updated_at: UtcDateTime,
    pub version: i64,
    pub deleted_at: Option<UtcDateTime>,
}

crate::resource! {
    Identifier in patient_identifiers;
    name "identifier" at "identifiers", "Identifier" / "Identifiers";
    area "Clinic", icon "list";
    fields {
        patient_id: field("Patient").references::<Patient>(OnDelete::Cascade),
        kind: field("Type"),
        value: field("Number").max(60).example("943 476 5919"),
        issuer: field("Issued by").max(120).optional().help("For example, the insurance or the country"),
        lookup: field("Searched as").derived(),
    }
    automatic { created_at: field("Added"), updated_at: field("Changed") }
    trash;
    list_display [kind, value, issuer, patient_id, created_at];
    search_through [patient_id];
    natural_key [patient_id, kind, value];
    list_filter [patient_id, kind, created_at];
    ordering [-created_at];
    fieldsets { "Identifier": [patient_id, (kind, value), issuer] }
    label |identifier| format!("{} {}", identifier.kind.label(), identifier.value);
    scope through patient_id;
    options {
        unique_together: "The patient has this number already",
        api: const { Some(Api::of(&["patient_id", "kind", "value", "issuer", "created_at", "updated_at"])) },
        default_grants: &[
            ("Staff", &Action::ALL), ("Receptionist", &Action::ALL), ("Doctor", &[Action::View]), ("Nurse", &Action::ALL),
            ("Billing", &[Action::View]), ("Administrator", &Action::ALL), ("Patient", &[Action::View]),
        ],
    }
}

impl Hooks for Identifier {
    fn validate(_c: &mut Connection, candidate: &mut Candidate) -> QueryResult<()> {
        let fields = Identifier::FIELDS;
        let found = lookup(candidate.values.at(fields.value).as_text());
        let kind = IdentifierKind::parse(candidate.values.at(fields.kind).as_text());
        let is_blank = candidate.values.at(fields.value).is_blank();
        if !is_blank && found.is_empty() {
            candidate.errors.add(fields.value, "Enter a number with at least one letter or digit");
        } else if let Some(text) = kind.filter(|_| !is_blank).and_then(|kind| fault(kind, &found)) {
            candidate.errors.add(fields.value, text);
        }
        candidate.values.set(fields.lookup, Value::Text(found));
        Ok(())
    }
}

/// What is wrong with a number of this kind; only numbers with a known rule are checked.
fn fault(kind: IdentifierKind, number: &str) -> Option<&'static str> {
    let is_right = match kind {
        IdentifierKind::Nhs => is_nhs_number(number),
        IdentifierKind::Ssn => is_social_security_number(number),
        _ => return None,
    };
    match kind {
        _ if is_right => None,
        IdentifierKind::Nhs => Some("Enter the NHS number as it is printed: 10 digits, like 943 476 5919. Check for a mistyped digit"),
        _ => Some("Enter a Social Security number of 9 digits, like 536-90-4399"),
    }
}

fn digits(number: &str) -> Option<Vec<u32>> {
    number.chars().map(|letter| letter.to_digit(10)).collect()
}

/// Ten digits, of which the last checks the others modulo 11, as the NHS Data Dictionary defines it.
fn is_nhs_number(number: &str) -> bool {
    let Some(digits) = digits(number).filter(|digits| digits.len() == 10) else { return false };
    let sum: u32 = digits.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    digits.last() == Some(&((11 - sum % 11) % 11))
}

/// Area, group and serial number, none of them zero; areas 666 and from 900 were never issued.
fn is_social_security_number(number: &str) -> bool {
    let part = |from: usize, to: usize| number.get(from..to).and_then(|part| part.parse::<u32>().ok()).unwrap_or_default();
    let (area, group, serial) = (part(0, 3), part(3, 5), part(5, 9));
    digits(number).is_some_and(|digits| digits.len() == 9) && !matches!(area, 0 | 666 | 900..) && group > 0 && serial > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_a_rule_are_checked() {
        for (kind, number, is_right) in [
            (IdentifierKind::Nhs, "9434765919", true),
            (IdentifierKind::Nhs, "9434765918", false),
            (IdentifierKind::Nhs, "943476591", false),
            (IdentifierKind::Nhs, "943476591X", false),
            (IdentifierKind::Ssn, "536904399", true),
            (IdentifierKind::Ssn, "666904399", false),
            (IdentifierKind::Ssn, "536004399", false),
            (IdentifierKind::Passport, "C01X00T47", true),
        ] {
            assert_eq!(fault(kind, number).is_none(), is_right, "{number}");
        }
    }
}
