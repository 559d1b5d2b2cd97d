// Generated from migrations/sqlite by `diesel print-schema`.

diesel::table! {
    users (id) {
        id -> BigInt,
        username -> Text,
        email -> Text,
        first_name -> Text,
        last_name -> Text,
        phone -> Text,
        password_hash -> Text,
        is_active -> Bool,
        is_staff -> Bool,
        is_superuser -> Bool,
        date_joined -> Timestamp,
        last_login -> Nullable<Timestamp>,
        search_text -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        email_confirmed_at -> Nullable<Timestamp>,
        time_zone -> Text,
        locale -> Text,
        session_epoch -> BigInt,
        notifies_by_email -> Bool,
    }
}

diesel::table! {
    groups (id) {
        id -> BigInt,
        name -> Text,
        search_text -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        requires_second_factor -> Bool,
    }
}

diesel::table! {
    permissions (id) {
        id -> BigInt,
        codename -> Text,
        name -> Text,
        search_text -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    user_groups (id) {
        id -> BigInt,
        user_id -> BigInt,
        group_id -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    group_permissions (id) {
        id -> BigInt,
        group_id -> BigInt,
        permission_id -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    user_permissions (id) {
        id -> BigInt,
        user_id -> BigInt,
        permission_id -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        key_hash -> Text,
        user_id -> Nullable<BigInt>,
        state -> Text,
        ip -> Text,
        user_agent -> Text,
        last_seen_at -> Timestamp,
        expires_at -> Timestamp,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        remembered -> Bool,
    }
}

diesel::table! {
    ended_sessions (id) {
        id -> BigInt,
        key_hash -> Text,
        expires_at -> Timestamp,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    setup_links (id) {
        id -> BigInt,
        token_hash -> Text,
        used_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    doctors (id) {
        id -> BigInt,
        name -> Text,
        specialization -> Text,
        user_id -> Nullable<BigInt>,
        search_text -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        deleted_at -> Nullable<Timestamp>,
        title -> Text,
    }
}

diesel::table! {
    patients (id) {
        id -> BigInt,
        owner_id -> BigInt,
        name -> Text,
        date_of_birth -> Nullable<Date>,
        age -> Integer,
        gender -> Text,
        address -> Text,
        primary_doctor_id -> Nullable<BigInt>,
        user_id -> Nullable<BigInt>,
        search_text -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        deleted_at -> Nullable<Timestamp>,
        given_name -> Text,
        family_name -> Text,
        sort_name -> Text,
        phone -> Text,
        email -> Text,
        may_contact -> Bool,
        language -> Nullable<Text>,
        emergency_contact -> Text,
        emergency_phone -> Text,
        alert -> Text,
        deceased_on -> Nullable<Date>,
        has_moved_away -> Bool,
        reminders_by -> Text,
    }
}

diesel::table! {
    patient_identifiers (id) {
        id -> BigInt,
        patient_id -> BigInt,
        kind -> Text,
        issuer -> Text,
        value -> Text,
        lookup -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    search_versions (resource) {
        resource -> Text,
        version -> Integer,
    }
}

diesel::table! {
    patient_doctor_mappings (id) {
        id -> BigInt,
        patient_id -> BigInt,
        doctor_id -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        deleted_at -> Nullable<Timestamp>,
        is_primary -> Bool,
    }
}

diesel::table! {
    patient_access (user_id, patient_id) {
        user_id -> BigInt,
        patient_id -> BigInt,
        sort_key -> Text,
        created_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    log_entries (id) {
        id -> BigInt,
        at -> Timestamp,
        actor_id -> Nullable<BigInt>,
        actor -> Text,
        action -> Text,
        resource -> Text,
        object_id -> BigInt,
        object_label -> Text,
        changes -> Text,
        search_text -> Text,
        ip -> Text,
        note -> Text,
        version -> BigInt,
        hash -> Text,
    }
}

diesel::table! {
    log_heads (id) {
        id -> BigInt,
        entry_id -> BigInt,
        hash -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    imports (id) {
        id -> BigInt,
        user_id -> BigInt,
        resource -> Text,
        file_name -> Text,
        manner -> Text,
        headings -> Text,
        targets -> Text,
        month_first -> Bool,
        state -> Text,
        skips_errors -> Bool,
        total_rows -> BigInt,
        checked_rows -> BigInt,
        new_rows -> BigInt,
        changed_rows -> BigInt,
        same_rows -> BigInt,
        error_rows -> BigInt,
        note -> Text,
        finished_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        encoding -> Text,
        sheet -> Text,
        clears_blanks -> Bool,
        known_rows -> BigInt,
        renamed_rows -> BigInt,
        known -> Text,
    }
}

diesel::table! {
    import_pieces (id) {
        id -> BigInt,
        import_id -> BigInt,
        position -> BigInt,
        bytes -> Binary,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    import_rows (id) {
        id -> BigInt,
        import_id -> BigInt,
        line -> BigInt,
        cells -> Text,
        outcome -> Text,
        reason -> Text,
        changes -> Text,
        label -> Text,
        row_key -> Text,
        target_id -> Nullable<BigInt>,
        target_version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        known_id -> Nullable<BigInt>,
        known_line -> Nullable<BigInt>,
        known_key -> Text,
    }
}

diesel::table! {
    form_drafts (id) {
        id -> BigInt,
        user_id -> BigInt,
        token_hash -> Text,
        place -> Text,
        field -> Text,
        body -> Text,
        expires_at -> Timestamp,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    saved_views (id) {
        id -> BigInt,
        user_id -> BigInt,
        group_id -> Nullable<BigInt>,
        resource -> Text,
        name -> Text,
        query -> Text,
        is_default -> Bool,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    sign_ins (id) {
        id -> BigInt,
        user_id -> Nullable<BigInt>,
        budget -> Text,
        outcome -> Text,
        ip -> Text,
        network -> Text,
        user_agent -> Text,
        known_device -> Bool,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        step -> Text,
        confirms -> Bool,
    }
}

diesel::table! {
    mails (id) {
        id -> BigInt,
        kind -> Text,
        recipient -> Text,
        subject -> Text,
        text_body -> Text,
        html_body -> Text,
        message_id -> Text,
        status -> Text,
        attempts -> Integer,
        next_attempt_at -> Nullable<Timestamp>,
        claimed_by -> Nullable<Text>,
        claimed_until -> Nullable<Timestamp>,
        last_error -> Text,
        sent_at -> Nullable<Timestamp>,
        search_text -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        channel -> Text,
        calendar_method -> Text,
        calendar -> Text,
    }
}

diesel::table! {
    invitations (id) {
        id -> BigInt,
        user_id -> BigInt,
        token_hash -> Text,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    api_replies (id) {
        id -> BigInt,
        user_id -> BigInt,
        key_hash -> Text,
        request_hash -> Text,
        status -> Integer,
        etag -> Text,
        body -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    clinic_details (id) {
        id -> BigInt,
        name -> Text,
        time_zone -> Text,
        logo -> Nullable<Binary>,
        logo_type -> Text,
        logo_hash -> Text,
        steps_done_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    clinic_settings (id) {
        id -> BigInt,
        registration -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    registration_links (id) {
        id -> BigInt,
        email -> Text,
        token_hash -> Text,
        invited_by -> Nullable<BigInt>,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        group_id -> Nullable<BigInt>,
        first_name -> Text,
        last_name -> Text,
        doctor_id -> Nullable<BigInt>,
        patient_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    codes (id) {
        id -> BigInt,
        purpose -> Text,
        user_id -> Nullable<BigInt>,
        budget -> Text,
        target -> Text,
        code_hash -> Text,
        browser -> Text,
        network -> Text,
        tries -> Integer,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    token_families (id) {
        id -> BigInt,
        user_id -> BigInt,
        family -> Text,
        credential -> Text,
        current_jti -> Text,
        previous_jti -> Text,
        rotated_at -> Timestamp,
        ip -> Text,
        user_agent -> Text,
        expires_at -> Timestamp,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    api_tokens (id) {
        id -> BigInt,
        user_id -> BigInt,
        name -> Text,
        token_hash -> Text,
        hint -> Text,
        scope -> Text,
        permissions -> Text,
        expires_at -> Timestamp,
        last_used_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    authenticators (id) {
        id -> BigInt,
        user_id -> BigInt,
        secret -> Text,
        pending -> Text,
        last_step -> BigInt,
        confirmed_at -> Nullable<Timestamp>,
        last_used_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    recovery_codes (id) {
        id -> BigInt,
        user_id -> BigInt,
        code_hash -> Text,
        used_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    passkeys (id) {
        id -> BigInt,
        user_id -> BigInt,
        name -> Text,
        credential_id -> Text,
        credential -> Text,
        last_used_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    spent_challenges (id) {
        id -> BigInt,
        challenge_hash -> Text,
        expires_at -> Timestamp,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    half_sign_ins (id) {
        id -> BigInt,
        key_hash -> Text,
        user_id -> BigInt,
        credential -> Text,
        remembered -> Bool,
        next -> Text,
        waiting_form -> Text,
        tries -> Integer,
        expires_at -> Timestamp,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    identities (id) {
        id -> BigInt,
        user_id -> BigInt,
        issuer -> Text,
        subject -> Text,
        email -> Text,
        last_used_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    oidc_requests (id) {
        id -> BigInt,
        state_hash -> Text,
        browser_hash -> Text,
        provider -> Text,
        nonce -> Text,
        verifier -> Text,
        user_id -> Nullable<BigInt>,
        remembered -> Bool,
        next -> Text,
        waiting_form -> Text,
        expires_at -> Timestamp,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    files (id) {
        id -> BigInt,
        name -> Text,
        content_type -> Text,
        size -> BigInt,
        sha256 -> Text,
        resource -> Text,
        field -> Text,
        record_id -> Nullable<BigInt>,
        uploaded_by -> Nullable<BigInt>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    file_contents (file_id) {
        file_id -> BigInt,
        content -> Binary,
    }
}

diesel::table! {
    sites (id) {
        id -> BigInt,
        name -> Text,
        time_zone -> Text,
        address -> Text,
        search_text -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    rooms (id) {
        id -> BigInt,
        name -> Text,
        kind -> Text,
        site_id -> Nullable<BigInt>,
        search_text -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    appointment_types (id) {
        id -> BigInt,
        name -> Text,
        colour -> Text,
        minutes -> BigInt,
        buffer_before -> BigInt,
        buffer_after -> BigInt,
        booked_by -> Text,
        shortest_notice -> BigInt,
        days_ahead -> Integer,
        places -> Integer,
        room_kind -> Text,
        fee_code -> Text,
        is_active -> Bool,
        search_text -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    working_hours (id) {
        id -> BigInt,
        doctor_id -> BigInt,
        weekday -> Text,
        kind -> Text,
        from_time -> BigInt,
        to_time -> BigInt,
        site_id -> Nullable<BigInt>,
        valid_from -> Nullable<Date>,
        valid_to -> Nullable<Date>,
        note -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    schedule_exceptions (id) {
        id -> BigInt,
        doctor_id -> BigInt,
        kind -> Text,
        first_day -> Date,
        last_day -> Date,
        from_time -> Nullable<BigInt>,
        to_time -> Nullable<BigInt>,
        site_id -> Nullable<BigInt>,
        reason -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    holidays (id) {
        id -> BigInt,
        name -> Text,
        day -> Date,
        site_id -> Nullable<BigInt>,
        search_text -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    appointments (id) {
        id -> BigInt,
        patient_id -> BigInt,
        doctor_id -> BigInt,
        type_id -> BigInt,
        room_id -> Nullable<BigInt>,
        site_id -> Nullable<BigInt>,
        starts_at -> Timestamp,
        ends_at -> Timestamp,
        minutes -> BigInt,
        state -> Text,
        note -> Text,
        buffer_before -> BigInt,
        buffer_after -> BigInt,
        places -> Integer,
        place -> Integer,
        is_overbooked -> Bool,
        overbooking_reason -> Text,
        cancelled_by -> Nullable<Text>,
        cancel_reason -> Text,
        hold_until -> Nullable<Timestamp>,
        uid -> Text,
        sequence -> Integer,
        arrived_at -> Nullable<Timestamp>,
        in_room_at -> Nullable<Timestamp>,
        done_at -> Nullable<Timestamp>,
        cancelled_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        deleted_at -> Nullable<Timestamp>,
        confirmed_at -> Nullable<Timestamp>,
        series -> Nullable<Text>,
    }
}

diesel::table! {
    claims (kind, resource_id, starts, appointment_id, is_padded) {
        appointment_id -> BigInt,
        kind -> Text,
        resource_id -> BigInt,
        starts -> BigInt,
        ends -> BigInt,
        is_padded -> Bool,
        is_overbooked -> Bool,
        share -> BigInt,
    }
}

diesel::table! {
    reminder_rules (id) {
        id -> BigInt,
        hours_before -> Integer,
        channel -> Text,
        type_id -> Nullable<BigInt>,
        is_active -> Bool,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    reminders (appointment_id, rule_id, channel, starts_at) {
        appointment_id -> BigInt,
        rule_id -> BigInt,
        channel -> Text,
        starts_at -> Timestamp,
        is_sent -> Bool,
        created_at -> Timestamp,
    }
}

diesel::table! {
    booking_rules (id) {
        id -> BigInt,
        open_requests -> Integer,
        hold_hours -> Integer,
        fills_waiting_list -> Bool,
        offers_at_once -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    waiting_entries (id) {
        id -> BigInt,
        patient_id -> BigInt,
        type_id -> BigInt,
        doctor_id -> Nullable<BigInt>,
        from_day -> Nullable<Date>,
        to_day -> Nullable<Date>,
        from_time -> Nullable<BigInt>,
        to_time -> Nullable<BigInt>,
        is_urgent -> Bool,
        state -> Text,
        note -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    appointment_offers (id) {
        id -> BigInt,
        patient_id -> BigInt,
        type_id -> BigInt,
        appointment_id -> Nullable<BigInt>,
        waiting_entry_id -> Nullable<BigInt>,
        schedule_exception_id -> Nullable<BigInt>,
        cause -> Text,
        state -> Text,
        expires_at -> Timestamp,
        answered_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    offered_times (offer_id, starts_at, doctor_id) {
        offer_id -> BigInt,
        starts_at -> Timestamp,
        doctor_id -> BigInt,
    }
}

diesel::table! {
    appointment_links (id) {
        id -> BigInt,
        token_hash -> Text,
        patient_id -> BigInt,
        appointment_id -> Nullable<BigInt>,
        offer_id -> Nullable<BigInt>,
        expires_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    calendar_feeds (id) {
        id -> BigInt,
        user_id -> BigInt,
        subject -> Text,
        doctor_id -> Nullable<BigInt>,
        room_id -> Nullable<BigInt>,
        content -> Text,
        token_hash -> Text,
        hint -> Text,
        last_used_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    notifications (id) {
        id -> BigInt,
        user_id -> BigInt,
        appointment_id -> BigInt,
        kind -> Text,
        actor -> Text,
        read_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    outside_calendars (id) {
        id -> BigInt,
        doctor_id -> BigInt,
        name -> Text,
        address -> Text,
        address_hash -> Text,
        host -> Text,
        hint -> Text,
        etag -> Text,
        last_modified -> Text,
        due_at -> Timestamp,
        fetched_at -> Nullable<Timestamp>,
        read_at -> Nullable<Timestamp>,
        problem -> Text,
        busy_count -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    busy_times (calendar_id, starts) {
        calendar_id -> BigInt,
        starts -> BigInt,
        ends -> BigInt,
    }
}

diesel::table! {
    caldav_states (id) {
        id -> BigInt,
        user_id -> BigInt,
        calendar -> Text,
        token -> Text,
        objects -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    appointment_sums (id) {
        id -> BigInt,
        month -> BigInt,
        doctor_id -> BigInt,
        type_id -> BigInt,
        site_id -> Nullable<BigInt>,
        state -> Text,
        counted -> BigInt,
        seconds -> BigInt,
        waited -> BigInt,
        waiting -> BigInt,
    }
}

diesel::table! {
    appointment_hour_sums (id) {
        id -> BigInt,
        month -> BigInt,
        type_id -> BigInt,
        site_id -> Nullable<BigInt>,
        weekday -> BigInt,
        hour -> BigInt,
        counted -> BigInt,
    }
}

diesel::table! {
    appointment_months (month) {
        month -> BigInt,
        time_zone -> Text,
    }
}

diesel::table! {
    appointment_changes (id) {
        id -> BigInt,
        starts_at -> Timestamp,
    }
}

diesel::table! {
    visits (id) {
        id -> BigInt,
        patient_id -> BigInt,
        appointment_id -> Nullable<BigInt>,
        doctor_id -> Nullable<BigInt>,
        kind -> Text,
        reason -> Text,
        started_at -> Timestamp,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    note_drafts (id) {
        id -> BigInt,
        visit_id -> BigInt,
        patient_id -> BigInt,
        author_id -> BigInt,
        cosigner_id -> Nullable<BigInt>,
        template -> Text,
        reason -> Text,
        history -> Text,
        examination -> Text,
        assessment -> Text,
        plan -> Text,
        colleagues -> Text,
        last_field -> Text,
        tab -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
    }
}

diesel::table! {
    notes (id) {
        id -> BigInt,
        visit_id -> BigInt,
        patient_id -> BigInt,
        author_id -> BigInt,
        signed_by -> Text,
        cosigner_id -> Nullable<BigInt>,
        template -> Text,
        reason -> Text,
        history -> Text,
        examination -> Text,
        assessment -> Text,
        plan -> Text,
        colleagues -> Text,
        signed_at -> Timestamp,
        draft_id -> Nullable<BigInt>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    addenda (id) {
        id -> BigInt,
        note_id -> BigInt,
        patient_id -> BigInt,
        author_id -> BigInt,
        signed_by -> Text,
        kind -> Text,
        text -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    note_releases (note_id) {
        note_id -> BigInt,
        released_at -> Timestamp,
    }
}

diesel::table! {
    note_templates (id) {
        id -> BigInt,
        name -> Text,
        reason -> Text,
        history -> Text,
        examination -> Text,
        assessment -> Text,
        plan -> Text,
        search_text -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    phrases (id) {
        id -> BigInt,
        word -> Text,
        text -> Text,
        is_shared -> Bool,
        user_id -> Nullable<BigInt>,
        search_text -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    waiting_reads (spool, entry) {
        spool -> Text,
        entry -> BigInt,
        body -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(users, sign_ins);
diesel::allow_tables_to_appear_in_same_query!(user_groups, saved_views);
diesel::allow_tables_to_appear_in_same_query!(users, user_groups, groups, group_permissions, user_permissions, permissions);
diesel::allow_tables_to_appear_in_same_query!(users, doctors, patients, patient_doctor_mappings, sessions);
diesel::allow_tables_to_appear_in_same_query!(users, invitations);
diesel::allow_tables_to_appear_in_same_query!(users, registration_links);
diesel::allow_tables_to_appear_in_same_query!(groups, registration_links);
diesel::allow_tables_to_appear_in_same_query!(users, token_families);
diesel::allow_tables_to_appear_in_same_query!(users, api_tokens);
diesel::allow_tables_to_appear_in_same_query!(users, half_sign_ins);
diesel::allow_tables_to_appear_in_same_query!(users, identities);
diesel::allow_tables_to_appear_in_same_query!(appointments, appointment_types, waiting_entries);
diesel::allow_tables_to_appear_in_same_query!(visits, note_drafts, notes, note_releases, patients, appointments);
