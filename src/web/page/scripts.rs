//! The scripts of a page as one file: each module in a function of its own, after those that it imports. The modules in `static/js`
//! stay as they are written; a browser needs one request instead of two dozen.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// The modules that a page loads by themselves. Whatever they import is part of the same file.
pub const ROOTS: [&str; 3] = ["app.js", "docs.js", "passkey.js"];

/// One script with this module and everything that it imports. `None` if an import does not exist or leads in a circle.
pub fn bundle(modules: &BTreeMap<String, String>, root: &str) -> Option<String> {
    let (mut text, mut done) = (String::new(), BTreeSet::new());
    append(modules, root, &mut vec![], &mut done, &mut text)?;
    Some(text)
}

fn append<'a>(
    modules: &'a BTreeMap<String, String>,
    name: &'a str,
    above: &mut Vec<&'a str>,
    done: &mut BTreeSet<&'a str>,
    text: &mut String,
) -> Option<()> {
    if above.contains(&name) {
        return None;
    }
    if !done.insert(name) {
        return Some(());
    }
    let source = modules.get(name)?;
    above.push(name);
    for import in imports(source) {
        append(modules, import, above, done, text)?;
    }
    above.pop();
    let exports: Vec<&str> = source.lines().filter_map(exported).collect();
    writeln!(text, "const {} = (() => {{", variable(name)).ok()?;
    for line in source.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")) {
        match (line.strip_prefix("import "), line.strip_prefix("export ")) {
            (Some(import), _) => text.push_str(&imported(import)),
            (None, Some(export)) => writeln!(text, "{export}").ok()?,
            (None, None) => writeln!(text, "{line}").ok()?,
        }
    }
    writeln!(text, "return {{ {} }};\n}})();", exports.join(", ")).ok()
}

/// The modules that a script imports; `"./…"` occurs nowhere else.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    text.split("\"./").skip(1).filter_map(|rest| rest.split('"').next())
}

/// `{ element } from "./dom.js";` as a constant from the module's function; nothing for an import that names nothing.
fn imported(import: &str) -> String {
    let from = imports(import).next().unwrap_or_default();
    import.split_once(" from ").map_or_else(String::new, |(names, _)| format!("const {names} = {};\n", variable(from)))
}

/// The name that a line exports: only functions are.
fn exported(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("export ")?;
    rest.strip_prefix("async ").unwrap_or(rest).strip_prefix("function ")?.split('(').next()
}

/// `date-shortcuts.js` as the name of a variable.
fn variable(name: &str) -> String {
    format!("$_{}", name.trim_end_matches(".js").replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modules(given: &[(&str, &str)]) -> BTreeMap<String, String> {
        given.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect()
    }

    #[test]
    fn modules_come_after_their_imports_and_once() {
        let given = modules(&[
            ("app.js", "import { one } from \"./a-b.js\";\nimport \"./c.js\";\n\none();\n"),
            ("a-b.js", "// Says what it is for.\nimport { three } from \"./c.js\";\nexport function one() {\n  three();\n}\n"),
            ("c.js", "const LONG = 3;\nexport async function three() {}\n"),
        ]);
        let text = bundle(&given, "app.js").unwrap();
        let whole = "const $_c = (() => {\nconst LONG = 3;\nasync function three() {}\nreturn { three };\n})();\n\
                     const $_a_b = (() => {\nconst { three } = $_c;\nfunction one() {\nthree();\n}\nreturn { one };\n})();\n\
                     const $_app = (() => {\nconst { one } = $_a_b;\none();\nreturn {  };\n})();\n";
        assert_eq!(text, whole);
    }

    #[test]
    fn a_missing_import_and_a_circle_are_found() {
        assert_eq!(bundle(&modules(&[("app.js", "import \"./gone.js\";")]), "app.js"), None);
        assert_eq!(bundle(&modules(&[("app.js", "import \"./b.js\";"), ("b.js", "import \"./app.js\";")]), "app.js"), None);
    }
}
