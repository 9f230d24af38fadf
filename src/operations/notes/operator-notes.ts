import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../store/database.ts';

/** What one shift leaves for the next. */
export interface OperatorNote {
  id: string;
  by: string;
  at: Date;
  text: string;
  /** The alert that it is about. */
  alert: string | null;
}

export type NoteOfAlert = Omit<OperatorNote, 'alert'>;

export const NOTE_LENGTH_MAX = 2_000;

/** Notes that an alert shows: the last ones. */
const SHOWN = 20;

export async function leaveNote(
  database: Pick<Database, 'query'>,
  { by, text, alert, now }: { by: string; text: string; alert: string | null; now: Date },
): Promise<OperatorNote> {
  const note = { id: uuidv7(), by, at: now, text, alert };
  await database.query({
    name: 'notes-leave',
    text: 'insert into operator_note (id, by, at, text, alert) values ($1, $2, $3, $4, $5)',
    values: [note.id, by, now, text, alert],
  });
  return note;
}

/** Newest first. */
export function listNotes(
  database: Pick<Database, 'query'>,
  { limit, before }: { limit: number; before?: string | undefined },
): Promise<OperatorNote[]> {
  return database.query<OperatorNote>({
    name: 'notes-list',
    text: `select id, by, at, text, alert from operator_note where $1::uuid is null or id < $1
           order by id desc limit $2`,
    values: [before ?? null, limit],
  });
}

/** The last notes of each alert, oldest first. */
export async function notesOf(
  database: Pick<Database, 'query'>,
  alerts: readonly string[],
): Promise<Map<string, NoteOfAlert[]>> {
  const rows = await database.query<NoteOfAlert & { alert: string }>({
    name: 'notes-of-alerts',
    text: `select n.id, n.by, n.at, n.text, n.alert from unnest($1::text[]) as u(alert)
           cross join lateral (select * from operator_note where alert = u.alert order by id desc limit $2) n
           order by n.id`,
    values: [alerts, SHOWN],
  });
  const byAlert = new Map<string, NoteOfAlert[]>();
  for (const { alert, ...note } of rows) byAlert.set(alert, [...(byAlert.get(alert) ?? []), note]);
  return byAlert;
}
