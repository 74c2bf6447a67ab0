// A remote agent that notes what it is told; `answer(method, params)` gives the result, or the lines of a stream for message/send.
import { createServer } from 'node:http';

export class RemoteAgent {
  static start(answer = () => null) {
    const agent = new RemoteAgent();
    agent.calls = [];
    agent.server = createServer((request, response) => {
      let text = '';
      request.on('data', chunk => { text += chunk; });
      request.on('end', () => {
        if (request.method !== 'POST') { response.end('{"status":"healthy"}'); return; }
        const call = JSON.parse(text);
        agent.calls.push(call);
        const results = [answer(call.method, call.params)].flat();
        response.setHeader('content-type', call.method === 'message/send' ? 'application/x-ndjson' : 'application/json');
        response.end(results.map(result => JSON.stringify({ jsonrpc: '2.0', id: call.id, result })).join('\n') + '\n');
      });
    });
    return new Promise(resolve => agent.server.listen(0, '127.0.0.1', () => { agent.url = `http://127.0.0.1:${agent.server.address().port}`; resolve(agent); }));
  }

  of(method) { return this.calls.filter(call => call.method === method); }

  stop() { this.server.closeAllConnections(); this.server.close(); }
}
