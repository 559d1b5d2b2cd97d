diesel::table! {
    wards (id) {
        id -> BigInt,
        name -> Text,
        floor -> Integer,
        doctor_id -> Nullable<BigInt>,
        search_text -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        deleted_at -> Nullable<Timestamp>,
    }
}
