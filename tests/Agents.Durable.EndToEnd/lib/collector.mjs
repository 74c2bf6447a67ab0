// A collector of traces: takes OTLP over HTTP and keeps the spans.
import { createServer } from 'node:http';

export class Collector {
  static async start() {
    const collector = new Collector();
    collector.spans = [];
    collector.server = createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      if (request.url === '/v1/traces') collector.spans.push(...spansOf(Buffer.concat(chunks)));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
    await new Promise(resolve => collector.server.listen(0, '127.0.0.1', resolve));
    collector.url = `http://127.0.0.1:${collector.server.address().port}`;
    return collector;
  }

  stop() { this.server.closeAllConnections(); return new Promise(resolve => this.server.close(resolve)); }
}

// ExportTraceServiceRequest: resource_spans = 1, scope_spans = 2, spans = 2; of a span trace_id = 1, span_id = 2, parent_span_id = 4, name = 5.
function spansOf(message) {
  return within(message, 1).flatMap(r => within(r, 2)).flatMap(s => within(s, 2)).map(span => {
    const [trace, id, parent, name] = [1, 2, 4, 5].map(number => within(span, number)[0]);
    return { trace: trace.toString('hex'), id: id.toString('hex'), parent: parent?.toString('hex'), name: name.toString() };
  });
}

// The length-delimited fields of a protobuf message that have this number.
function within(message, number) {
  const found = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(value);
    }
  };
  while (at < message.length) {
    const tag = varint();
    switch (tag & 7) {
      case 0: varint(); break;
      case 1: at += 8; break;
      case 5: at += 4; break;
      case 2: {
        const length = varint();
        if (tag >> 3 === number) found.push(message.subarray(at, at + length));
        at += length;
        break;
      }
      default: throw new Error(`wire type ${tag & 7}`);
    }
  }
  return found;
}
