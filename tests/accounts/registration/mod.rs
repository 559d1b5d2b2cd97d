mod activation;
mod links;
mod register;
