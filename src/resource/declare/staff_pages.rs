//! The pages of a model for staff, in addition to those of the admin.

use time::Date;

use crate::db::Zone;
use crate::resource::value::Row;

/// A fieldset of a staff page: title and names of fields.
pub type StaffFieldset = (&'static str, &'static [&'static str]);

/// What the staff pages of a model show. What is left blank is the same as in the admin.
#[derive(Clone, Copy, Debug)]
pub struct StaffPages {
    /// The address of the list, such as `/patients`; blank for a model without staff pages.
    pub path: &'static str,
    pub list_display: &'static [&'static str],
    pub list_filter: &'static [&'static str],
    pub fieldsets: &'static [StaffFieldset],
    /// The list offers the date hierarchy of the declaration, as the administration does.
    pub date_hierarchy: bool,
    /// A record can be added together with a user account, at `{path}/new/account`.
    pub with_account: bool,
    /// The start page counts its records and lists the latest, and the main menu has its list.
    pub listed_today: bool,
    /// The line under the name on the page of a record, as of a date.
    pub summary: fn(&Row, &Zone, Date) -> String,
    /// A short note next to the name where other pages list the record.
    pub note: fn(&Row, &Zone, Date) -> String,
    /// What must be seen on every page of the record, such as an allergy.
    pub alerts: fn(&Row, &Zone) -> Vec<String>,
}

impl StaffPages {
    pub const NONE: Self = Self::at("");

    pub const fn at(path: &'static str) -> Self {
        Self {
            path,
            list_display: &[],
            list_filter: &[],
            fieldsets: &[],
            date_hierarchy: false,
            with_account: false,
            listed_today: true,
            summary: |_, _, _| String::new(),
            note: |_, _, _| String::new(),
            alerts: |_, _| Vec::new(),
        }
    }

    pub const fn list_display(self, names: &'static [&'static str]) -> Self {
        Self { list_display: names, ..self }
    }

    pub const fn list_filter(self, names: &'static [&'static str]) -> Self {
        Self { list_filter: names, ..self }
    }

    pub const fn fieldsets(self, fieldsets: &'static [StaffFieldset]) -> Self {
        Self { fieldsets, ..self }
    }

    pub const fn with_date_hierarchy(self) -> Self {
        Self { date_hierarchy: true, ..self }
    }

    pub const fn with_account(self) -> Self {
        Self { with_account: true, ..self }
    }

    /// The start page and the main menu show them in their own way.
    pub const fn not_listed_today(self) -> Self {
        Self { listed_today: false, ..self }
    }

    /// Whether the start page counts its records and lists the latest.
    pub fn is_on_today(&self) -> bool {
        self.listed_today && !self.path.is_empty()
    }

    pub const fn summary(self, summary: fn(&Row, &Zone, Date) -> String) -> Self {
        Self { summary, ..self }
    }

    pub const fn note(self, note: fn(&Row, &Zone, Date) -> String) -> Self {
        Self { note, ..self }
    }

    pub const fn alerts(self, alerts: fn(&Row, &Zone) -> Vec<String>) -> Self {
        Self { alerts, ..self }
    }
}
