//! A response, and the visible content of its page.

use std::cell::OnceCell;

use awc::http::header::HeaderMap;
use scraper::{ElementRef, Html, Selector};

pub struct Page {
    pub path: String,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// The body as received.
    pub bytes: Vec<u8>,
    /// Parsed when it is first asked for.
    html: OnceCell<Html>,
    words: OnceCell<String>,
}

impl Page {
    pub fn new(path: &str, status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let headers = headers.iter().map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
        Self {
            path: path.into(),
            status,
            headers: headers.collect(),
            body: without_session_warning(&String::from_utf8_lossy(body)),
            bytes: body.to_vec(),
            html: OnceCell::new(),
            words: OnceCell::new(),
        }
    }

    fn html(&self) -> &Html {
        self.html.get_or_init(|| Html::parse_document(&self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub fn location(&self) -> &str {
        assert_eq!(self.status, 303, "{} led nowhere: {}", self.path, self.text());
        self.header("location")
    }

    /// The visible text of the page, without markup and repeated spaces.
    pub fn text(&self) -> String {
        self.words.get_or_init(|| words(self.html().root_element())).clone()
    }

    /// The text of every element that the selector matches.
    pub fn all(&self, selector: &str) -> Vec<String> {
        self.html().select(&select(selector)).map(words).collect()
    }

    /// The attribute of every element that the selector matches.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        self.html().select(&select(selector)).filter_map(|element| element.attr(name)).map(ToString::to_string).collect()
    }

    pub fn has(&self, selector: &str) -> bool {
        self.html().select(&select(selector)).next().is_some()
    }

    #[track_caller]
    pub fn see(&self, words: &str) -> &Self {
        assert!(self.text().contains(words), "‘{words}’ is not on {} ({}): {}", self.path, self.status, self.text());
        self
    }

    #[track_caller]
    pub fn miss(&self, words: &str) -> &Self {
        assert!(!self.text().contains(words), "‘{words}’ is on {}: {}", self.path, self.text());
        self
    }

    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}: {}", self.path, self.text());
        self
    }

    /// The error at a field, which the summary must repeat.
    #[track_caller]
    pub fn error(&self, field: &str) -> String {
        let said =
            self.all(&format!("#{field}-error")).pop().unwrap_or_else(|| panic!("no error at {field} on {}: {}", self.path, self.text()));
        assert!(self.all(".error-summary a").contains(&said), "the summary lacks ‘{said}’");
        assert!(self.body.contains("<title>Error: "), "the title does not begin with Error");
        for target in self.attributes(".error-summary a", "href") {
            assert!(self.has(&format!("[id='{}']", target.trim_start_matches('#'))), "{target} leads nowhere");
        }
        said
    }

    /// The value of a control in the main form.
    pub fn value(&self, name: &str) -> String {
        let found = self.html().select(&select(&format!("[name='{name}']"))).flat_map(|element| form_values(&element)).next();
        found.map(|(_, value)| value).unwrap_or_default()
    }

    /// The text of a read-only field.
    #[track_caller]
    pub fn value_of(&self, selector: &str) -> String {
        self.attributes(selector, "value").pop().unwrap_or_else(|| panic!("no {selector} on {}: {}", self.path, self.text()))
    }

    /// The address of the main form, and the values that it would send, without any button. The one with the page's primary action
    /// before the rows of a list, else the last.
    pub fn form(&self) -> (String, Vec<(String, String)>) {
        let html = self.html();
        let form = html
            .select(&select("main form.card[method=post]:has(button.primary)"))
            .next_back()
            .or_else(|| html.select(&select("main form[method=post]")).next_back())
            .unwrap_or_else(|| panic!("no form on {}: {}", self.path, self.text()));
        sent_by(form)
    }

    /// The same for the form with this address.
    #[track_caller]
    pub fn form_to(&self, action: &str) -> (String, Vec<(String, String)>) {
        let form = self.html().select(&select(&format!("main form[method=post][action='{action}']"))).next();
        sent_by(form.unwrap_or_else(|| panic!("no form to {action} on {}: {}", self.path, self.text())))
    }
}

fn sent_by(form: ElementRef) -> (String, Vec<(String, String)>) {
    let data = form.select(&select("input, select, textarea")).flat_map(|element| form_values(&element)).collect();
    (form.attr("action").unwrap_or("").into(), data)
}

fn words(element: ElementRef) -> String {
    let text = element.text().collect::<Vec<_>>().join(" ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without the dialog that a script may show before the session ends, which is hidden in the page itself.
fn without_session_warning(body: &str) -> String {
    let parts = body.split_once("<template data-session-warning").and_then(|(before, rest)| {
        let (head, rest) = rest.split_once('>')?;
        let (_, after) = rest.split_once("</template>")?;
        Some(format!("{before}<template data-session-warning{head}></template>{after}"))
    });
    parts.unwrap_or_else(|| body.into())
}

fn select(selector: &str) -> Selector {
    Selector::parse(selector).unwrap_or_else(|error| panic!("{selector}: {error}"))
}

/// The values that a control would send.
fn form_values(element: &ElementRef) -> Vec<(String, String)> {
    let Some(name) = element.attr("name") else { return Vec::new() };
    let value = || element.attr("value").unwrap_or("").to_string();
    let value = match (element.value().name(), element.attr("type")) {
        ("input", Some("checkbox")) if element.attr("checked").is_some() => Some(element.attr("value").unwrap_or("on").to_string()),
        ("input", Some("radio")) if element.attr("checked").is_some() => Some(value()),
        ("input", Some("checkbox" | "radio")) => None,
        ("textarea", _) => Some(element.text().collect::<String>().trim_start_matches('\n').to_string()),
        ("select", _) => {
            Some(element.select(&select("option[selected]")).next().and_then(|option| option.attr("value")).unwrap_or("").into())
        }
        _ => Some(value()),
    };
    value.map(|value| (name.to_string(), value)).into_iter().collect()
}
