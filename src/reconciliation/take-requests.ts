import type { HandlingContext, OwnMessageHandler } from '../reception/handle-own-messages.ts';
import type { Transaction } from '../store/database.ts';
import { noteErasures } from './erased-records.ts';
import { beginRun, wakeRun } from './keep-run.ts';

/**
 * Takes requests for records, in the transaction that stores them: they wait until our register has been compared with
 * what they name. One that names none asks for our digest. What was erased there is noted at once.
 */
export const recordsTaker: OwnMessageHandler<'resync-request'> = async (tx, received, context) => {
  const asking = received.filter(({ data }) => data.records !== undefined);
  if (asking.length === 0) return;
  for (const { data } of asking) await noteErasures(tx, context.link.id, data.erased ?? []);
  await beginOwn(tx, context);
  const naming = asking.filter(({ data }) => data.buckets !== undefined || data.records?.length !== 0);
  if (naming.length === 0) return;
  await tx.query({
    name: 'reconciliation-keep-requests',
    text: `insert into records_asked (message, link) select u.id, $1 from unnest($2::uuid[]) as u(id)
           on conflict do nothing`,
    values: [context.link.id, naming.map(({ id }) => id)],
  });
  await wakeRun(tx, context.link.id, 'own', context.now);
};

async function beginOwn(tx: Transaction, { link, now }: HandlingContext): Promise<void> {
  await beginRun(tx, {
    link: link.id,
    register: 'own',
    reason: 'partner',
    askedBy: null,
    dryRun: false,
    state: 'settling',
    dueAt: now,
    now,
  });
}
