//! Reading lists: query, search, order by key, counts.

pub mod capped_count;
pub mod keyset;
pub mod query;
pub mod search;
