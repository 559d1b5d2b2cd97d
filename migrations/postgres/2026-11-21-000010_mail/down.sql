DROP TABLE invitations;
DROP TABLE mails;
