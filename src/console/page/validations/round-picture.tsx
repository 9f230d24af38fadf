import { StateBadge } from '../parts/badge.tsx';
import { NamePair } from '../parts/name-pair.tsx';
import { Section } from '../parts/page-head.tsx';
import { nameOfRecord } from '../register/standing.tsx';
import { changeQuery, useRoute } from '../router.tsx';
import { codeName } from '../words/codes.ts';
import { useWords } from '../words/language.ts';
import { CriteriaBars } from './criteria-bars.tsx';
import { FacilityFindings } from './facility-findings.tsx';
import { outcomeLetter, outcomeTone } from './outcome.ts';
import type { Outcome, Round, ValidationResult } from './validation-types.ts';

const OUTCOMES: readonly Outcome[] = ['passed', 'passed-with-actions', 'failed'];

/** Every facility by its outcome, then what the criteria found; a facility shows its findings when it is chosen. */
export function RoundPicture({ round, results }: { round: Round; results: readonly ValidationResult[] }) {
  const t = useWords();
  const { query } = useRoute();
  const sorted = [...results].sort((a, b) => a.validationId.localeCompare(b.validationId));
  const chosen = sorted.find(({ validationId }) => validationId === query.facility);
  return (
    <>
      <Section
        title={t('validations.title', { round: round.round })}
        tools={<span className="quiet">{`${round.firstVisit} – ${round.lastVisit}`}</span>}
      >
        <ul className="outcomes">
          {OUTCOMES.map((outcome) => (
            <li key={outcome}>
              <StateBadge state={outcome} text={codeName('outcomes', outcome)} tone={outcomeTone(outcome)} />{' '}
              <strong>{results.filter(({ data }) => data.outcome === outcome).length}</strong>
            </li>
          ))}
        </ul>
        <ul className="facilities">
          {sorted.map((result) => (
            <li key={result.validationId}>
              <Facility result={result} chosen={result === chosen} />
            </li>
          ))}
        </ul>
      </Section>
      {chosen && <FacilityFindings result={chosen} />}
      <CriteriaBars results={results} />
    </>
  );
}

function Facility({ result, chosen }: { result: ValidationResult; chosen: boolean }) {
  const { validationId, data } = result;
  const { facility, outcome } = data;
  const label = codeName('outcomes', outcome);
  return (
    <button
      type="button"
      className={`facility ${outcomeTone(outcome)}`}
      aria-pressed={chosen}
      onClick={() => changeQuery({ facility: chosen ? undefined : validationId }, { replace: true })}
    >
      <span className="letter" title={label}>
        <span aria-hidden="true">{outcomeLetter(outcome)}</span>
        <span className="visually-hidden">{label}</span>
      </span>
      <span className="facility-name">
        <NamePair name={nameOfRecord(facility.name)} />
        <span className="quiet">{facility.address?.city}</span>
      </span>
    </button>
  );
}
