//! Styles, scripts, icons and fonts, compiled into the program and served under names that include a hash of their content.

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, OnceLock};

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use flate2::Compression;
use rust_embed::RustEmbed;

use super::scripts::{ROOTS, bundle};
use crate::web::middleware::compression::{accepts_gzip, gzip};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// The order of the files in the one style sheet: tokens first, print last.
const STYLES: [&str; 17] = [
    "tokens",
    "base",
    "layout",
    "button",
    "field",
    "card",
    "table",
    "tabs",
    "badge",
    "flash",
    "viewing-as",
    "menu",
    "page",
    "history",
    "chart",
    "auth",
    "secret",
];

/// Where assets are served.
const FOLDER: &str = "/static/";

struct Asset {
    body: web::Bytes,
    /// The same compressed, for a text that gets smaller; made when it is first asked for.
    smaller: OnceLock<Option<web::Bytes>>,
    kind: String,
}

/// All assets by hashed name, and the address of each plain one.
struct Assets {
    by_name: HashMap<String, Asset>,
    addresses: HashMap<String, String>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::load);

/// The address of an asset, such as `app.css`, `app.js` or `icons.svg`.
pub fn url(name: &str) -> &'static str {
    debug_assert!(ASSETS.addresses.contains_key(name), "{name} does not exist");
    ASSETS.addresses.get(name).map_or(FOLDER, String::as_str)
}

/// Serves `/static/…`: only the current name, cached for ever.
pub async fn serve(request: HttpRequest) -> HttpResponse {
    let name = request.match_info().query("name");
    let Some(asset) = ASSETS.by_name.get(name) else { return HttpResponse::NotFound().finish() };
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::CONTENT_TYPE, asset.kind.as_str()));
    if !asset.is_text() {
        return response.body(asset.body.clone());
    }
    response.insert_header((header::VARY, "accept-encoding"));
    match asset.smaller.get_or_init(|| gzip(&asset.body, Compression::best())).clone().filter(|_| accepts_gzip(&request)) {
        Some(smaller) => response.insert_header((header::CONTENT_ENCODING, "gzip")).body(smaller),
        None => response.body(asset.body.clone()),
    }
}

impl Asset {
    fn is_text(&self) -> bool {
        self.kind.starts_with("text/") || self.kind.starts_with("image/svg")
    }
}

impl Assets {
    fn load() -> Self {
        let mut assets = Self { by_name: HashMap::new(), addresses: HashMap::new() };
        for name in Files::iter().filter(|name| !name.starts_with("css/") && !name.starts_with("js/")) {
            let body = Files::get(&name).map(|file| file.data.into_owned()).unwrap_or_default();
            assets.add(&name, body);
        }
        assets.add_scripts();
        let style = assets.stylesheet();
        assets.add("app.css", style.into_bytes());
        assets
    }

    /// One script for each kind of page. One that cannot be put together is not served; a test would fail.
    fn add_scripts(&mut self) {
        let modules = modules();
        for root in ROOTS {
            if let Some(text) = bundle(&modules, root) {
                self.add(root, text.into_bytes());
            }
        }
    }

    fn stylesheet(&self) -> String {
        let mut known: Vec<String> = STYLES.iter().map(|name| format!("css/{name}.css")).collect();
        let rest = Files::iter().filter(|name| name.starts_with("css/") && !known.contains(&name.to_string())).map(|name| name.to_string());
        let mut rest: Vec<String> = rest.collect();
        rest.sort();
        known.extend(rest);
        let texts = known.iter().filter_map(|name| Files::get(name)).map(|file| String::from_utf8_lossy(&file.data).into_owned());
        let whole = plain(&texts.collect::<Vec<_>>().join("\n"));
        self.addresses.iter().fold(whole, |text, (name, address)| text.replace(&format!("../{name}"), address))
    }

    fn add(&mut self, name: &str, body: Vec<u8>) {
        let digest: String = crate::crypto::keys::digest_bytes(&body).chars().take(12).collect();
        let (stem, end) = name.rsplit_once('.').unwrap_or((name, "bin"));
        let hashed = format!("{stem}.{digest}.{end}");
        let kind = match end {
            "css" => "text/css; charset=utf-8".to_string(),
            "js" => "text/javascript; charset=utf-8".to_string(),
            _ => mime_guess::from_ext(end).first_or_octet_stream().to_string(),
        };
        self.addresses.insert(name.into(), format!("{FOLDER}{hashed}"));
        self.by_name.insert(hashed, Asset { body: body.into(), smaller: OnceLock::new(), kind });
    }
}

/// The modules in `static/js` by name.
fn modules() -> BTreeMap<String, String> {
    let scripts = Files::iter().filter_map(|path| {
        let file = Files::get(&path)?;
        Some((path.strip_prefix("js/")?.to_string(), String::from_utf8_lossy(&file.data).into_owned()))
    });
    scripts.collect()
}

/// A style sheet without comments and indentation.
fn plain(text: &str) -> String {
    let mut parts = text.split("/*");
    let first = parts.next().unwrap_or_default().to_string();
    let whole = parts.fold(first, |whole, part| whole + part.split_once("*/").map_or("", |(_, rest)| rest));
    let lines: Vec<&str> = whole.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_is_part_of_a_page() {
        let modules = modules();
        let bundles = ROOTS.map(|root| bundle(&modules, root).unwrap_or_else(|| panic!("{root} cannot be put together")));
        for name in modules.keys() {
            let start = format!("const $_{} = ", name.trim_end_matches(".js").replace('-', "_"));
            assert!(bundles.iter().any(|text| text.contains(&start)), "{name} is loaded by no page");
        }
        for text in &bundles {
            assert!(!text.lines().any(|line| line.starts_with("import ") || line.starts_with("export ")));
        }
        assert!(ROOTS.iter().all(|root| ASSETS.addresses.contains_key(*root)));
    }

    #[test]
    fn a_style_sheet_loses_its_comments_only() {
        assert_eq!(plain("/* one */\n.row {\n  color: red; /* two\n  lines */\n}\n"), ".row {\ncolor: red;\n}");
    }
}
