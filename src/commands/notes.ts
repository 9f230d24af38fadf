import type { Command } from 'commander';
import { explainFailure } from './explain-failure.ts';
import { API_HELP, openOperatorApi } from './operator-api.ts';
import { noteMore, type OutputOptions, printRows, withOutput } from './print-rows.ts';

interface Note {
  id: string;
  by: string;
  at: string;
  text: string;
  alert: string | null;
}

/** `mra notes`: what one shift leaves for the next. */
export function addNotesCommand(program: Command): void {
  const notes = program.command('notes').description('read and leave notes for the next shift');

  withOutput(notes.command('list', { isDefault: true }))
    .description('list them, newest first')
    .option('--limit <number>', 'how many', '20')
    .addHelpText('after', `\nExample:\n  mra notes\n${API_HELP}`)
    .action((options: OutputOptions & { limit: string }) => explainFailure(() => list(options)));

  notes
    .command('add')
    .description('leave one; mra alerts note leaves one with an alert')
    .argument('<text>', 'what it says')
    .addHelpText(
      'after',
      `\nExample:\n  mra notes add 'CBP has maintenance from 02:00 to 04:00 UTC'\n${API_HELP}`,
    )
    .action((text: string) =>
      explainFailure(async () => {
        const note = await openOperatorApi().post('/v1/ops/notes', { text });
        console.log(`Left as ${String(note.id)}.`);
      }),
    );
}

async function list(options: OutputOptions & { limit: string }): Promise<void> {
  const query = new URLSearchParams({ limit: options.limit });
  const { items, next } = await openOperatorApi().get<{ items: Note[]; next: string | null }>(
    `/v1/ops/notes?${query}`,
  );
  printRows(
    items,
    [
      { title: 'AT', of: ({ at }) => at },
      { title: 'BY', of: ({ by }) => by },
      { title: 'NOTE', of: ({ text }) => text },
      { title: 'ALERT', of: ({ alert }) => alert },
    ],
    options,
    'Nobody left a note.',
  );
  noteMore(next);
}
