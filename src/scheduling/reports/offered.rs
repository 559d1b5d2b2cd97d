//! The hours that doctors offer, from their usual week, their exceptions and the holidays.

use std::collections::HashMap;

use diesel::QueryResult;

use super::filter::Filter;
use super::parts::range;
use crate::db::Connection;
use crate::scheduling::slots::load::{closed, rotas};
use crate::scheduling::slots::rota::{Zones, windows};
use crate::scheduling::slots::span::Span;

/// Minutes of each doctor within the days and, if the report is about one, at the site.
pub fn minutes(c: &mut Connection, zones: &Zones, filter: &Filter, doctors: &[i64]) -> QueryResult<HashMap<i64, i64>> {
    let days = (filter.from, filter.to);
    let (closed, rotas) = (closed(c, days)?, rotas(c, doctors, days)?);
    let (from, until) = range(zones, filter);
    let whole = Span::new(from.unix_minutes(), until.unix_minutes());
    let of = |id: &i64| {
        let here = windows(rotas.get(id)?, &closed, zones, whole).into_iter();
        let here = here.filter(|window| filter.site_id.is_none() || window.site_id.is_none() || window.site_id == filter.site_id);
        let minutes = here.map(|window| window.span.and(whole)).filter(|span| !span.is_empty()).map(|span| span.to - span.from);
        Some((*id, minutes.sum()))
    };
    Ok(doctors.iter().filter_map(of).collect())
}
