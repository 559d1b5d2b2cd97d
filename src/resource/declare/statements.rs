//! Pieces of statements that a declaration has or lacks; only the macro of declarations uses them.

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
        ::diesel::update($table::table.filter($table::id.eq($id))).set((&changes, $table::updated_at.eq($now), $table::version.eq($table::version + 1))).execute($c)?
    }};
    ([$changes:ident] $table:ident [$($field:ident)*] [$($search:ident)+] $c:ident $id:ident $values:ident $search_text:ident $now:ident) => {{
        let changes = $changes { $($field: $values.column(stringify!($field))?),* };
        ::diesel::update($table::table.filter($table::id.eq($id)))
            .set((&changes, $table::search_text.eq($search_text), $table::updated_at.eq($now), $table::version.eq($table::version + 1))).execute($c)?
    }};
}

/// Whether the scope does not apply to somebody.
#[doc(hidden)]
#[macro_export]
macro_rules! sees_all {
    ($actor:ident) => {
        false
    };
    ($actor:ident $sees_all:path) => {
        $sees_all($actor)
    };
}

/// Counts up with every change; what nobody changes by hand has none.
#[doc(hidden)]
#[macro_export]
macro_rules! declared_version {
    ([] $row:ident) => {
        0
    };
    ([$changes:ident] $row:ident) => {
        $row.version
    };
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
