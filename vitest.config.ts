import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest: begun last, it would run on alone. */
const LONG = [
  '/system/kill',
  '/system/restore',
  '/system/processes',
  '/hostile/',
  '/contract/mutation',
  '/demo/run-demo',
];

class LongOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.some((part) => moduleId.includes(part));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 4,
    // Of tests that say they may run at once: the hostile messages, which mostly wait.
    maxConcurrency: 16,
    sequence: { sequencer: LongOnesFirst },
  },
});
