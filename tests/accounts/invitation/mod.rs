mod invitations;
mod with_record;
