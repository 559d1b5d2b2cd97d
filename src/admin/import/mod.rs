//! Importing records from a file, step by step.

pub mod pages;
pub mod result;
pub mod steps;
