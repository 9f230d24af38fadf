import type { FastifyInstance } from 'fastify';
import { Histogram, type Registry } from 'prom-client';

/** `/metrics` in the text format of Prometheus. */
export function metricsRoute(server: FastifyInstance, registry: Registry): void {
  server.get(
    '/metrics',
    { schema: { summary: 'Metrics for Prometheus', tags: ['health'] } },
    async (_request, reply) =>
      reply
        .type(registry.contentType)
        .serializer(String)
        .send(await gather(registry)),
  );
}

/** What cannot be read now (the database is away) is left out; the rest says so. */
async function gather(registry: Registry): Promise<string> {
  const names = registry.getMetricsAsArray().map(({ name }) => name);
  const texts = await Promise.allSettled(names.map((name) => registry.getSingleMetricAsString(name)));
  return texts.flatMap((text) => (text.status === 'fulfilled' ? [`${text.value}\n`] : [])).join('\n');
}

const REQUESTS = 'mra_http_request_seconds';

/** Times every request by listener, method, route and status; a route is its pattern, so that ids make no series. */
export function measureRequests(
  server: FastifyInstance,
  listener: 'internal' | 'exchange',
  registry: Registry,
): void {
  const found = registry.getSingleMetric(REQUESTS);
  const seconds =
    found instanceof Histogram
      ? found
      : new Histogram({
          name: REQUESTS,
          help: 'Seconds from the first byte of a request to the last of its answer',
          labelNames: ['listener', 'method', 'route', 'status'],
          buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 30],
          registers: [registry],
        });
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    seconds.observe(
      { listener, method: request.method, route, status: reply.statusCode },
      reply.elapsedTime / 1000,
    );
  });
}
