// A server outside of the engine whose effects can be counted. It honours Idempotency-Key: a repeated key has no second effect.
import { createServer } from 'node:http';
import { whole } from './whole.mjs';

export class Outside {
  static async start() {
    const outside = new Outside();
    outside.effects = new Map();
    outside.requests = 0;
    outside.server = createServer(async (request, response) => {
      const body = await whole(request);
      if (body === null) return;
      outside.requests++;
      const key = request.headers['idempotency-key'];
      const known = outside.effects.get(key);
      if (key === undefined || (known && known.body !== body)) outside.faults.push(`${request.method} ${request.url} with key ${key}: ${body}`);
      if (!known) outside.effects.set(key, { url: request.url, body });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ done: JSON.parse(body) }));
    });
    outside.faults = [];
    await new Promise(resolve => outside.server.listen(0, '127.0.0.1', resolve));
    outside.url = `http://127.0.0.1:${outside.server.address().port}`;
    return outside;
  }

  // What was done under a path, in no particular order: one entry per effect.
  done(path) { return [...this.effects.values()].filter(e => e.url.startsWith(path)).map(e => `${e.url} ${e.body}`).sort(); }

  stop() { this.server.closeAllConnections(); return new Promise(resolve => this.server.close(resolve)); }
}
