import type { SequencerStep } from '../../../src/audit/extend-log.ts';
import { signingKey } from '../../../src/audit/notes/signing-key.ts';
import { runSequencer } from '../../../src/audit/run-sequencer.ts';
import { numberFeed } from '../../../src/feed/number-feed.ts';
import { createLog } from '../../../src/http/create-log.ts';
import { openDatabase } from '../../../src/store/database.ts';

/** A process that is a sequencer and kills itself, as kill -9 does, after one step of its first pass. */
const [url = '', deadly] = process.argv.slice(2);
await using sequencer = runSequencer({
  database: openDatabase(url, { connectionsMax: 1 }),
  log: createLog('silent', process.stderr),
  logKey: signingKey('log', 'customs.example/audit', Buffer.alloc(32, 1)),
  now: () => new Date('2026-11-24T08:00:00Z'),
  numberFeed,
  onFeed() {},
  onStep(step: SequencerStep) {
    if (step === deadly) process.kill(process.pid, 'SIGKILL');
  },
});
await sequencer.settle();
