import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../store/database.ts';
import { missingPartitions } from '../store/partitions.ts';

/** `mra_partitions_missing`: above 0 for a day is an alert, for the months it names cannot be stored. */
export function partitionFigure(registry: Registry, database: Database): void {
  new Gauge({
    name: 'mra_partitions_missing',
    help: 'Monthly partitions that are not there although they should be, two months ahead',
    registers: [registry],
    async collect() {
      const missing = await missingPartitions(database, new Date()).catch(() => undefined);
      if (missing) this.set(missing.length);
    },
  });
}
