mod change;
mod forgot;
mod rules;
