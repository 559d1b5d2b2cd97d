//! How a field is entered.

/// The input for a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Widget {
    /// Follows from the kind: a text or number input, a tick box, a select.
    Plain,
    Email,
    Telephone,
    Area,
    /// Never sent back to the browser, and not trimmed.
    CurrentPassword,
    NewPassword,
    Radio,
    /// Day, month and year inputs, for memorable dates such as a birthday.
    DateParts,
    /// All choices with tick boxes, for many-to-many fields.
    Checklist,
    /// A text input that suggests time zones.
    TimeZone,
    /// The name of a resource, shown as its label.
    ResourceName,
}

impl Widget {
    /// A link to contact somebody: `mailto:` for an email address, `tel:` for a phone number.
    pub fn contact(self, value: &str) -> Option<String> {
        match self {
            _ if value.is_empty() => None,
            Self::Email => {
                Some(format!("mailto:{}", value.replace('%', "%25").replace('?', "%3F").replace('&', "%26").replace('#', "%23")))
            }
            Self::Telephone => {
                // '+33 (0)1' combines two forms of a number: from abroad, the zero is not dialled.
                let dialled = if value.trim_start().starts_with('+') { value.replace("(0)", "") } else { value.into() };
                let number: String = dialled.chars().filter(|letter| letter.is_ascii_digit() || *letter == '+').collect();
                (number.len() > 2).then(|| format!("tel:{number}"))
            }
            _ => None,
        }
    }
}
