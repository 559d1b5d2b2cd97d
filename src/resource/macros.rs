//! The macro that turns a declaration into typed Diesel statements. It holds statements only: a wrong column or type
//! is a compile error at that word, and everything with logic is a function elsewhere.

use std::marker::PhantomData;

use super::declaration::Declaration;
use super::query::{ListQuery, Test, TypedTest};
use super::value::Column;

/// A declared model.
pub struct Of<M> {
    pub declaration: Declaration,
    model: PhantomData<fn() -> M>,
}

impl<M> Of<M> {
    pub fn new(declaration: Declaration) -> Self {
        Self { declaration, model: PhantomData }
    }
}

/// The test in the type of the column that the function reads.
pub fn typed<M, T: Column>(_column: fn(&M) -> &T, test: &Test) -> Option<TypedTest<T>> {
    test.typed()
}

/// The ORDER BY terms. Every word comes from the declaration. Blanks come first when ascending, on both databases.
pub fn order(declaration: &Declaration, table: &str, through: &[(&str, &str, &str)], query: &ListQuery) -> Vec<String> {
    let asked = if query.order.is_empty() { declaration.order } else { query.order.as_slice() };
    let mut terms: Vec<String> = asked
        .iter()
        .filter_map(|(name, descends)| {
            let field = declaration.field(name)?;
            let place = match through.iter().find(|(from, _, _)| from == name) {
                Some((_, other, label)) => format!("(SELECT {other}.{label} FROM {other} WHERE {other}.id = {table}.{name})"),
                // The first field that is searched begins the folded text: so letters with marks and capitals stand where
                // people look for them, on both databases. Large tables have an index on just this expression.
                None if declaration.search.first() == Some(name) => format!("substr({table}.search_text, 1, 120)"),
                None => format!("{table}.{name}"),
            };
            Some(match (*descends, field.nullable) {
                (false, false) => format!("{place} ASC"),
                (true, false) => format!("{place} DESC"),
                (false, true) => format!("{place} ASC NULLS FIRST"),
                (true, true) => format!("{place} DESC NULLS LAST"),
            })
        })
        .collect();
    let last = if asked.last().is_some_and(|(_, descends)| *descends) { "DESC" } else { "ASC" };
    terms.push(format!("{table}.id {last}"));
    terms
}

