//! Messages are plain English: reads the text of pages, commands and the log, literal by literal.

use std::fs;
use std::path::{Path, PathBuf};

use crate::facts;

facts![templates_are_plain_english, messages_in_the_source_are_plain_english, the_rules_find_what_they_forbid];

/// Words and phrases that messages do not use, and what to write instead. In lower case; whole words only.
const FORBIDDEN: &[(&str, &str)] = &[
    ("as soon as there is", "No patients yet."),
    ("as it stands", "now"),
    ("meanwhile", "since, or leave it out"),
    ("lets in", "can sign in"),
    ("let in", "signed in"),
    ("lets you in", "you can sign in with it"),
    ("let you in", "you can sign in with it"),
    ("lets me in", "Linked accounts"),
    ("let me in", "Linked accounts"),
    ("lets them in", "they can sign in"),
    ("to mend", "to fix, problems"),
    ("mend", "fix"),
    ("mend them", "fix them"),
    ("anew", "again"),
    ("told", "notified, shown, logged"),
    ("tells", "shows, says"),
    ("lately", "recently"),
    ("stands against", "prevents"),
    ("stand against", "prevent"),
    ("by now", "now"),
    ("beside", "in addition to, next to"),
    ("at hand", "available"),
    ("may not do", "do not have permission to"),
    ("yours to see", "you do not have access"),
    ("not right", "incorrect"),
    ("for good", "permanently"),
    ("written down", "logged"),
    ("just now", "temporarily, right now"),
    ("not taken here", "not supported"),
    ("it is they", "the user"),
    ("elsewhere that", "linked"),
    ("is on its way", "we sent"),
    ("the mail with", "the email with"),
    ("a mail", "an email"),
    ("no mail", "no email"),
    ("are you sure", "say what will happen"),
    ("invalid", "say what to enter"),
    ("submit", "Save, Send, Create"),
    ("please", "leave it out"),
    ("successfully", "leave it out"),
];

/// Beginnings of words in American spelling, and the British ones.
const AMERICAN: &[(&str, &str)] = &[
    ("analyz", "analys"),
    ("apologiz", "apologis"),
    ("behavior", "behaviour"),
    ("canceled", "cancelled"),
    ("canceling", "cancelling"),
    ("catalog", "catalogue"),
    ("center", "centre"),
    ("color", "colour"),
    ("customiz", "customis"),
    ("favorite", "favourite"),
    ("fulfill", "fulfil"),
    ("gray", "grey"),
    ("gynecolog", "gynaecolog"),
    ("initializ", "initialis"),
    ("labeled", "labelled"),
    ("minimiz", "minimis"),
    ("organiz", "organis"),
    ("orthoped", "orthopaed"),
    ("pediatr", "paediatr"),
    ("recogniz", "recognis"),
    ("specialization", "specialisation"),
    ("specialize", "specialise"),
    ("summariz", "summaris"),
    ("synchroniz", "synchronis"),
    ("unauthoriz", "unauthoris"),
    ("utiliz", "use"),
];

/// Nouns with counts. A number before one of them must go through `english::plural`, which also gives `1 patient`.
const COUNTED: &[&str] = &[
    "accounts",
    "attempts",
    "browsers",
    "columns",
    "days",
    "doctors",
    "entries",
    "headings",
    "hours",
    "minutes",
    "months",
    "passkeys",
    "patients",
    "permissions",
    "problems",
    "records",
    "resources",
    "results",
    "rows",
    "seconds",
    "sessions",
    "tokens",
    "users",
    "weeks",
    "years",
];

/// Begin with a vowel letter, but not with a vowel sound.
const AS_CONSONANT: &[&str] =
    &["one", "uni", "unique", "unit", "united", "university", "url", "use", "used", "user", "username", "users", "utf"];

/// Begin with a consonant letter, but with a vowel sound when spelt out.
const AS_VOWEL: &[&str] = &["hour", "hours", "html", "http", "https", "mx", "smtp", "sqlite", "ssl", "xlsx", "xml", "x"];

/// Messages of the Django package whose clients use this API as well.
const EXEMPT: &[&str] = &["Token is invalid"];

/// Beginnings of statements for the database.
const SQL: &[&str] = &["CREATE ", "SELECT ", "(SELECT "];

