//! The macro that declares a model. It names columns and types, so that a wrong one is a compile error at that word. All
//! statements and all logic are shared code elsewhere.

/// Declares a model. `src/clinic/doctor.rs` is a complete example, docs/adding-a-model.md has the steps. The clauses may be
/// in any order.
#[macro_export]
macro_rules! resource {
    ($model:ident in $table:ident; $($clauses:tt)*) => {
        $crate::resource_clauses! { ($model $table) {} {} {} {} {} {} {} { $crate::resource::Scope::All } {} $($clauses)* }
    };
    ($model:ident in $table:ident, read_only; $($clauses:tt)*) => {
        $crate::resource_clauses! { ($model $table read_only) {} {} {} {} {} {} {} { $crate::resource::Scope::All } {} $($clauses)* }
    };
}

/// Sorts the clauses: `(model) {name} {fields} {many} {automatic} {computed} {search} {label} {scope} {others} clauses…`.
#[doc(hidden)]
#[macro_export]
macro_rules! resource_clauses {
    ($h:tt $n:tt $f:tt $m:tt $a:tt $c:tt $s:tt $l:tt $o:tt $r:tt) => {
        $crate::declared_model! { $h $n $f $m $a $c $s $l $o $r }
    };
    ($h:tt {} $f:tt $m:tt $a:tt $c:tt $s:tt $l:tt $o:tt $r:tt
        name $name:literal at $slug:literal, $singular:literal / $plural:literal; $($rest:tt)*) => {
        $crate::resource_clauses! { $h {$name, $slug, $singular, $plural} $f $m $a $c $s $l $o $r $($rest)* }
    };
    ($h:tt $n:tt {} $m:tt $a:tt $c:tt $s:tt $l:tt $o:tt $r:tt fields $body:tt $($rest:tt)*) => {
        $crate::resource_clauses! { $h $n $body $m $a $c $s $l $o $r $($rest)* }
    };
    ($h:tt $n:tt $f:tt {} $a:tt $c:tt $s:tt $l:tt $o:tt $r:tt many $body:tt $($rest:tt)*) => {
        $crate::resource_clauses! { $h $n $f $body $a $c $s $l $o $r $($rest)* }
    };
    ($h:tt $n:tt $f:tt $m:tt {} $c:tt $s:tt $l:tt $o:tt $r:tt automatic $body:tt $($rest:tt)*) => {
        $crate::resource_clauses! { $h $n $f $m $body $c $s $l $o $r $($rest)* }
    };
    ($h:tt $n:tt $f:tt $m:tt $a:tt {} $s:tt $l:tt $o:tt $r:tt computed $body:tt $($rest:tt)*) => {
        $crate::resource_clauses! { $h $n $f $m $a $body $s $l $o $r $($rest)* }
    };
    ($h:tt $n:tt $f:tt $m:tt $a:tt $c:tt {} $l:tt $o:tt $r:tt search_fields [$($body:tt)*]; $($rest:tt)*) => {
        $crate::resource_clauses! { $h $n $f $m $a $c {$($body)*} $l $o $r $($rest)* }
    };
    ($h:tt $n:tt $f:tt $m:tt $a:tt $c:tt $s:tt {} $o:tt $r:tt label $label:expr; $($rest:tt)*) => {
        $crate::resource_clauses! { $h $n $f $m $a $c $s {$label} $o $r $($rest)* }
    };
    ($h:tt $n:tt $f:tt $m:tt $a:tt $c:tt $s:tt $l:tt $o:tt $r:tt scope through $field:ident; $($rest:tt)*) => {
        $crate::resource_clauses! { $h $n $f $m $a $c $s $l { $crate::resource::Scope::Through(stringify!($field)) } $r $($rest)* }
    };
    ($h:tt $n:tt $f:tt $m:tt $a:tt $c:tt $s:tt $l:tt $o:tt $r:tt scope $rule:expr; $($rest:tt)*) => {
        $crate::resource_clauses! { $h $n $f $m $a $c $s $l { $crate::resource::Scope::Rule($rule) } $r $($rest)* }
    };
    ($h:tt $n:tt $f:tt $m:tt $a:tt $c:tt $s:tt $l:tt $o:tt {$($r:tt)*} area $area:literal, icon $icon:literal; $($rest:tt)*) => {
        $crate::resource_clauses! { $h $n $f $m $a $c $s $l $o {$($r)* (area $area, $icon)} $($rest)* }
    };
    ($h:tt $n:tt $f:tt $m:tt $a:tt $c:tt $s:tt $l:tt $o:tt {$($r:tt)*} trash; $($rest:tt)*) => {
        $crate::resource_clauses! { $h $n $f $m $a $c $s $l $o {$($r)* (trash)} $($rest)* }
    };
    ($h:tt $n:tt $f:tt $m:tt $a:tt $c:tt $s:tt $l:tt $o:tt {$($r:tt)*} $clause:ident [$($body:tt)*]; $($rest:tt)*) => {
        $crate::resource_clauses! { $h $n $f $m $a $c $s $l $o {$($r)* ($clause [$($body)*])} $($rest)* }
    };
    ($h:tt $n:tt $f:tt $m:tt $a:tt $c:tt $s:tt $l:tt $o:tt {$($r:tt)*} $clause:ident {$($body:tt)*} $($rest:tt)*) => {
        $crate::resource_clauses! { $h $n $f $m $a $c $s $l $o {$($r)* ($clause {$($body)*})} $($rest)* }
    };
    ($h:tt $n:tt $f:tt $m:tt $a:tt $c:tt $s:tt $l:tt $o:tt $r:tt $clause:ident $($rest:tt)*) => {
        compile_error!(concat!(
            "`", stringify!($clause), "` is not a clause here: unknown, stated twice, or not written like the table in docs/adding-a-model.md"
        ));
    };
}

