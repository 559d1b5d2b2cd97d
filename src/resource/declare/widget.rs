//! How a field is entered.

/// How a value is typed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Widget {
    /// Follows from the kind: a line, a number, a tick box, a select.
    Plain,
    Email,
    Telephone,
    Area,
    /// Never sent back to the browser, and taken as typed.
    CurrentPassword,
    NewPassword,
    Radio,
    /// Three boxes, for dates that one remembers.
    DateParts,
    /// The whole list with tick boxes, for many-to-many.
    Checklist,
    /// A line that offers the names of time zones.
    TimeZone,
    /// The name of a resource, shown as people call it.
    ResourceName,
}

impl Widget {
    /// The address that reaches a value: writes to an email address, calls a telephone.
    pub fn contact(self, value: &str) -> Option<String> {
        match self {
            _ if value.is_empty() => None,
            Self::Email => {
                Some(format!("mailto:{}", value.replace('%', "%25").replace('?', "%3F").replace('&', "%26").replace('#', "%23")))
            }
            Self::Telephone => {
                // '+33 (0)1' is two ways to write one number: from abroad the nought is not dialled.
                let dialled = if value.trim_start().starts_with('+') { value.replace("(0)", "") } else { value.into() };
                let number: String = dialled.chars().filter(|letter| letter.is_ascii_digit() || *letter == '+').collect();
                (number.len() > 2).then(|| format!("tel:{number}"))
            }
            _ => None,
        }
    }
}
