//! The macro that turns a declaration into typed Diesel statements. It holds statements only: a wrong column or type
//! is a compile error at that word, and everything with logic is a function elsewhere.

/// Declares a resource: see `src/clinic/doctor.rs` for a whole one and docs/adding-a-model.md for the steps.
#[macro_export]
macro_rules! resource {
    (
        $model:ident in $table:ident $(, changes $changes:ident)?;
        name $name:literal at $slug:literal, $singular:literal / $plural:literal;
        area $area:literal, icon $icon:literal;
        fields { $($field:ident: $about:expr),* $(,)? }
        $(many { $($many:ident: $many_about:expr, $join:ident($own:ident, $other:ident) to $target:literal);* $(;)? })?
        automatic { $($auto:ident: $auto_about:expr),* $(,)? }
        $(computed { $($calc:ident: $calc_about:expr => $calc_value:expr),* $(,)? })?
        $(trash $trash:ident;)?
        list [$($list:ident),* $(,)?];
        $(search [$($search:ident),* $(,)?];)?
        $(search_through { $($reach:ident by $reach_table:ident),* $(,)? })?
        $(natural_key [$key:ident $(, $key_part:ident)* $(,)?];)?
        filter [$($filter:ident),* $(,)?];
        order [$($order:ident $descends:literal),*];
        $(through { $($via:ident by $via_table:ident.$via_column:ident),* $(,)? })?
        $(sections { $($title:literal $(($told:literal))? $($closed:ident)?: [$($member:tt),* $(,)?]),* $(,)? })?
        label $label:expr;
        $(scope $scope:path $(, few $few:path)? $(, unless $sees_all:path)?;)?
        $(initial $initial:path;)?
        $(validate $validate:path;)?
        $(before_delete $before_delete:path;)?
        $(after_save $after_save:path;)?
        $(about { $($detail:ident: $value:expr),* $(,)? })?
    ) => {
        const _: () = {
        /// This model as a resource. A type of this place, so that a model may be declared in another crate too.
        struct Declared {
            declaration: $crate::resource::Declaration,
        }

        impl $model {
            /// This model for the registry.
            pub fn resource() -> Box<dyn $crate::resource::Resource> {
                #[allow(clippy::needless_update)]
                let declaration = $crate::resource::Declaration {
                    name: $name,
                    slug: $slug,
                    table: stringify!($table),
                    singular: $singular,
                    plural: $plural,
                    area: $area,
                    icon: $icon,
                    fields: vec![
                        $($about.of(stringify!($field), |row: &$model| &row.$field),)*
                        $($($many_about.many(stringify!($many), $target),)*)?
                        $($auto_about.of(stringify!($auto), |row: &$model| &row.$auto).automatic(),)*
                        $($($calc_about.computed(stringify!($calc)),)*)?
                    ],
                    list: &[$(stringify!($list)),*],
                    search: &[$($(stringify!($search)),*)?],
                    search_through: &[$($(stringify!($reach)),*)?],
                    trash: { let named: &[&str] = &[$(stringify!($trash)),*]; !named.is_empty() },
                    natural_key: &[$(stringify!($key) $(, stringify!($key_part))*)?],
                    filter: &[$(stringify!($filter)),*],
                    order: &[$((stringify!($order), $descends)),*],
                    through: &[$($(stringify!($via)),*)?],
                    sections: &[$($($crate::resource::Section {
                        title: $title,
                        description: concat!($($told)?),
                        closed: $crate::declared_closed!($($closed)?),
                        rows: &[$($crate::declared_row!($member)),*],
                    }),*)?],
                    $($($detail: $value,)*)?
                    ..$crate::resource::Declaration::blank()
                };
                Self::resource_with(declaration)
            }

            /// The same under another declaration.
            pub fn resource_with(declaration: $crate::resource::Declaration) -> Box<dyn $crate::resource::Resource> {
                Box::new(Declared { declaration })
            }

            /// How the question is to be met, for the eyes of this person.
            fn matching(
                c: &mut $crate::db::Connection,
                declaration: &$crate::resource::Declaration,
                query: &$crate::resource::ListQuery,
                scope: Option<&$crate::resource::Actor>,
            ) -> ::diesel::QueryResult<$crate::resource::list::search::Matching> {
                let _ = scope;
                #[allow(unused_mut)]
                let mut matching = query.matching(c, declaration)?;
                $(
                    let _ = stringify!($scope);
                    let narrow = scope.filter(|actor| !$crate::sees_all!(actor $($sees_all)?));
                    let _ = &narrow;
                    $(
                        if let Some(actor) = narrow {
                            matching.seen = $few(c, actor, $crate::resource::list::search::FEW)?;
                        }
                    )?
                )?
                Ok(matching)
            }

            fn declared<'a>(
                declaration: &$crate::resource::Declaration,
                query: &$crate::resource::ListQuery,
                matching: &$crate::resource::list::search::Matching,
                scope: Option<&$crate::resource::Actor>,
            ) -> $table::BoxedQuery<'a, $crate::db::Backend> {
                use ::diesel::prelude::*;
                use $crate::resource::list::query::TypedTest;
                let _ = (declaration, scope);
                #[allow(unused_mut)]
                let mut q = $table::table.into_boxed::<$crate::db::Backend>();
                $(
                    if let Some(actor) = scope.filter(|actor| !$crate::sees_all!(actor $($sees_all)?)) {
                        q = $scope(q, actor);
                    }
                )?
                $(q = if query.trashed { q.filter($table::$trash.is_not_null()) } else { q.filter($table::$trash.is_null()) };)?
                for ids in matching.ids.iter().chain(&matching.seen) {
                    q = q.filter($table::id.eq_any(ids.clone()));
                }
                for term in &matching.terms {
                    let pattern = $crate::resource::list::query::pattern(term);
                    let _ = &pattern;
                    let found = ::diesel::dsl::sql::<::diesel::sql_types::Nullable<::diesel::sql_types::Bool>>("1 = 0");
                    $(
                        let _ = [$(stringify!($search)),*];
                        let found = found.or($table::search_text.like(pattern.clone()).escape('\\').nullable());
                    )?
                    $($(
                        let among = $reach_table::table.filter($reach_table::search_text.like(pattern.clone()).escape('\\'));
                        let found = found.or($table::$reach.nullable().eq_any(among.select($reach_table::id.nullable())));
                    )*)?
                    q = q.filter(found);
                }
                for condition in &query.conditions {
                    q = match condition.field {
                        "id" => match condition.test.typed::<i64>() {
                            Some(TypedTest::In(ids)) => q.filter($table::id.eq_any(ids)),
                            _ => q.filter(::diesel::dsl::sql::<::diesel::sql_types::Bool>("1 = 0")),
                        },
                        $($crate::resource::list::query::NATURAL_KEY => match $crate::resource::declare::declared::typed(|row: &$model| &row.$key, &condition.test) {
                            Some(TypedTest::In(values)) => q.filter($table::$key.eq_any(values)),
                            _ => q.filter(::diesel::dsl::sql::<::diesel::sql_types::Bool>("1 = 0")),
                        },)?
                        $(stringify!($filter) => match $crate::resource::declare::declared::typed(|row: &$model| &row.$filter, &condition.test) {
                            Some(TypedTest::In(values)) => q.filter($table::$filter.eq_any(values)),
                            Some(TypedTest::InOrBlank(values)) => {
                                q.filter($table::$filter.eq_any(values).nullable().or($table::$filter.is_null().nullable()))
                            }
                            Some(TypedTest::AtLeast(value)) => q.filter($table::$filter.ge(value)),
                            Some(TypedTest::Below(value)) => q.filter($table::$filter.lt(value)),
                            Some(TypedTest::Blank(true)) => q.filter($table::$filter.is_null()),
                            Some(TypedTest::Blank(false)) => q.filter($table::$filter.is_not_null()),
                            None => q.filter(::diesel::dsl::sql::<::diesel::sql_types::Bool>("1 = 0")),
                        },)*
                        $($(stringify!($many) => match condition.test.typed::<i64>() {
                            Some(TypedTest::In(ids)) => {
                                q.filter($table::id.eq_any($join::table.filter($join::$other.eq_any(ids)).select($join::$own)))
                            }
                            Some(TypedTest::Blank(true)) => q.filter($table::id.ne_all($join::table.select($join::$own))),
                            Some(TypedTest::Blank(false)) => q.filter($table::id.eq_any($join::table.select($join::$own))),
                            _ => q.filter(::diesel::dsl::sql::<::diesel::sql_types::Bool>("1 = 0")),
                        },)*)?
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
                    version: $crate::declared_version!([$($changes)?] row),
                    values: [
                        $((stringify!($field), row.$field.to_value()),)*
                        $((stringify!($auto), row.$auto.to_value()),)*
                        $($((stringify!($calc), $calc_value(row)),)*)?
                    ].into_iter().collect(),
                }
            }
        }

        impl $crate::resource::Resource for Declared {
            fn declaration(&self) -> &$crate::resource::Declaration {
                &self.declaration
            }

            #[allow(clippy::redundant_closure_call)]
            fn sees_all(&self, actor: &$crate::resource::Actor) -> bool {
                let _ = actor;
                $(
                    let _ = stringify!($scope);
                    return $crate::sees_all!(actor $($sees_all)?);
                )?
                #[allow(unreachable_code)]
                true
            }

            fn list(&self, c: &mut $crate::db::Connection, query: &$crate::resource::ListQuery, scope: Option<&$crate::resource::Actor>) -> ::diesel::QueryResult<Vec<$crate::resource::Row>> {
                use ::diesel::prelude::*;
                $($(let _ = $via_table::$via_column;)*)?
                const THROUGH: &[(&str, &str, &str)] = &[$($((stringify!($via), stringify!($via_table), stringify!($via_column))),*)?];
                let matching = $model::matching(c, &self.declaration, query, scope)?;
                let terms = $crate::resource::declare::declared::order(&self.declaration, THROUGH, query);
                let rows = $crate::resource::declare::declared::page(c, &self.declaration, &terms, query, |c, stretch, limit, offset| {
                    let mut q = $model::declared(&self.declaration, query, &matching, scope);
                    if !stretch.is_empty() {
                        q = q.filter(::diesel::dsl::sql::<::diesel::sql_types::Bool>(stretch));
                    }
                    for term in &terms {
                        q = q.then_order_by(::diesel::dsl::sql::<::diesel::sql_types::Text>(&term.sql()));
                    }
                    q.limit(limit).offset(offset).load::<$model>(c)
                })?;
                Ok(rows.iter().map($model::declared_row).collect())
            }

            fn count(&self, c: &mut $crate::db::Connection, query: &$crate::resource::ListQuery, scope: Option<&$crate::resource::Actor>) -> ::diesel::QueryResult<i64> {
                use ::diesel::prelude::*;
                let matching = $model::matching(c, &self.declaration, query, scope)?;
                $model::declared(&self.declaration, query, &matching, scope).count().get_result(c)
            }

            fn count_up_to(&self, c: &mut $crate::db::Connection, query: &$crate::resource::ListQuery, most: i64, scope: Option<&$crate::resource::Actor>) -> ::diesel::QueryResult<i64> {
                use ::diesel::prelude::*;
                let matching = $model::matching(c, &self.declaration, query, scope)?;
                let some = $model::declared(&self.declaration, query, &matching, scope).select($table::id).limit(most);
                $crate::resource::list::capped_count::Capped(some).get_result(c)
            }

            fn find(&self, c: &mut $crate::db::Connection, id: i64, scope: Option<&$crate::resource::Actor>) -> ::diesel::QueryResult<Option<$crate::resource::Row>> {
                use ::diesel::prelude::*;
                let q = $model::declared(&self.declaration, &$crate::resource::ListQuery::default(), &Default::default(), scope);
                let Some(found) = q.filter($table::id.eq(id)).first::<$model>(c).optional()? else { return Ok(None) };
                #[allow(unused_mut)]
                let mut row = $model::declared_row(&found);
                $($(
                    let ids = $join::table.filter($join::$own.eq(id)).select($join::$other).order($join::$other).load::<i64>(c)?;
                    row.values.set(stringify!($many), $crate::resource::Value::Many(ids));
                )*)?
                Ok(Some(row))
            }

            fn fill_many(&self, c: &mut $crate::db::Connection, rows: &mut [$crate::resource::Row]) -> ::diesel::QueryResult<()> {
                #[allow(unused_imports)]
                use ::diesel::prelude::*;
                let _ = (&c, &rows);
                $($(
                    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
                    let pairs = $join::table.filter($join::$own.eq_any(ids)).select(($join::$own, $join::$other)).order($join::$other).load::<(i64, i64)>(c)?;
                    $crate::resource::declare::declared::fill(rows, stringify!($many), &pairs);
                )*)?
                Ok(())
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

            fn validate(&self, c: &mut $crate::db::Connection, draft: &mut $crate::resource::declare::declaration::Draft) -> ::diesel::QueryResult<()> {
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

            fn bury(&self, c: &mut $crate::db::Connection, id: i64, at: Option<$crate::db::UtcDateTime>) -> ::diesel::QueryResult<usize> {
                let _ = (&c, id, at);
                $(
                    use ::diesel::prelude::*;
                    return ::diesel::update($table::table.filter($table::id.eq(id)))
                        .set(($table::$trash.eq(at), $table::version.eq($table::version + 1)))
                        .execute(c);
                )?
                #[allow(unreachable_code)]
                Ok(0)
            }

            fn buried_before(&self, c: &mut $crate::db::Connection, at: $crate::db::UtcDateTime, most: i64) -> ::diesel::QueryResult<Vec<i64>> {
                let _ = (&c, at, most);
                $(
                    use ::diesel::prelude::*;
                    return $table::table.filter($table::$trash.lt(at)).order($table::$trash).limit(most).select($table::id).load(c);
                )?
                #[allow(unreachable_code)]
                Ok(Vec::new())
            }

            fn delete(&self, c: &mut $crate::db::Connection, id: i64) -> ::diesel::QueryResult<usize> {
                use ::diesel::prelude::*;
                ::diesel::delete($table::table.filter($table::id.eq(id))).execute(c)
            }
        }
        };
    };
}
