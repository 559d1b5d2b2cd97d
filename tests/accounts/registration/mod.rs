mod activation;
mod domains;
mod links;
mod policy;
mod register;