/// Declares a resource: see `src/clinic/doctor.rs` for a whole one and CONTRIBUTING.md for the steps.
#[macro_export]
macro_rules! resource {
    (
        $model:ident in $table:ident $(, changes $changes:ident)?;
        name $name:literal at $slug:literal, $singular:literal / $plural:literal;
        area $area:literal, icon $icon:literal;
        fields { $($field:ident: $about:expr),* $(,)? }
        $(many { $($many:ident: $many_about:expr, $join:ident($own:ident, $other:ident) to $target:literal);* $(;)? })?
        automatic { $($auto:ident: $auto_about:expr),* $(,)? }
        list [$($list:ident),* $(,)?];
        $(search [$($search:ident),* $(,)?];)?
        filter [$($filter:ident),* $(,)?];
        order [$($order:ident $descends:literal),*];
        $(through { $($via:ident by $via_table:ident.$via_column:ident),* $(,)? })?
        $(sections { $($title:literal: [$($member:ident),* $(,)?]),* $(,)? })?
        label $label:expr;
        $(scope $scope:path;)?
        $(initial $initial:path;)?
        $(validate $validate:path;)?
        $(before_delete $before_delete:path;)?
        $(after_save $after_save:path;)?
        $(about { $($detail:ident: $value:expr),* $(,)? })?
    ) => {
        impl $model {
            /// This model for the registry.
            pub fn resource() -> Box<dyn $crate::resource::Resource> {
                #[allow(clippy::needless_update)]
                let declaration = $crate::resource::Declaration {
                    name: $name,
                    slug: $slug,
                    singular: $singular,
                    plural: $plural,
                    area: $area,
                    icon: $icon,
                    fields: vec![
                        $($about.of(stringify!($field), |row: &$model| &row.$field),)*
                        $($($many_about.many(stringify!($many), $target),)*)?
                        $($auto_about.of(stringify!($auto), |row: &$model| &row.$auto).automatic(),)*
                    ],
                    list: &[$(stringify!($list)),*],
                    search: &[$($(stringify!($search)),*)?],
                    filter: &[$(stringify!($filter)),*],
                    order: &[$((stringify!($order), $descends)),*],
                    through: &[$($(stringify!($via)),*)?],
                    sections: &[$($(($title, &[$(stringify!($member)),*])),*)?],
                    $($($detail: $value,)*)?
                    ..$crate::resource::Declaration::blank()
                };
                Box::new($crate::resource::macros::Of::<$model>::new(declaration))
            }

            fn declared<'a>(
                declaration: &$crate::resource::Declaration,
                query: &$crate::resource::ListQuery,
                scope: Option<&$crate::resource::Actor>,
            ) -> $table::BoxedQuery<'a, $crate::db::Backend> {
                use ::diesel::prelude::*;
                use $crate::resource::query::TypedTest;
                let _ = (declaration, scope);
                #[allow(unused_mut)]
                let mut q = $table::table.into_boxed::<$crate::db::Backend>();
                $(if let Some(actor) = scope { q = $scope(q, actor); })?
                $(
                    let _ = [$(stringify!($search)),*];
                    for term in &query.terms {
                        q = q.filter($table::search_text.like($crate::resource::query::pattern(term)).escape('\\'));
                    }
                )?
                for condition in &query.conditions {
                    q = match condition.field {
                        "id" => match condition.test.typed::<i64>() {
                            Some(TypedTest::In(ids)) => q.filter($table::id.eq_any(ids)),
                            _ => q.filter(::diesel::dsl::sql::<::diesel::sql_types::Bool>("1 = 0")),
                        },
                        $(stringify!($filter) => match $crate::resource::macros::typed(|row: &$model| &row.$filter, &condition.test) {
                            Some(TypedTest::In(values)) => q.filter($table::$filter.eq_any(values)),
                            Some(TypedTest::AtLeast(value)) => q.filter($table::$filter.ge(value)),
                            Some(TypedTest::Below(value)) => q.filter($table::$filter.lt(value)),
                            Some(TypedTest::Blank(true)) => q.filter($table::$filter.is_null()),
                            Some(TypedTest::Blank(false)) => q.filter($table::$filter.is_not_null()),
                            None => q.filter(::diesel::dsl::sql::<::diesel::sql_types::Bool>("1 = 0")),
                        },)*
                        _ => q.filter(::diesel::dsl::sql::<::diesel::sql_types::Bool>("1 = 0")),
                    };
                }
                q
            }

            /// This record as values; many-to-many fields are read by `find` alone.
            fn declared_row(row: &$model) -> $crate::resource::Row {
                use $crate::resource::Column;
                let label: fn(&$model) -> String = $label;
                $crate::resource::Row {
                    id: row.id,
                    label: label(row),
                    values: [
                        $((stringify!($field), row.$field.to_value()),)*
                        $((stringify!($auto), row.$auto.to_value()),)*
                    ].into_iter().collect(),
                }
            }
        }

        impl $crate::resource::Resource for $crate::resource::macros::Of<$model> {
            fn declaration(&self) -> &$crate::resource::Declaration {
                &self.declaration
            }

            fn list(&self, c: &mut $crate::db::Connection, query: &$crate::resource::ListQuery, scope: Option<&$crate::resource::Actor>) -> ::diesel::QueryResult<Vec<$crate::resource::Row>> {
                use ::diesel::prelude::*;
                $(let _ = $table::$list;)*
                $($(let _ = $via_table::$via_column;)*)?
                const THROUGH: &[(&str, &str, &str)] = &[$($((stringify!($via), stringify!($via_table), stringify!($via_column))),*)?];
                let mut q = $model::declared(&self.declaration, query, scope);
                for term in $crate::resource::macros::order(&self.declaration, stringify!($table), THROUGH, query) {
                    q = q.then_order_by(::diesel::dsl::sql::<::diesel::sql_types::Text>(&term));
                }
                let rows = q.limit(query.limit).offset(query.offset).load::<$model>(c)?;
                Ok(rows.iter().map($model::declared_row).collect())
            }

            fn count(&self, c: &mut $crate::db::Connection, query: &$crate::resource::ListQuery, scope: Option<&$crate::resource::Actor>) -> ::diesel::QueryResult<i64> {
                use ::diesel::prelude::*;
                $model::declared(&self.declaration, query, scope).count().get_result(c)
            }

            fn find(&self, c: &mut $crate::db::Connection, id: i64, scope: Option<&$crate::resource::Actor>) -> ::diesel::QueryResult<Option<$crate::resource::Row>> {
                use ::diesel::prelude::*;
                let q = $model::declared(&self.declaration, &$crate::resource::ListQuery::default(), scope);
                let Some(found) = q.filter($table::id.eq(id)).first::<$model>(c).optional()? else { return Ok(None) };
                #[allow(unused_mut)]
                let mut row = $model::declared_row(&found);
                $($(
                    let ids = $join::table.filter($join::$own.eq(id)).select($join::$other).order($join::$other).load::<i64>(c)?;
                    row.values.set(stringify!($many), $crate::resource::Value::Many(ids));
                )*)?
                Ok(Some(row))
            }

            fn labels(&self, c: &mut $crate::db::Connection, ids: &[i64]) -> ::diesel::QueryResult<Vec<(i64, String)>> {
                use ::diesel::prelude::*;
                let label: fn(&$model) -> String = $label;
                let rows = $table::table.filter($table::id.eq_any(ids.to_vec())).load::<$model>(c)?;
                Ok(rows.iter().map(|row| (row.id, label(row))).collect())
            }

            fn initial(&self, actor: &$crate::resource::Actor, now: $crate::db::UtcDateTime) -> $crate::resource::Values {
                let _ = (actor, now);
                $(return $initial(actor, now);)?
                #[allow(unreachable_code)]
                $crate::resource::Values::default()
            }

            fn validate(&self, c: &mut $crate::db::Connection, draft: &mut $crate::resource::declaration::Draft) -> ::diesel::QueryResult<()> {
                let _ = (&c, &draft);
                $(return $validate(c, draft);)?
                #[allow(unreachable_code)]
                Ok(())
            }

            fn before_delete(&self, c: &mut $crate::db::Connection, row: &$crate::resource::Row, actor: &$crate::resource::Actor) -> ::diesel::QueryResult<Option<String>> {
                let _ = (&c, row, actor);
                $(return $before_delete(c, row, actor);)?
                #[allow(unreachable_code)]
                Ok(None)
            }

            fn after_save(&self, c: &mut $crate::db::Connection, before: Option<&$crate::resource::Row>, after: &$crate::resource::Row) -> ::diesel::QueryResult<()> {
                let _ = (&c, before, after);
                $(return $after_save(c, before, after);)?
                #[allow(unreachable_code)]
                Ok(())
            }

            fn insert(&self, c: &mut $crate::db::Connection, values: &$crate::resource::Values, search_text: &str, now: $crate::db::UtcDateTime) -> ::diesel::QueryResult<i64> {
                #[allow(unused_imports)]
                use ::diesel::prelude::*;
                let _ = (&c, values, search_text, now);
                #[allow(unused_variables)]
                let id: i64 = $crate::declared_insert!([$($changes)?] $table [$($field)*] [$($($search)*)?] c values search_text now);
                $($($crate::declared_join!($many $join $own $other c values id now);)*)?
                Ok(id)
            }

            fn update(&self, c: &mut $crate::db::Connection, id: i64, values: &$crate::resource::Values, search_text: &str, now: $crate::db::UtcDateTime) -> ::diesel::QueryResult<usize> {
                #[allow(unused_imports)]
                use ::diesel::prelude::*;
                let _ = (&c, id, values, search_text, now);
                let changed: usize = $crate::declared_update!([$($changes)?] $table [$($field)*] [$($($search)*)?] c id values search_text now);
                $($($crate::declared_join!($many $join $own $other c values id now);)*)?
                Ok(changed)
            }

            fn delete(&self, c: &mut $crate::db::Connection, id: i64) -> ::diesel::QueryResult<usize> {
                use ::diesel::prelude::*;
                ::diesel::delete($table::table.filter($table::id.eq(id))).execute(c)
            }
        }
    };
}

