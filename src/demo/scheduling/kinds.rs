//! The types of appointments of the demo, and what people come for.

use crate::scheduling::appointment_type::{BookedBy, Colour};

/// A type of appointments.
pub struct Kind {
    pub name: &'static str,
    pub colour: Colour,
    pub minutes: i64,
    /// Minutes before and after.
    pub buffers: (i64, i64),
    pub booked_by: BookedBy,
    /// The shortest notice for patients, in minutes.
    pub notice: i64,
    pub places: i32,
    /// Blank if it needs no room of a kind.
    pub room_kind: &'static str,
    /// Of 100 times that are booked, so many are of this type.
    pub share: u32,
    pub reasons: &'static [&'static str],
}

pub const TREATMENT: &str = "treatment";
pub const GROUP: &str = "group";

pub const KINDS: [Kind; 7] = [
    Kind {
        name: "Consultation",
        colour: Colour::Teal,
        minutes: 20,
        buffers: (0, 0),
        booked_by: BookedBy::Request,
        notice: 1_440,
        places: 1,
        room_kind: "",
        share: 42,
        reasons: &[
            "Back pain for two weeks",
            "Cough and fever",
            "Headaches in the morning",
            "Rash on both arms",
            "Knee pain after a fall",
            "Tired since the summer",
            "Earache",
            "Stomach pain after meals",
        ],
    },
    Kind {
        name: "Follow-up",
        colour: Colour::Blue,
        minutes: 10,
        buffers: (0, 0),
        booked_by: BookedBy::Patient,
        notice: 240,
        places: 1,
        room_kind: "",
        share: 27,
        reasons: &[
            "Blood pressure",
            "Results of the blood test",
            "New tablets, third week",
            "Wound check",
            "Sick note",
            "Plan for physiotherapy",
        ],
    },
    Kind {
        name: "Telephone",
        colour: Colour::Grey,
        minutes: 10,
        buffers: (0, 0),
        booked_by: BookedBy::Patient,
        notice: 120,
        places: 1,
        room_kind: "",
        share: 13,
        reasons: &["Results by telephone", "Question about the dose", "Repeat prescription", "Letter from the hospital"],
    },
    Kind {
        name: "Vaccination",
        colour: Colour::Amber,
        minutes: 10,
        buffers: (0, 5),
        booked_by: BookedBy::Patient,
        notice: 240,
        places: 1,
        room_kind: TREATMENT,
        share: 8,
        reasons: &["Flu", "Tetanus booster", "Travel to Kenya", "Measles, second dose"],
    },
    Kind {
        name: "Check-up",
        colour: Colour::Violet,
        minutes: 40,
        buffers: (5, 10),
        booked_by: BookedBy::Request,
        notice: 2_880,
        places: 1,
        room_kind: "",
        share: 6,
        reasons: &["Yearly check-up", "Before an operation", "Diabetes review", "For a new employer"],
    },
    Kind {
        name: "Minor surgery",
        colour: Colour::Rose,
        minutes: 45,
        buffers: (10, 15),
        booked_by: BookedBy::Staff,
        notice: 2_880,
        places: 1,
        room_kind: TREATMENT,
        share: 2,
        reasons: &["Mole on the shoulder", "Ingrown nail", "Stitches out"],
    },
    Kind {
        name: "Group class",
        colour: Colour::Violet,
        minutes: 60,
        buffers: (10, 10),
        booked_by: BookedBy::Patient,
        notice: 1_440,
        places: 8,
        room_kind: GROUP,
        share: 2,
        reasons: &["Back exercises", "Living with diabetes", "Stopping smoking"],
    },
];

/// Why a second patient was booked at a time that was taken.
pub const OVERBOOKING: [&str; 4] = ["Acute pain", "Sent by the emergency department", "Child with fever", "Results that cannot wait"];

pub const CANCELLED_BY_PATIENT: [&str; 5] = ["Feels better", "Has to work", "Ill at home", "Found an earlier time", ""];
pub const CANCELLED_BY_CLINIC: [&str; 3] = ["Doctor is ill", "Moved to another day", "Equipment is being repaired"];

/// Names and dates of the days on which the clinic is closed.
pub const HOLIDAYS: [(&str, u8, u8); 4] = [("New Year’s Day", 1, 1), ("May Day", 5, 1), ("Christmas Day", 12, 25), ("Boxing Day", 12, 26)];