fn templates_are_plain_english() {
    let mut wrong = Vec::new();
    for path in files(Path::new("templates"), &["html", "txt"]) {
        let text = fs::read_to_string(&path).expect("a template");
        for (number, line) in visible(&text).lines().enumerate() {
            wrong
                .extend(problems(line).into_iter().map(|problem| format!("{}:{}: {problem}: {}", path.display(), number + 1, line.trim())));
        }
    }
    assert!(wrong.is_empty(), "{} messages to rewrite:\n{}", wrong.len(), wrong.join("\n"));
}

fn messages_in_the_source_are_plain_english() {
    let mut wrong = Vec::new();
    for path in files(Path::new("src"), &["rs"]) {
        let text = fs::read_to_string(&path).expect("a source file");
        for (number, literal) in literals(&text) {
            let is_code = EXEMPT.contains(&literal.as_str()) || SQL.iter().any(|start| literal.starts_with(start));
            if literal.trim().contains(' ') && !is_code {
                wrong.extend(problems(&literal).into_iter().map(|problem| format!("{}:{number}: {problem}: {literal}", path.display())));
            }
        }
    }
    for path in files(Path::new("static/js"), &["js"]) {
        let text = fs::read_to_string(&path).expect("a script");
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for literal in line.split(['"', '`']).skip(1).step_by(2).filter(|literal| literal.contains(' ')) {
                wrong.extend(
                    problems(literal).into_iter().map(|problem| format!("{}:{}: {problem}: {literal}", path.display(), number + 1)),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{} messages to rewrite:\n{}", wrong.len(), wrong.join("\n"));
}

fn the_rules_find_what_they_forbid() {
    for text in [
        "As soon as there is a patient, it appears here.",
        "Somebody changed this meanwhile.",
        "6 to mend",
        "It is a access token",
        "Add an user",
        "Add a {{ singular }}",
        "{} patients",
        "{{ days }} days",
        "Your favorite color",
        "Invalid date",
    ] {
        assert!(!problems(text).is_empty(), "nothing found in ‘{text}’");
    }
    for text in ["Add an access token", "a user of an SQLite database", "{MOST} rows", "No patients yet.", "an hour"] {
        assert_eq!(problems(text), Vec::<String>::new(), "{text}");
    }
    let source = "let a = \"one \\\n    two\"; // \"not this\"\nlet b = 'x'; let c = r#\"three \"four\"\"#;";
    assert_eq!(literals(source), [(1, "one two".to_string()), (3, "three \"four\"".to_string())]);
    assert_eq!(visible("{# a mail #}<p class=\"told\">{% if told %}Save{% endif %}</p>").trim(), "·Save·");
}

/// The problems of a message.
fn problems(text: &str) -> Vec<String> {
    let words = words(text);
    let whole = format!(" {} ", words.join(" "));
    let mut wrong: Vec<String> = FORBIDDEN
        .iter()
        .filter(|(phrase, _)| whole.contains(&format!(" {phrase} ")))
        .map(|(phrase, better)| format!("‘{phrase}’ (better: {better})"))
        .collect();
    for word in &words {
        let american = AMERICAN.iter().find(|(start, british)| word.starts_with(start) && !word.starts_with(british));
        wrong.extend(american.map(|(_, british)| format!("‘{word}’ (British: {british}…)")));
    }
    for pair in words.windows(2) {
        wrong.extend(wrong_pair(&pair[0], &pair[1]));
    }
    wrong
}

/// The wrong article, or a number before a plural without `plural`.
fn wrong_pair(first: &str, next: &str) -> Option<String> {
    let is_article = first == "a" || first == "an";
    if is_article && next == PLACE {
        return Some("an article before a value (use english::with_article)".into());
    }
    if is_article && next.starts_with(char::is_alphabetic) {
        let letter = next.starts_with(['a', 'e', 'i', 'o', 'u']);
        let vowel = (letter && !AS_CONSONANT.contains(&next)) || AS_VOWEL.contains(&next);
        return ((first == "an") != vowel).then(|| format!("‘{first} {next}’"));
    }
    (first == PLACE && COUNTED.contains(&next)).then(|| format!("a number before ‘{next}’ (use english::plural)"))
}

/// Stands for an inserted value; a constant in capitals is always more than one.
const PLACE: &str = "{}";

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let skip = match letter {
            '{' if rest.starts_with("{{") => rest.find("}}").map(|end| end + 2),
            '{' => rest.find('}').map(|end| end + 1),
            _ => None,
        };
        if let Some(end) = skip {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            let name = rest[..end].trim_matches(['{', '}', ' ']);
            let is_constant = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_');
            words.push(if is_constant { "constant".into() } else { PLACE.into() });
            rest = &rest[end..];
            continue;
        }
        if letter.is_alphanumeric() || matches!(letter, '-' | '_' | '\'' | '’') {
            word.extend(letter.to_lowercase());
        } else {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            // Words of two sentences, or of two parts of one, are not a phrase.
            words.extend(".,;:!?()·".contains(letter).then(|| ".".to_string()));
        }
        rest = &rest[letter.len_utf8()..];
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// The visible text of a template: without comments, statements and tags, but with attributes that are read aloud. Lines are
/// preserved.
fn visible(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let end = match letter {
            '{' if rest.starts_with("{#") => rest.find("#}").map(|end| end + 2),
            '{' if rest.starts_with("{%") => rest.find("%}").map(|end| end + 2),
            '<' => rest.find('>').map(|end| end + 1),
            _ => None,
        };
        let Some(end) = end else {
            shown.push(letter);
            rest = &rest[letter.len_utf8()..];
            continue;
        };
        let passed = &rest[..end];
        for name in ["aria-label=\"", "placeholder=\"", "title=\"", "alt=\""] {
            let value = passed.split_once(name).and_then(|(_, rest)| rest.split_once('"'));
            shown.extend(value.map(|(value, _)| format!(" {value}. ")));
        }
        // A tag ends a text, so that two texts do not form a sentence.
        shown.push_str(if letter == '<' { "\u{b7}" } else { "" });
        shown.extend(passed.chars().filter(|letter| *letter == '\n'));
        rest = &rest[end..];
    }
    shown
}

/// The string literals of a source file with their lines; comments are skipped.
fn literals(source: &str) -> Vec<(usize, String)> {
    let letters: Vec<char> = source.chars().collect();
    let at = |place: usize| letters.get(place).copied().unwrap_or('\0');
    let (mut found, mut place, mut line) = (Vec::new(), 0, 1);
    while place < letters.len() {
        match at(place) {
            '\n' => line += 1,
            '/' if at(place + 1) == '/' => {
                while place + 1 < letters.len() && at(place + 1) != '\n' {
                    place += 1;
                }
            }
            // A character literal, not a lifetime.
            '\'' if at(place + 1) == '\\' => place += 3,
            '\'' if at(place + 2) == '\'' => place += 2,
            'r' if at(place + 1) == '#' && at(place + 2) == '"' => {
                let mut text = String::new();
                place += 3;
                while place < letters.len() && !(at(place) == '"' && at(place + 1) == '#') {
                    text.push(at(place));
                    place += 1;
                }
                found.push((line, text.clone()));
                line += text.matches('\n').count();
            }
            '"' => {
                let (start, mut text) = (line, String::new());
                place += 1;
                while place < letters.len() && at(place) != '"' {
                    if at(place) != '\\' {
                        line += usize::from(at(place) == '\n');
                        text.push(at(place));
                    } else if at(place + 1) == '\n' {
                        // A continued line: its indentation is not part of the text.
                        line += 1;
                        place += 1;
                        while at(place + 1).is_whitespace() {
                            line += usize::from(at(place + 1) == '\n');
                            place += 1;
                        }
                    } else {
                        place += 1;
                        text.push(if at(place) == 'n' { '\n' } else { at(place) });
                    }
                    place += 1;
                }
                found.push((start, text));
            }
            _ => {}
        }
        place += 1;
    }
    found
}

/// The files in a folder and its subfolders with these extensions, sorted.
fn files(folder: &Path, ends: &[&str]) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            all.extend(files(&path, ends));
        } else if path.extension().is_some_and(|end| ends.iter().any(|known| end == *known)) {
            all.push(path);
        }
    }
    all.sort();
    all
}
