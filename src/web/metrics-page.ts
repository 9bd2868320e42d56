/** `/metrics` in Prometheus' text format. */
import type { Hono } from 'hono';
import type { Metrics } from './metrics.ts';

export function addMetricsPage(app: Hono, metrics: Metrics): void {
  app.get('/metrics', async (context) =>
    context.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  );
}
