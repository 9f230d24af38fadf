import { useData } from '../api/use-data.ts';
import { Badge } from '../parts/badge.tsx';
import { Facts, Section } from '../parts/page-head.tsx';
import { Shown } from '../parts/states.tsx';
import { Age, None } from '../parts/time.tsx';
import { Link, type Query } from '../router.tsx';
import { codeName } from '../words/codes.ts';
import { useWords } from '../words/language.ts';
import type { Recognition } from './register-types.ts';
import { gradeName } from './standing.tsx';

/** Does this operator get benefits on the day, and if not, why. */
export function RecognitionOf({ id, query }: { id: string; query: Query }) {
  const t = useWords();
  const answer = useData<Recognition>(`/v1/recognition/${encodeURIComponent(id)}`, { query });
  return (
    <Section title={t('register.recognition')}>
      <Shown of={answer} rows={4}>
        {(recognition) => (
          <Facts
            items={[
              [
                t('register.recognised-on', { day: recognition.on }),
                <Badge
                  key="is"
                  tone={recognition.recognised ? 'ok' : 'bad'}
                  icon={recognition.recognised ? 'ok' : 'bad'}
                  text={codeName('recognition-reasons', recognition.reason)}
                />,
              ],
              [t('register.grade'), gradeName(recognition)],
              [t('register.since'), recognition.since],
              [
                t('register.benefits'),
                recognition.benefits.length === 0 ? (
                  <None />
                ) : (
                  <ul>
                    {recognition.benefits.map((benefit) => (
                      <li key={benefit}>{codeName('benefits', benefit)}</li>
                    ))}
                  </ul>
                ),
              ],
              [
                t('register.basis'),
                recognition.basis.length === 0 ? null : (
                  <ul>
                    {recognition.basis.map((message) => (
                      <li key={message}>
                        <Link to={`/messages/${message}`} className="mono">
                          …{message.slice(-8)}
                        </Link>
                      </li>
                    ))}
                  </ul>
                ),
              ],
              [t('register.heard'), <Age key="heard" at={recognition.asOf} />],
            ]}
          />
        )}
      </Shown>
    </Section>
  );
}
