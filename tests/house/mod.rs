//! What holds for the house itself: its words.

mod words;
