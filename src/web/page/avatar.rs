//! Avatars: initials and a colour, and the person's role.

use crate::web::request::current_user::CurrentUser;

pub fn role(user: &CurrentUser) -> String {
    match user.groups.as_slice() {
        _ if user.is_superuser => "Superuser".into(),
        [] => user.username.clone(),
        groups => groups.join(", "),
    }
}

/// The first letters of the first and the last word.
pub fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().filter(|word| !matches!(*word, "Dr" | "Dr.")).collect();
    let first = |word: Option<&&str>| word.and_then(|word| word.chars().next());
    let last = if words.len() > 1 { first(words.last()) } else { None };
    first(words.first()).into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// One of six colours, the same for the same name.
pub fn hue(name: &str) -> u32 {
    name.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % 6 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_take_the_outer_words() {
        assert_eq!(initials("Maria Oliveira da Silva"), "MS");
        assert_eq!(initials("Dr Grace Hopper"), "GH");
        assert_eq!(initials("émile"), "É");
        assert_eq!(initials(""), "");
    }
}
