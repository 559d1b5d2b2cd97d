//! Currencies by their ISO 4217 code.

/// Currencies without a smaller unit.
const WHOLE: [&str; 16] = ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"];
/// Currencies whose unit has a thousand parts.
const THOUSANDTHS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// A currency and the decimal places of its smallest unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Currency {
    /// `EUR`
    pub code: String,
    /// 0, 2 or 3
    pub places: u8,
}

impl Default for Currency {
    fn default() -> Self {
        Self { code: "EUR".into(), places: 2 }
    }
}

impl Currency {
    /// By its code, three capital letters.
    pub fn parse(code: &str) -> Option<Self> {
        let is_code = code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase());
        let places = match () {
            () if WHOLE.contains(&code) => 0,
            () if THOUSANDTHS.contains(&code) => 3,
            () => 2,
        };
        is_code.then(|| Self { code: code.into(), places })
    }
}
