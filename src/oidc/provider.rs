//! A provider from the settings: `OIDC_PROVIDERS=google,clinic` and four more variables for each.

use secrecy::SecretString;
use url::{Host, Url};

/// The most providers, because each is a button on the sign-in page.
const MOST: usize = 20;
const LONGEST_LABEL: usize = 40;

/// A provider that users can sign in with.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The path segment in the redirect URI.
    pub name: String,
    /// The name for display.
    pub label: String,
    /// Exactly as the provider writes it.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: SecretString,
}

/// The setting that is wrong, and what to enter.
pub type Wrong = (String, &'static str);

/// All configured providers. Sends no requests.
pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Vec<Provider>, Wrong> {
    let list = get("OIDC_PROVIDERS").unwrap_or_default();
    let names: Vec<&str> = list.split([',', ' ']).map(str::trim).filter(|name| !name.is_empty()).collect();
    let wrong = |what| Err(("OIDC_PROVIDERS".into(), what));
    if names.len() > MOST || names.iter().enumerate().any(|(place, name)| names.iter().take(place).any(|other| other == name)) {
        return wrong("give each name once, and up to 20 names");
    }
    let ordinary =
        |name: &str| name.len() <= 30 && name.starts_with(|first: char| first.is_ascii_lowercase()) && name.chars().all(is_ordinary);
    if !names.iter().all(|name| ordinary(name)) {
        return wrong("give names of small letters, digits and _, separated by commas, for example google,clinic_id");
    }
    names.iter().map(|name| one(name, &get)).collect()
}

fn is_ordinary(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_'
}

fn one(name: &str, get: impl Fn(&str) -> Option<String>) -> Result<Provider, Wrong> {
    let variable = |end: &str| format!("OIDC_{}_{end}", name.to_uppercase());
    let needed = |end: &str, what: &'static str| {
        let given = get(&variable(end)).filter(|value| value.len() <= 1_000 && !value.chars().any(char::is_control));
        given.ok_or_else(|| (variable(end), what))
    };
    let issuer = needed("ISSUER", ISSUER)?;
    if !is_issuer(&issuer) {
        return Err((variable("ISSUER"), ISSUER));
    }
    let label = match get(&variable("LABEL")) {
        None => capitalised(name),
        Some(label) if label.chars().count() <= LONGEST_LABEL && !label.chars().any(char::is_control) => label,
        Some(_) => return Err((variable("LABEL"), "give at most 40 characters on one line")),
    };
    Ok(Provider {
        name: name.into(),
        label,
        issuer,
        client_id: needed("CLIENT_ID", "give the client ID that the provider issued to this clinic")?,
        client_secret: needed("CLIENT_SECRET", "give the client secret that the provider issued to this clinic")?.into(),
    })
}

const ISSUER: &str = "give the address of the provider, for example https://accounts.google.com; http is allowed on this machine only";

fn is_issuer(text: &str) -> bool {
    let plain = |url: &Url| url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    Url::parse(text).is_ok_and(|url| {
        let safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        safe && url.has_host() && plain(&url) && text.len() <= 255
    })
}

/// Whether the host is this machine, without resolving names.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// `Clinic id` for `clinic_id`.
fn capitalised(name: &str) -> String {
    let mut letters = name.chars().map(|letter| if letter == '_' { ' ' } else { letter });
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_pairs(pairs: &[(&str, &str)]) -> Result<Vec<Provider>, Wrong> {
        read(|name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_string()))
    }

    const GOOGLE: [(&str, &str); 4] = [
        ("OIDC_PROVIDERS", "google"),
        ("OIDC_GOOGLE_ISSUER", "https://accounts.google.com"),
        ("OIDC_GOOGLE_CLIENT_ID", "praxis"),
        ("OIDC_GOOGLE_CLIENT_SECRET", "hidden"),
    ];

    #[test]
    fn several_at_once() {
        assert!(read_pairs(&[]).unwrap().is_empty());
        let clinic = [
            ("OIDC_PROVIDERS", "google, clinic_id"),
            ("OIDC_CLINIC_ID_ISSUER", "http://127.0.0.1:3000/realm/"),
            ("OIDC_CLINIC_ID_CLIENT_ID", "praxis"),
            ("OIDC_CLINIC_ID_CLIENT_SECRET", "other"),
            ("OIDC_CLINIC_ID_LABEL", "Riverside ID"),
        ];
        let both = read_pairs(&[&clinic[..], &GOOGLE[1..]].concat()).unwrap();
        let named: Vec<_> = both.iter().map(|one| (one.name.as_str(), one.label.as_str(), one.issuer.as_str())).collect();
        assert_eq!(
            named,
            [("google", "Google", "https://accounts.google.com"), ("clinic_id", "Riverside ID", "http://127.0.0.1:3000/realm/")]
        );
        assert!(!format!("{both:?}").contains("hidden"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let with = |name: &'static str, value: &'static str| {
            let rest = GOOGLE.iter().filter(|(known, _)| *known != name).copied();
            read_pairs(&rest.chain([(name, value)].into_iter().filter(|(_, value)| !value.is_empty())).collect::<Vec<_>>())
        };
        for (name, value) in [
            ("OIDC_PROVIDERS", "google,google"),
            ("OIDC_PROVIDERS", "Google"),
            ("OIDC_PROVIDERS", "../google"),
            ("OIDC_GOOGLE_ISSUER", ""),
            ("OIDC_GOOGLE_ISSUER", "accounts.google.com"),
            ("OIDC_GOOGLE_ISSUER", "http://accounts.google.com"),
            ("OIDC_GOOGLE_ISSUER", "http://127.0.0.1.evil.example"),
            ("OIDC_GOOGLE_ISSUER", "https://me:word@accounts.google.com"),
            ("OIDC_GOOGLE_ISSUER", "https://accounts.google.com?x=1"),
            ("OIDC_GOOGLE_ISSUER", "file:///etc/passwd"),
            ("OIDC_GOOGLE_CLIENT_ID", ""),
            ("OIDC_GOOGLE_CLIENT_SECRET", ""),
            ("OIDC_GOOGLE_LABEL", "two\nlines"),
        ] {
            assert_eq!(with(name, value).unwrap_err().0, name, "{value}");
        }
    }
}
