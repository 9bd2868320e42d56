/** Opens the ports on which the program tells how it is. */
import { settle } from '../core/base/settle.ts';
import { configFailure, fail, type Outcome, succeed } from '../core/base/outcome.ts';
import { makeHealthApp } from '../web/health.ts';
import { type ListenAddress, startServer, type WebServer } from '../web/server.ts';

/** All or none; the failure names the address that could not be had. */
export async function startHealthServers(
  addresses: readonly ListenAddress[],
  isAlive: () => boolean,
): Promise<Outcome<readonly WebServer[]>> {
  const app = makeHealthApp(isAlive);
  const servers: WebServer[] = [];
  for (const address of addresses) {
    const server = await settle(() => startServer(app, address));
    if (server.ok) {
      servers.push(server.value);
      continue;
    }
    await Promise.all(servers.map((started) => started.close()));
    return fail(
      configFailure(`health server: cannot listen on ${addressText(address)}: ${server.failure.message}`),
    );
  }
  return succeed(servers);
}

function addressText({ host = '', port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
