mod lying_providers;
mod sign_in;
