-- Messages of a span of time are counted (the list itself goes by id). They come in the order of their time: a block
-- range index finds them, and costs the writer next to nothing.
create index if not exists message_at on message using brin (at) with (autosummarize = on);
