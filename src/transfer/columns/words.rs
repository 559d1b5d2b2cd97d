//! Headings of other programs for the fields of a clinic, without case, blanks and accents.

/// The label of a field, and other headings for it.
const HEADINGS: [(&str, &[&str]); 12] = [
    ("name", &["fullname", "patientname", "patient", "doctorname", "nom", "nombre"]),
    ("dateofbirth", &["dob", "born", "birthdate", "birthday", "birth", "dateborn", "geburtsdatum", "datedenaissance"]),
    ("age", &["ageyears", "ageinyears", "years"]),
    ("gender", &["sex", "geschlecht", "sexe", "sexo"]),
    ("address", &["street", "homeaddress", "postaladdress", "fulladdress", "adresse"]),
    ("primarydoctor", &["gp", "doctor", "physician", "familydoctor", "generalpractitioner", "primarycarephysician"]),
    ("phone", &["telephone", "mobile", "tel", "phonenumber", "telephonenumber", "mobilenumber", "cell"]),
    ("email", &["emailaddress", "mail"]),
    ("specialization", &["speciality", "specialty", "specialisation"]),
    ("firstname", &["givenname", "forename"]),
    ("lastname", &["familyname", "surname"]),
    ("username", &["user", "login"]),
];

/// Whether a heading is another word for the field with this label; both in letters alone.
pub fn is_other_word(label: &str, heading: &str) -> bool {
    HEADINGS.iter().any(|(field, others)| *field == label && others.contains(&heading))
}
