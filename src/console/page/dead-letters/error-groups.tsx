import type { DeadLetterGroup } from '../api/types.ts';
import { Groups } from '../parts/groups.tsx';
import { changeQuery } from '../router.tsx';
import { ErrorText } from './letter-columns.tsx';

/** What the API takes of an error as a filter. */
const ERROR_LENGTH_MAX = 200;

/** What waits, by its error. */
export function ErrorGroups({
  groups,
  chosen,
}: {
  groups: readonly DeadLetterGroup[];
  chosen: string | undefined;
}) {
  return (
    <Groups
      groups={groups.map(({ err, reason, ...group }) => {
        const error = (reason ?? err ?? '').slice(0, ERROR_LENGTH_MAX);
        const isChosen = chosen === error;
        return {
          ...group,
          key: `${err} ${reason}`,
          what: <ErrorText err={err} reason={reason} />,
          chosen: isChosen,
          onPress: () => changeQuery({ error: isChosen ? undefined : error }),
        };
      })}
    />
  );
}
