//! The pages that are measured, and their floors.

use crate::people::Places;
use crate::report::thousands;

/// Rows on a page of a list.
pub const ROWS: i64 = 25;
/// About two in a hundred patients of the demo have the first, one in ten the second.
const FIVE_LETTERS: &str = "mount";
const THREE_LETTERS: &str = "mar";

/// Who asks, and how.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Nobody who has signed in.
    Visitor,
    Browser,
    Api,
}

pub struct Page {
    /// The word in `BENCH_PAGES`.
    pub key: &'static str,
    title: &'static str,
    pub way: Way,
    /// Its address at Praxis; `None` if the person has no such page.
    pub ours: fn(&Places) -> Option<String>,
    /// Its address at the floor.
    pub floor: fn(&Places) -> Option<String>,
}

impl Page {
    /// With the numbers of the demo in place of `{page}` and `{rows}`.
    pub fn title(&self, places: &Places) -> String {
        let page = places.deep.as_ref().map_or_else(String::new, |(page, _)| thousands(*page as f64));
        self.title.replace("{page}", &page).replace("{rows}", &places.doctor_rows.to_string())
    }
}

const PAGES: [Page; 12] = [
    Page { key: "sign-in", title: "sign-in page", way: Way::Visitor, ours: |_| Some("/login".into()), floor: |_| Some("/sign-in".into()) },
    Page { key: "start", title: "start page", way: Way::Browser, ours: |_| Some("/".into()), floor: |_| Some("/start".into()) },
    Page {
        key: "patient",
        title: "one patient",
        way: Way::Browser,
        ours: |places| Some(format!("/patients/{}", places.patient?)),
        floor: |places| Some(format!("/patient/{}", places.patient?)),
    },
    Page {
        key: "form",
        title: "form of one patient",
        way: Way::Browser,
        ours: |places| Some(format!("/patients/{}/edit", places.patient?)),
        floor: |places| Some(format!("/form/{}", places.patient?)),
    },
    Page {
        key: "doctor",
        title: "one doctor with {rows} patients",
        way: Way::Browser,
        ours: |places| Some(format!("/doctors/{}", places.doctor?)),
        floor: |places| Some(format!("/doctor/{}?rows={}", places.doctor?, places.doctor_rows)),
    },
    Page {
        key: "list",
        title: "list of patients, 25 rows",
        way: Way::Browser,
        ours: |_| Some(format!("/patients?size={ROWS}")),
        floor: |_| Some("/list".into()),
    },
    Page {
        key: "link",
        title: "page {page} by its link",
        way: Way::Browser,
        ours: |places| Some(places.deep.as_ref()?.1.clone()),
        floor: deep_floor,
    },
    Page {
        key: "number",
        title: "page {page} by its number",
        way: Way::Browser,
        ours: |places| Some(format!("/patients?size={ROWS}&page={}", places.deep.as_ref()?.0)),
        floor: deep_floor,
    },
    Page {
        key: "search5",
        title: "search of five letters",
        way: Way::Browser,
        ours: |_| Some(format!("/patients?size={ROWS}&q={FIVE_LETTERS}")),
        floor: |_| Some(format!("/list?q={FIVE_LETTERS}")),
    },
    Page {
        key: "search3",
        title: "search of three letters",
        way: Way::Browser,
        ours: |_| Some(format!("/patients?size={ROWS}&q={THREE_LETTERS}")),
        floor: |_| Some(format!("/list?q={THREE_LETTERS}")),
    },
    Page {
        key: "api",
        title: "API, one patient",
        way: Way::Api,
        ours: |places| Some(format!("/api/patients/{}/", places.patient?)),
        floor: |places| Some(format!("/api/{}", places.patient?)),
    },
    Page {
        key: "api-list",
        title: "API, page of 25",
        way: Way::Api,
        ours: |_| Some(format!("/api/patients/?page_size={ROWS}")),
        floor: |_| Some("/api".into()),
    },
];

/// By its number, however Praxis finds it.
fn deep_floor(places: &Places) -> Option<String> {
    Some(format!("/list?offset={}", (places.deep.as_ref()?.0 - 1) * ROWS))
}

/// All pages, or those of `BENCH_PAGES`.
pub fn chosen() -> Vec<Page> {
    let Ok(wanted) = std::env::var("BENCH_PAGES") else { return PAGES.into() };
    let wanted: Vec<&str> = wanted.split(',').map(str::trim).collect();
    let keys = PAGES.map(|page| page.key);
    for key in &wanted {
        assert!(keys.contains(key), "BENCH_PAGES: there is no {key}; there are {}", keys.join(", "));
    }
    PAGES.into_iter().filter(|page| wanted.contains(&page.key)).collect()
}
