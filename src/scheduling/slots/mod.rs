//! Free times. Hours and exceptions become spans of instants ([`rota`]); what is booked is taken out of them ([`free`]); what is
//! left is offered and can be booked ([`find`]).

pub mod find;
pub mod free;
pub mod load;
pub mod offer;
#[cfg(test)]
mod oracle;
pub mod rota;
pub mod span;
