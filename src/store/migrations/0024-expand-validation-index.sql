-- Validations are few among the subjects, and pages list all of them: found without a look at the enterprises. The
-- condition keeps enterprises out, so their updates cost nothing more.
create index subject_validation on subject (link, subject) where kind = 'validation';
