/** The open connections of a server: a new one is never refused, the one that is longest of no use makes room. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Whoever only holds connections open, with a request begun or not, loses the oldest of them to the next client. */
export function limitCrowd(server: Server, maxConnections: number): void {
  /** Oldest first; a connection that was answered counts as new again. */
  const idle = new Set<Socket>();
  const busy = new Set<Socket>();
  server.on('connection', (socket) => {
    if (idle.size + busy.size >= maxConnections) {
      const [oldest] = [...idle.values().take(1), ...busy.values().take(1)];
      oldest?.destroy();
      if (oldest !== undefined) forget(oldest);
    }
    idle.add(socket);
    socket.once('close', () => forget(socket));
  });
  server.on('request', ({ socket }, response) => {
    idle.delete(socket);
    busy.add(socket);
    response.once('close', () => {
      if (busy.delete(socket) && !socket.destroyed) idle.add(socket);
    });
  });

  function forget(socket: Socket): void {
    idle.delete(socket);
    busy.delete(socket);
  }
}
