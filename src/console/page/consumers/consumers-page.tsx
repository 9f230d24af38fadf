import { useData } from '../api/use-data.ts';
import { PageHead } from '../parts/page-head.tsx';
import { useWords } from '../words/language.ts';
import type { Stream, Webhook } from './consumer-types.ts';
import { Streams } from './streams.tsx';
import { Webhooks } from './webhooks.tsx';

/** No event tells of consumers: they are own systems, which poll or are called every few seconds. */
const AGAIN_MS = 5_000;

/** Own back ends that take the partner's messages: by polling a stream, or by being called. */
export default function ConsumersPage() {
  const t = useWords();
  const streams = useData<{ items: Stream[] }>('/v1/ops/streams', { everyMs: AGAIN_MS });
  const webhooks = useData<{ items: Webhook[] }>('/v1/ops/webhooks', { everyMs: AGAIN_MS });
  return (
    <div className="page">
      <PageHead title={t('place.consumers')} />
      <Streams streams={streams} />
      <Webhooks webhooks={webhooks} />
    </div>
  );
}
