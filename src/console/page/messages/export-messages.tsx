import { get } from '../api/client.ts';
import type { ListedMessage } from '../api/types.ts';
import type { Action } from '../parts/action-dialog.tsx';
import { exportRows } from '../parts/export-rows.tsx';
import type { Query } from '../router.tsx';

const columns = [
  'id',
  'link',
  'direction',
  'type',
  'subject',
  'version',
  'state',
  'urgent',
  'txn',
  'acceptedAt',
  'deliveredAt',
  'receiptedAt',
  'lane',
  'lastError',
] as const;

export function exportMessages(filter: Query): Action {
  return exportRows<ListedMessage>({
    path: '/v1/messages',
    filter,
    columns,
    file: 'messages.csv',
    async matching(max, signal) {
      const query = { ...filter, max };
      return (await get<{ count: number }>('/v1/messages/count', { query, signal })).count;
    },
  });
}
