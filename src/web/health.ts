/** Liveness and readiness for the kubelet. */
import { Hono } from 'hono';

/** `/healthz` and `/readyz`: 200 `OK` while `isAlive` says so, else 503. */
export function makeHealthApp(isAlive: () => boolean): Hono {
  const app = new Hono();
  for (const path of ['/healthz', '/readyz']) {
    app.get(path, (context) => {
      const alive = isAlive();
      return context.text(alive ? 'OK\n' : 'no progress\n', alive ? 200 : 503, {
        'cache-control': 'no-store',
      });
    });
  }
  return app;
}
