import { atMost, type Claim } from '../claim.ts';
import { measureLedger } from '../measure-ledger.ts';

/** Half a million messages; what is measured grows with their number and with nothing else. */
const HOURS = 12;
const DESIGN_MESSAGES = 100_000_000;

/** The comparison of the two sides' sets, with 100 million messages in view. */
export async function prove(): Promise<Claim[]> {
  const { messages, allUs, dayMs, lostMs, pagesPerThousand } = await measureLedger(
    '.mra/prove-ledger',
    HOURS,
  );
  const minutes = Math.round((allUs * DESIGN_MESSAGES) / 60_000_000);
  const of = `of ${messages} messages`;
  return [
    atMost(`comparing everything ${of}, both sides' work, a message`, 8, allUs, ' µs'),
    atMost('which is for 100 million messages, once a day', 15, minutes, ' min'),
    atMost('the hourly comparison, for half a day at a million a day', 10_000, dayMs, ' ms'),
    atMost(`finding one lost message ${of} and sending it again`, 15_000, lostMs, ' ms'),
    atMost('pages that a digest touches, per 1,000 messages', 50, pagesPerThousand, ''),
  ];
}
