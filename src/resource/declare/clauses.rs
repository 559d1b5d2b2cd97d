//! The clauses of a declaration, one arm each; used only by the `resource!` macro.

/// Sets what one clause declares. `FIELDS` are the names of the model's fields.
#[doc(hidden)]
#[macro_export]
macro_rules! declared_clause {
    ($declaration:ident $table:ident; area $area:literal, $icon:literal) => {
        $declaration.area = $area;
        $declaration.icon = $icon;
    };
    ($declaration:ident $table:ident; trash) => {
        let _ = $table::deleted_at;
        $declaration.trash = true;
    };
    ($declaration:ident $table:ident; list_display [$($names:tt)*]) => { $declaration.list_display = $crate::declared_names!($($names)*); };
    ($declaration:ident $table:ident; list_filter [$($names:tt)*]) => { $declaration.list_filter = $crate::declared_names!($($names)*); };
    ($declaration:ident $table:ident; search_through [$($names:tt)*]) => {
        $declaration.search_through = $crate::declared_names!($($names)*);
    };
    ($declaration:ident $table:ident; natural_key [$($names:tt)*]) => { $declaration.natural_key = $crate::declared_names!($($names)*); };
    ($declaration:ident $table:ident; label_from [$($names:tt)*]) => { $declaration.label_from = $crate::declared_names!($($names)*); };
    ($declaration:ident $table:ident; date_hierarchy [$name:ident]) => { $declaration.date_hierarchy = FIELDS.$name; };
    ($declaration:ident $table:ident; ordering [$($terms:tt)*]) => {
        $declaration.ordering = { const TERMS: &[(&str, bool)] = $crate::declared_ordering!([] $($terms)*); TERMS };
    };
    ($declaration:ident $table:ident; fieldsets {
        $($title:literal $(($description:literal))? $($closed:ident)?: [$($member:tt),* $(,)?]),* $(,)?
    }) => {
        $declaration.fieldsets = {
            const FIELDSETS: &[$crate::resource::Fieldset] = &[$($crate::resource::Fieldset {
                title: $title,
                description: concat!($($description)?),
                closed: $crate::declared_closed!($($closed)?),
                rows: &[$($crate::declared_row!($member)),*],
            }),*];
            FIELDSETS
        };
    };
    ($declaration:ident $table:ident; options { $($option:ident: $value:expr),* $(,)? }) => { $($declaration.$option = $value;)* };
    ($declaration:ident $table:ident; $clause:ident $($body:tt)*) => {
        compile_error!(concat!("`", stringify!($clause), "` is not a clause of a declaration; docs/adding-a-model.md lists them"));
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! declared_names {
    ($($name:ident),* $(,)?) => {{
        const NAMES: &[&str] = &[$(FIELDS.$name),*];
        NAMES
    }};
}

/// The weight after the name of a searched field, or 1.
#[doc(hidden)]
#[macro_export]
macro_rules! declared_weight {
    () => {
        1
    };
    ($weight:literal) => {
        $weight
    };
}

/// `[name, -created_at]`: a hyphen means descending.
#[doc(hidden)]
#[macro_export]
macro_rules! declared_ordering {
    ([$($done:tt)*]) => { &[$($done)*] };
    ([$($done:tt)*] - $name:ident $(, $($rest:tt)*)?) => { $crate::declared_ordering!([$($done)* (FIELDS.$name, true),] $($($rest)*)?) };
    ([$($done:tt)*] $name:ident $(, $($rest:tt)*)?) => { $crate::declared_ordering!([$($done)* (FIELDS.$name, false),] $($($rest)*)?) };
}

/// One entry between the brackets of a fieldset: a field, or fields in parentheses.
#[doc(hidden)]
#[macro_export]
macro_rules! declared_row {
    (($($field:ident),+ $(,)?)) => { &[$(FIELDS.$field),+] };
    ($field:ident) => { &[FIELDS.$field] };
}

/// Nothing, or the one word that may follow a fieldset's title.
#[doc(hidden)]
#[macro_export]
macro_rules! declared_closed {
    () => {
        false
    };
    (closed) => {
        true
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! declared_read_only {
    () => {
        false
    };
    (read_only) => {
        true
    };
}

/// The version of a row; always 0 for a read-only model.
#[doc(hidden)]
#[macro_export]
macro_rules! declared_version {
    ($row:ident) => {
        $row.version
    };
    ($row:ident read_only) => {
        0
    };
}
