//! Reading lists: query, conditions, search, order, counts.

pub mod choices;
mod comparison;
pub mod conditions;
pub mod count;
pub mod keyset;
pub mod order;
pub mod query;
pub mod read;
pub mod search;
mod visible;
