//! Why a provider's word was not taken.

/// What people are told of is one of these; the text is for the log and holds no token.
#[derive(Debug)]
pub enum Trouble {
    /// It does not answer, answers too late, or too many ask at once. Trying again later helps.
    Away(String),
    /// It took back its own word: the code was used before, or it does not know us. Beginning again may help.
    Refused(String),
    /// What it says cannot be believed.
    Lied(String),
}

impl Trouble {
    pub fn away(why: impl std::fmt::Display) -> Self {
        Self::Away(why.to_string())
    }

    pub fn refused(why: impl std::fmt::Display) -> Self {
        Self::Refused(why.to_string())
    }

    pub fn lied(why: impl std::fmt::Display) -> Self {
        Self::Lied(why.to_string())
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (word, why) = match self {
            Self::Away(why) => ("away", why),
            Self::Refused(why) => ("refused", why),
            Self::Lied(why) => ("not verified", why),
        };
        // Some of it comes from outside: no line breaks, no novels.
        write!(f, "{word}: {}", why.chars().take(300).flat_map(char::escape_debug).collect::<String>())
    }
}

impl std::error::Error for Trouble {}