/// What is compiled for one model.
#[doc(hidden)]
#[macro_export]
macro_rules! declared_model {
    (
        ($model:ident $table:ident $($read_only:ident)?)
        {$name:literal, $slug:literal, $singular:literal, $plural:literal}
        {$($field:ident: $about:expr),* $(,)?}
        {$($many:ident: $many_about:expr, $join:ident($own:ident, $other:ident) to $target:path);* $(;)?}
        {$($auto:ident: $auto_about:expr),* $(,)?}
        {$($calc:ident: $calc_about:expr => $calc_value:expr),* $(,)?}
        {$($search:ident $(: $weight:literal)?),* $(,)?}
        {$label:expr}
        {$scope:expr}
        {$(($clause:ident $($clause_body:tt)*))*}
    ) => {
        const _: () = {
            /// The name of every field.
            pub struct Fields {
                pub id: &'static str,
                $(pub $field: &'static str,)* $(pub $many: &'static str,)* $(pub $auto: &'static str,)* $(pub $calc: &'static str,)*
            }

            const FIELDS: Fields = Fields {
                id: "id",
                $($field: stringify!($field),)* $($many: stringify!($many),)* $($auto: stringify!($auto),)* $($calc: stringify!($calc),)*
            };

            impl $crate::resource::Model for $model {
                const NAME: &'static str = $name;
                const TABLE: &'static str = stringify!($table);
                const IS_SEARCHED: bool = { const NAMES: &[&str] = &[$(FIELDS.$search),*]; !NAMES.is_empty() };
                const SCOPE: $crate::resource::Scope = $scope;
                type Fields = Fields;
                const FIELDS: Fields = FIELDS;

                fn declaration() -> $crate::resource::Declaration {
                    $(let _ = ($join::$own, $join::$other);)*
                    const SEARCH: &[&str] = &[$(FIELDS.$search),*];
                    let mut declaration = $crate::resource::Declaration {
                        name: $name,
                        slug: $slug,
                        table: stringify!($table),
                        singular: $singular,
                        plural: $plural,
                        search_fields: SEARCH,
                        search_weights: &[$($crate::declared_weight!($($weight)?)),*],
                        read_only: $crate::declared_read_only!($($read_only)?),
                        fields: vec![
                            $($about.of($table::$field, |row: &$model| &row.$field),)*
                            $($many_about.many::<$target>(stringify!($many), stringify!($join), stringify!($own), stringify!($other)),)*
                            $($auto_about.of($table::$auto, |row: &$model| &row.$auto).automatic(),)*
                            $($calc_about.computed(stringify!($calc)),)*
                        ],
                        ..$crate::resource::Declaration::blank()
                    };
                    $($crate::declared_clause!(declaration $table; $clause $($clause_body)*);)*
                    declaration
                }

                fn columns() -> &'static str {
                    static COLUMNS: ::std::sync::OnceLock<String> = ::std::sync::OnceLock::new();
                    COLUMNS.get_or_init(|| $crate::db::sql::names(&<$table::table as ::diesel::Table>::all_columns()))
                }

                fn load(c: &mut $crate::db::Connection, statement: $crate::db::sql::Sql) -> ::diesel::QueryResult<Vec<$crate::resource::Row>> {
                    use $crate::resource::Column;
                    let rows = ::diesel::RunQueryDsl::load::<$model>(statement.returning::<$table::SqlType>(), c)?;
                    let label: fn(&$model) -> String = $label;
                    Ok(rows.iter().map(|row| $crate::resource::Row {
                        id: row.id,
                        label: label(row),
                        version: $crate::declared_version!(row $($read_only)?),
                        values: [
                            $((FIELDS.$field, row.$field.to_value()),)*
                            $((FIELDS.$auto, row.$auto.to_value()),)*
                            $((FIELDS.$calc, { let value: fn(&$model) -> $crate::resource::Value = $calc_value; value(row) }),)*
                        ].into_iter().collect(),
                    }).collect())
                }

                fn resource() -> &'static $crate::resource::Resource {
                    static RESOURCE: ::std::sync::LazyLock<$crate::resource::Resource> =
                        ::std::sync::LazyLock::new($crate::resource::Resource::of::<$model>);
                    &RESOURCE
                }
            }
        };
    };
    (($model:ident $($head:tt)*) $($parts:tt)*) => {
        compile_error!(concat!("the declaration of ", stringify!($model), " lacks its `name` or its `label`, or one of them is not written like the table in docs/adding-a-model.md"));
    };
}
