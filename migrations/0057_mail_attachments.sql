-- The files that go along with a letter, in order: of which kind, of what, and what each is called. They are
-- named rather than kept, and made when the letter is delivered: [{ "kind", "reference", "name" }].
alter table platform.mails add column attachments jsonb not null default '[]'
	check (jsonb_typeof(attachments) = 'array');
