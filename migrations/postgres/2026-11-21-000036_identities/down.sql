DROP TABLE oidc_requests;
DROP TABLE identities;
