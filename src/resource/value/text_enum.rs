//! Enums that are stored as text.

/// Declares an enum that is stored as text: `name = "stored" / "Shown"`.
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($variant:ident = $stored:literal / $shown:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ::diesel::expression::AsExpression, ::diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = ::diesel::sql_types::Text)]
        $vis enum $name { $($variant),+ }

        impl $name {
            /// Pairs of stored text and label, in order.
            pub const CHOICES: &'static [(&'static str, &'static str)] = &[$(($stored, $shown)),+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $stored),+ }
            }

            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $shown),+ }
            }

            pub fn parse(text: &str) -> Option<Self> {
                match text { $($stored => Some(Self::$variant),)+ _ => None }
            }
        }

        impl<DB: ::diesel::backend::Backend> ::diesel::deserialize::FromSql<::diesel::sql_types::Text, DB> for $name
        where
            String: ::diesel::deserialize::FromSql<::diesel::sql_types::Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> ::diesel::deserialize::Result<Self> {
                let text = String::from_sql(bytes)?;
                Self::parse(&text).ok_or_else(|| format!("{text} is not a value of {}", stringify!($name)).into())
            }
        }

        impl<DB: ::diesel::backend::Backend> ::diesel::serialize::ToSql<::diesel::sql_types::Text, DB> for $name
        where
            str: ::diesel::serialize::ToSql<::diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut ::diesel::serialize::Output<'b, '_, DB>) -> ::diesel::serialize::Result {
                <str as ::diesel::serialize::ToSql<::diesel::sql_types::Text, DB>>::to_sql(self.as_str(), out)
            }
        }

        impl $crate::resource::value::Column for $name {
            const KIND: $crate::resource::value::Kind = $crate::resource::value::Kind::Choice(Self::CHOICES);
            const TYPE: $crate::db::sql::ColumnType = $crate::db::sql::ColumnType::Text;

            fn to_value(&self) -> $crate::resource::value::Value {
                $crate::resource::value::Value::Text(self.as_str().to_string())
            }
        }
    };
}
