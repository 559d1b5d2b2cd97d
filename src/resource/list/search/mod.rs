//! Finding records by what was typed: the words of their texts, other spellings and mistakes, numbers and dates, and the order of the
//! hits.

pub mod find;
pub mod identity;
pub mod index;
pub mod mark;
pub mod matching;
pub mod rank;
pub mod spelling;
pub mod term;
pub mod through;
pub mod vocabulary;
