import { Groups } from '../parts/groups.tsx';
import { changeQuery } from '../router.tsx';
import { IssueCodeText } from '../words/said.tsx';

export interface QuarantineGroup {
  code: string | null;
  count: number;
  subjects: number;
  firstAt: string;
  lastAt: string;
}

/** What was refused, by its error. */
export function QuarantineGroups({
  groups,
  chosen,
}: {
  groups: readonly QuarantineGroup[];
  chosen: string | undefined;
}) {
  return (
    <Groups
      groups={groups.map(({ code, subjects, ...group }) => {
        const isChosen = code !== null && chosen === code;
        return {
          ...group,
          key: String(code),
          what: (
            <>
              <code>{code}</code> <IssueCodeText code={code ?? ''} />
            </>
          ),
          enterprises: subjects,
          chosen: isChosen,
          onPress: () => changeQuery({ q: isChosen ? undefined : (code ?? undefined) }),
        };
      })}
    />
  );
}
