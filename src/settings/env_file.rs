//! The lines of `.env`, checked before they are parsed, so that a fault is named by its line and no value loses a part.

/// A line that cannot be read: its number and its fault. The value may be a secret and is not repeated.
#[derive(Debug, PartialEq)]
pub struct Fault {
    pub line: usize,
    pub what: String,
}

/// The text with every `$` taken as written: passwords and keys have them, and nothing here refers to other variables.
pub fn as_written(text: &str) -> Result<String, Fault> {
    let mut written = String::with_capacity(text.len());
    let mut lines = text.lines().enumerate();
    while let Some((place, line)) = lines.next() {
        let (trimmed, number) = (line.trim_start(), place + 1);
        if trimmed.is_empty() || trimmed.starts_with('#') {
            written.push('\n');
            continue;
        }
        let fault = |what: String| Err(Fault { line: number, what });
        let Some((name, value)) = trimmed.split_once('=') else { return fault("there is no equals sign; write NAME=value".into()) };
        let name = name.trim().trim_start_matches("export ").trim();
        let is_name = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if !is_name {
            return fault("the name before the equals sign must have letters, digits and underscores only".into());
        }
        let value = value.trim_start();
        let mut whole = value.to_string();
        if let Some(mark @ ('"' | '\'')) = value.chars().next() {
            while !is_closed(&whole, mark) {
                let Some((_, more)) = lines.next() else {
                    return fault(format!("the quotation mark after {name}= is never closed"));
                };
                whole.push('\n');
                whole.push_str(more);
            }
        } else {
            let plain = without_comment(value);
            if plain.contains(['"', '\'']) && !plain.contains('\\') {
                return fault(format!("the value of {name} has a quotation mark; write the whole value in double quotes: {name}=\"...\""));
            }
            if plain.trim_end().contains(char::is_whitespace) && !plain.contains('\\') {
                return fault(format!("the value of {name} has spaces; write it in double quotes: {name}=\"...\""));
            }
        }
        written.push_str(&format!("{name}={}\n", with_dollars(&whole)));
    }
    Ok(written)
}

/// Whether a value that begins with this mark ends it, too.
fn is_closed(value: &str, mark: char) -> bool {
    let mut letters = value.chars().skip(1);
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if mark == '"' => {
                letters.next();
            }
            letter if letter == mark => return true,
            _ => {}
        }
    }
    false
}

fn without_comment(value: &str) -> &str {
    value.split_once(" #").map_or(value, |(value, _)| value)
}

/// Between single quotes everything is as written already.
fn with_dollars(value: &str) -> String {
    if value.starts_with('\'') {
        return value.into();
    }
    let (mut text, mut is_escaped) = (String::new(), false);
    for letter in value.chars() {
        if letter == '$' && !is_escaped {
            text.push('\\');
        }
        text.push(letter);
        is_escaped = letter == '\\' && !is_escaped;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        dotenvy::from_read_iter(as_written(text).unwrap().as_bytes()).map(Result::unwrap).collect()
    }

    #[test]
    fn values_are_taken_as_written() {
        let text = "# a comment with $HOME and it's fine\n\nSMTP_URL=smtp://clinic:pa$5word@mail\nexport KEY=\"a $b ${c}\"\nODD='x$y'\nNAME=\"Dr. O'Brien\" # ours\n";
        let expected = [("SMTP_URL", "smtp://clinic:pa$5word@mail"), ("KEY", "a $b ${c}"), ("ODD", "x$y"), ("NAME", "Dr. O'Brien")];
        assert_eq!(read(text), expected.map(|(name, value)| (name.to_string(), value.to_string())));
        assert_eq!(read("A=\"two\nlines\"\nB=\\$x"), [("A".into(), "two\nlines".into()), ("B".into(), "$x".into())]);
    }

    #[test]
    fn a_fault_is_named_with_its_line() {
        for (text, line, word) in [
            ("A=1\nCLINIC_NAME=Dr. O'Brien\n", 2, "quotation mark"),
            ("A=1\n\nCLINIC_NAME=My Clinic\n", 3, "has spaces"),
            ("A=\"x\nB=1\n", 1, "never closed"),
            ("nonsense\n", 1, "no equals sign"),
            ("MY NAME=x\n", 1, "letters, digits and underscores"),
        ] {
            let fault = as_written(text).unwrap_err();
            assert!(fault.line == line && fault.what.contains(word), "{fault:?}");
        }
    }
}
