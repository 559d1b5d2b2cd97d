//! inline.

