import { createHash } from 'node:crypto';
import type { TracedStep } from './read-steps.ts';

export interface SpanExport extends AsyncDisposable {
  tell(steps: readonly TracedStep[]): void;
}

/**
 * Sends steps as spans by OTLP over HTTP. The packages are loaded here, so that a gateway without traces does not.
 *
 * The trace of a message bears its id: 16 bytes, as a trace id has. So what both sides tell of a message is one trace,
 * without a header on the wire. A span's id is made of its step: told twice, it is the same.
 */
export async function openSpanExport(endpoint: string, party: string): Promise<SpanExport> {
  const [api, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  let spanId = '';
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'mra-gateway', 'mra.party': party }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: endpoint }) })],
    idGenerator: { generateTraceId: () => '', generateSpanId: () => spanId },
  });
  const tracer = provider.getTracer('mra-gateway');
  return {
    tell(steps) {
      for (const { name, message, key, from, to, error, ...about } of steps) {
        const traceId = message.replaceAll('-', '');
        spanId = idOf(`${party} ${message} ${key}`);
        const parent = {
          traceId,
          spanId: idOf(message),
          traceFlags: api.TraceFlags.SAMPLED,
          isRemote: true,
        };
        const context = api.trace.setSpanContext(api.ROOT_CONTEXT, parent);
        const attributes = Object.fromEntries(
          Object.entries({ message, ...about }).flatMap(([member, value]) =>
            value === null ? [] : [[`mra.${member}`, value]],
          ),
        );
        // The code of the case stands under its own name, too: it is what people look for.
        if (about.txn !== null) attributes.txn = about.txn;
        const span = tracer.startSpan(`message ${name}`, { startTime: from, attributes }, context);
        if (error !== null) span.setStatus({ code: api.SpanStatusCode.ERROR, message: error });
        span.end(to);
      }
    },
    [Symbol.asyncDispose]: () => provider.shutdown(),
  };
}

function idOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
