DROP TABLE api_tokens;
DROP TABLE token_families;
