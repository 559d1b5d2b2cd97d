//! `SMS_URL` and what belongs to it: the gateway that sends text messages.

mod quiet_hours;

use secrecy::SecretString;
use url::Url;

use super::smtp_url::is_here;
use super::{Read, wrong};

pub use quiet_hours::QuietHours;
pub(in crate::settings) use quiet_hours::quiet_hours;

/// A gateway that takes a text message with one HTTP request.
#[derive(Clone, Debug)]
pub struct SmsGateway {
    pub url: Url,
    pub token: SecretString,
    /// The number or name that recipients see.
    pub sender: String,
    /// The country of numbers that are written without one, such as `+33`; blank for none.
    pub country: String,
}

impl SmsGateway {
    /// A telephone number in the form of E.164, `+33142685300`; `None` if it cannot be understood.
    pub fn number(&self, typed: &str) -> Option<String> {
        let typed = typed.trim().replace("(0)", "");
        if typed.contains(|letter: char| !letter.is_ascii_digit() && !" -./()+\u{a0}\u{2011}".contains(letter)) {
            return None;
        }
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        let number = match typed.chars().find(|letter| letter.is_ascii_digit() || *letter == '+') {
            Some('+') => format!("+{digits}"),
            _ if digits.starts_with("00") => format!("+{}", digits.trim_start_matches('0')),
            _ if !self.country.is_empty() => format!("{}{}", self.country, digits.strip_prefix('0').unwrap_or(&digits)),
            _ => return None,
        };
        (9..=16).contains(&number.len()).then_some(number)
    }
}

pub(super) fn sms(get: impl Fn(&str) -> Option<String>) -> Read<Option<SmsGateway>> {
    let Some(given) = get("SMS_URL") else { return Ok(None) };
    let what = "give the address of the gateway, for example https://api.telnyx.com/v2/messages";
    let url = Url::parse(&given).or_else(|_| wrong("SMS_URL", what))?;
    let is_private =
        url.scheme() == "https" || (url.scheme() == "http" && url.host_str().is_some_and(|host| is_here(host.trim_matches(['[', ']']))));
    if !is_private || !url.username().is_empty() || url.password().is_some() {
        return wrong("SMS_URL", what);
    }
    let Some(token) = get("SMS_TOKEN") else { return wrong("SMS_TOKEN", "give the token of the gateway in SMS_URL") };
    let is_name = |name: &str| name.chars().count() <= 20 && !name.chars().any(char::is_control);
    let Some(sender) = get("SMS_SENDER").filter(|sender| is_name(sender)) else {
        return wrong("SMS_SENDER", "give the number or the name that sends, for example +33142685300");
    };
    let country = get("SMS_COUNTRY").unwrap_or_default();
    let is_code =
        country.strip_prefix('+').is_some_and(|code| (1..=3).contains(&code.len()) && code.bytes().all(|digit| digit.is_ascii_digit()));
    if !country.is_empty() && !is_code {
        return wrong("SMS_COUNTRY", "give the code of a country, for example +33");
    }
    Ok(Some(SmsGateway { url, token: token.into(), sender, country }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_understood_as_people_write_them() {
        let gateway = |country: &str| {
            let source = |name: &str| match name {
                "SMS_URL" => Some("https://sms.example.org/send".to_string()),
                "SMS_TOKEN" | "SMS_SENDER" => Some("Praxis".into()),
                "SMS_COUNTRY" => Some(country.to_string()).filter(|code| !code.is_empty()),
                _ => None,
            };
            sms(source).unwrap().unwrap()
        };
        let (known, unknown) = (gateway("+33"), gateway(""));
        for typed in ["+33 1 42 68 53 00", "0033 142685300", "01.42.68.53.00", "+33 (0)1 42-68-53-00", " (01) 42 68 53 00"] {
            assert_eq!(known.number(typed).as_deref(), Some("+33142685300"), "{typed}");
        }
        assert_eq!(unknown.number("+44 20 7946 0018").as_deref(), Some("+442079460018"));
        for typed in ["01 42 68 53 00", "", "ask his mother", "+33", "+3314268530012345678"] {
            assert_eq!(unknown.number(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_gateway_needs_a_token_and_a_private_way() {
        let read = |url: &str, token: Option<&str>| {
            sms(|name| match name {
                "SMS_URL" => Some(url.to_string()),
                "SMS_TOKEN" => token.map(ToString::to_string),
                "SMS_SENDER" => Some("Praxis".into()),
                _ => None,
            })
        };
        assert!(read("https://sms.example.org/", Some("secret")).is_ok() && read("http://127.0.0.1:9/", Some("secret")).is_ok());
        for (url, token) in [
            ("http://sms.example.org/", Some("secret")),
            ("https://a:b@sms.example.org", Some("secret")),
            ("sms", Some("secret")),
            ("https://sms.example.org", None),
        ] {
            assert!(read(url, token).is_err(), "{url}");
        }
        assert!(!format!("{:?}", read("https://sms.example.org/", Some("secret")).unwrap()).contains("secret"));
    }
}
