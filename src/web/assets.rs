//! Styles, scripts, icons and fonts, inside the program and under names that change with their content.

use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// The order of the one style sheet that the files make: tokens first, print last.
const STYLES: [&str; 16] = [
    "tokens", "base", "layout", "button", "field", "card", "table", "tabs", "badge", "flash", "viewing", "menu", "page", "history",
    "chart", "auth",
];

struct Asset {
    body: web::Bytes,
    kind: String,
}

/// Everything that can be fetched, by hashed name, and the hashed name of each plain one.
struct Assets {
    by_name: HashMap<String, Asset>,
    names: HashMap<String, String>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::load);

/// The address of an asset, such as `app.css`, `app.js` or `icons.svg`.
pub fn url(name: &str) -> String {
    ASSETS.names.get(name).map_or_else(|| format!("/static/{name}"), |hashed| format!("/static/{hashed}"))
}

/// Serves `/static/…`: only under the current name, and for ever.
pub async fn serve(request: HttpRequest) -> HttpResponse {
    let name = request.match_info().query("name");
    let Some(asset) = ASSETS.by_name.get(name) else { return HttpResponse::NotFound().finish() };
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::CONTENT_TYPE, asset.kind.as_str()))
        .body(asset.body.clone())
}

impl Assets {
    fn load() -> Self {
        let mut assets = Self { by_name: HashMap::new(), names: HashMap::new() };
        for name in Files::iter().filter(|name| !name.starts_with("css/")) {
            let body = Files::get(&name).map(|file| file.data.into_owned()).unwrap_or_default();
            assets.add(name.trim_start_matches("js/"), body);
        }
        let style = assets.stylesheet();
        assets.add("app.css", style.into_bytes());
        assets
    }

    fn stylesheet(&self) -> String {
        let mut known: Vec<String> = STYLES.iter().map(|name| format!("css/{name}.css")).collect();
        let rest = Files::iter().filter(|name| name.starts_with("css/") && !known.contains(&name.to_string())).map(|name| name.to_string());
        let mut rest: Vec<String> = rest.collect();
        rest.sort();
        known.extend(rest);
        let texts = known.iter().filter_map(|name| Files::get(name)).map(|file| String::from_utf8_lossy(&file.data).into_owned());
        let whole = texts.collect::<Vec<_>>().join("\n");
        self.names.iter().fold(whole, |text, (name, hashed)| text.replace(&format!("../{name}"), &format!("/static/{hashed}")))
    }

    fn add(&mut self, name: &str, body: Vec<u8>) {
        let digest: String = crate::keys::digest_bytes(&body).chars().take(12).collect();
        let (stem, end) = name.rsplit_once('.').unwrap_or((name, "bin"));
        let hashed = format!("{stem}.{digest}.{end}");
        let kind = match end {
            "css" => "text/css; charset=utf-8".to_string(),
            "js" => "text/javascript; charset=utf-8".to_string(),
            _ => mime_guess::from_ext(end).first_or_octet_stream().to_string(),
        };
        self.names.insert(name.into(), hashed.clone());
        self.by_name.insert(hashed, Asset { body: body.into(), kind });
    }
}
