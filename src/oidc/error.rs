//! Errors of signing in with a provider.

/// Each has its own message for users; the text is for the log and contains no token.
#[derive(Debug)]
pub enum OidcError {
    /// The provider does not answer in time, or too many requests are waiting. A later attempt may succeed.
    Away(String),
    /// The provider refused: the code was used before, or it does not accept our credentials. Starting again may help.
    Refused(String),
    /// The answer is not valid.
    Lied(String),
}

impl OidcError {
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

impl std::fmt::Display for OidcError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (word, why) = match self {
            Self::Away(why) => ("away", why),
            Self::Refused(why) => ("refused", why),
            Self::Lied(why) => ("not verified", why),
        };
        // Parts come from outside: no line breaks, limited length.
        write!(f, "{word}: {}", why.chars().take(300).flat_map(char::escape_debug).collect::<String>())
    }
}

impl std::error::Error for OidcError {}
