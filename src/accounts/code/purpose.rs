//! What a one-time code is for.

crate::text_enum! {
    /// What a code is for. A code is accepted for its own purpose only.
    pub enum Purpose {
        Reset = "reset" / "Forgotten password",
        Activation = "activation" / "Address of a new account",
        Email = "email" / "New email address",
        Password = "password" / "First password",
    }
}

impl Purpose {
    pub const ALL: [Self; 4] = [Self::Reset, Self::Activation, Self::Email, Self::Password];
}