/// The row to write, and the text that searches look into where the model is searched.
#[doc(hidden)]
#[macro_export]
macro_rules! declared_insert {
    ([] $($rest:tt)*) => { Err::<i64, _>(::diesel::result::Error::QueryBuilderError("this resource is read-only".into()))? };
    ([$changes:ident] $table:ident [$($field:ident)*] [] $c:ident $values:ident $search_text:ident $now:ident) => {{
        let changes = $changes { $($field: $values.column(stringify!($field))?),* };
        ::diesel::insert_into($table::table)
            .values((&changes, $table::created_at.eq($now), $table::updated_at.eq($now)))
            .returning($table::id).get_result($c)?
    }};
    ([$changes:ident] $table:ident [$($field:ident)*] [$($search:ident)+] $c:ident $values:ident $search_text:ident $now:ident) => {{
        let changes = $changes { $($field: $values.column(stringify!($field))?),* };
        ::diesel::insert_into($table::table)
            .values((&changes, $table::search_text.eq($search_text), $table::created_at.eq($now), $table::updated_at.eq($now)))
            .returning($table::id).get_result($c)?
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! declared_update {
    ([] $($rest:tt)*) => { Err::<usize, _>(::diesel::result::Error::QueryBuilderError("this resource is read-only".into()))? };
    ([$changes:ident] $table:ident [$($field:ident)*] [] $c:ident $id:ident $values:ident $search_text:ident $now:ident) => {{
        let changes = $changes { $($field: $values.column(stringify!($field))?),* };
        ::diesel::update($table::table.filter($table::id.eq($id))).set((&changes, $table::updated_at.eq($now))).execute($c)?
    }};
    ([$changes:ident] $table:ident [$($field:ident)*] [$($search:ident)+] $c:ident $id:ident $values:ident $search_text:ident $now:ident) => {{
        let changes = $changes { $($field: $values.column(stringify!($field))?),* };
        ::diesel::update($table::table.filter($table::id.eq($id)))
            .set((&changes, $table::search_text.eq($search_text), $table::updated_at.eq($now))).execute($c)?
    }};
}

/// Makes the join table hold exactly the chosen ids.
#[doc(hidden)]
#[macro_export]
macro_rules! declared_join {
    ($many:ident $join:ident $own:ident $other:ident $c:ident $values:ident $id:ident $now:ident) => {
        let now = $now;
        if let Some($crate::resource::Value::Many(ids)) = $values.get(stringify!($many)) {
            ::diesel::delete($join::table.filter($join::$own.eq($id)).filter($join::$other.ne_all(ids.clone()))).execute($c)?;
            let kept = $join::table.filter($join::$own.eq($id)).select($join::$other).load::<i64>($c)?;
            for other in ids.iter().filter(|other| !kept.contains(other)) {
                ::diesel::insert_into($join::table)
                    .values(($join::$own.eq($id), $join::$other.eq(other), $join::created_at.eq(now), $join::updated_at.eq(now)))
                    .execute($c)?;
            }
        }
    };
}
