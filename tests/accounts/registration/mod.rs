mod activation;
mod links;
mod policy;
mod register;
