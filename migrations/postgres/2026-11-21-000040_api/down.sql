DROP TABLE api_replies;
