-- What the list of messages is asked for and the key does not find: few rows each.
create index message_txn on message (txn) where txn is not null;
create index message_refused on message (id) where outcome = 'refused';
create index delivery_refused on delivery (id) where outcome = 'refused';
