import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Processes and queues that die, every write that fails, the image's steps, a real browser: `npm run test:long`, one file
 * after another. `npm run check` runs it as well.
 */
const LONG = [
  'test/system/{restore,processes}.test.ts',
  'test/faults/fault-table{,-acts}.test.ts',
  'test/deploy/image.test.ts',
  'test/delivery/queue/failover.test.ts',
  'test/browser/**/*.test.ts',
];

/** What takes longest of the others: begun last, it would run on alone. */
const FIRST = ['/system/kill', '/hostile/', '/contract/mutation', '/demo/run-demo', '/fuzz/'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      FIRST.some((part) => moduleId.includes(part));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 4,
    // Of tests that say they may run at once: the hostile messages, which mostly wait.
    maxConcurrency: 16,
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'main', include: ['test/**/*.test.ts'], exclude: LONG } },
      { extends: true, test: { name: 'long', include: LONG } },
    ],
  },
});
