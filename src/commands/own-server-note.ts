/** What to tell who asks for a file copy of a database that is not the embedded one. */
export function ownServerNote(what: string): string {
  return `The configuration names a PostgreSQL of your own (database.url or DATABASE_URL). ${what}; docs/operators/backup.md says how.`;
}
