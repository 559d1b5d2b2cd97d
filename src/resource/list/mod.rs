//! Reading lists: query, conditions, search, order, counts.

pub mod choices;
pub mod conditions;
pub mod count;
pub mod identity;
pub mod keyset;
pub mod order;
pub mod query;
pub mod rank;
pub mod read;
pub mod search;
pub mod spelling;
pub mod term;
mod visible;
pub mod vocabulary;
