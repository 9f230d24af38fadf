-- Validations are few among the messages: found without a look at the others. The condition keeps those out, so they cost
-- nothing more.
create index if not exists message_validation on message (id) where type = 'validation-result';
