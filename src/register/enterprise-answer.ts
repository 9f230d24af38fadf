import { gradeMemberOf } from '../contract/party.ts';
import type { EnterpriseRecord } from './read-enterprise.ts';

/** The record as it was stated, with the standing that counts: a later decision may have moved it. */
export function enterpriseAnswer({ details, standing, ...record }: EnterpriseRecord): object {
  return {
    ...record,
    ...(details
      ? { record: details.data, recordVersion: details.version, recordSource: details.source }
      : {}),
    ...(standing
      ? {
          standing: {
            regime: standing.regime,
            ...(standing.grade === null ? {} : { [gradeMemberOf(record.party)]: standing.grade }),
            status: standing.status,
            since: standing.since,
            version: standing.version,
            source: standing.source,
            receivedAt: standing.receivedAt,
          },
        }
      : {}),
  };
}
