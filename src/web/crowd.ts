/** The open connections of a server: a new one is never refused, the one that is longest of no use makes room. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Whoever only holds connections open, with a request begun or not, loses the oldest of them to the next client. One
 * with TLS counts from its first byte on: two sockets tell of it, with one peer. Gives what ends them all.
 */
export function limitCrowd(server: Server, maxConnections: number): () => void {
  /** By peer, oldest first; a connection that was answered counts as new again. */
  const idle = new Map<string, Socket>();
  const busy = new Map<string, Socket>();
  server.on('connection', (socket) => {
    const peer = peerOf(socket);
    if (peer === undefined) return; // gone before anybody looked
    if (idle.size + busy.size >= maxConnections) {
      const [oldest] = [...idle.entries().take(1), ...busy.entries().take(1)];
      oldest?.[1].destroy();
      if (oldest !== undefined) forget(...oldest);
    }
    idle.set(peer, socket);
    socket.once('close', () => forget(peer, socket));
  });
  server.on('request', ({ socket }, response) => {
    const peer = peerOf(socket);
    const accepted = peer === undefined ? undefined : (idle.get(peer) ?? busy.get(peer));
    if (peer === undefined || accepted === undefined) return;
    idle.delete(peer);
    busy.set(peer, accepted);
    response.once('close', () => {
      if (busy.get(peer) === accepted && busy.delete(peer) && !accepted.destroyed) idle.set(peer, accepted);
    });
  });
  return () => {
    for (const socket of [...idle.values(), ...busy.values()]) socket.destroy();
  };

  function forget(peer: string, socket: Socket): void {
    for (const sockets of [idle, busy]) if (sockets.get(peer) === socket) sockets.delete(peer);
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string | undefined {
  return remotePort === undefined ? undefined : `${remoteAddress ?? ''} ${remotePort}`;
}
