// A SignalR client that stops reading: WebSocket and hub protocol by hand, because real clients always read.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

export class SlowViewer {
  // Subscribes, and reads nothing until `read()`.
  static async subscribe(port, taskId) {
    const viewer = new SlowViewer();
    const socket = viewer.socket = connect(port, '127.0.0.1');
    socket.write(`GET /hubs/tasks HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`);
    await new Promise((resolve, reject) => {
      let head = '';
      socket.on('error', reject);
      socket.on('data', function take(chunk) {
        head += chunk;
        if (!head.includes('\r\n\r\n')) return;
        socket.off('data', take);
        socket.pause();
        if (head.startsWith('HTTP/1.1 101')) resolve(); else reject(new Error(head));
      });
    });
    viewer.#send({ protocol: 'json', version: 1 });
    viewer.#send({ type: 4, invocationId: '1', target: 'Subscribe', arguments: [taskId, 0] });
    return viewer;
  }

  // Everything that came, up to the end of the subscription: { frames, error }.
  read() {
    return new Promise((resolve, reject) => {
      let [bytes, text] = [Buffer.alloc(0), ''];
      const frames = [];
      this.socket.on('error', reject).on('close', () => reject(new Error('closed without an end')));
      this.socket.on('data', chunk => {
        bytes = Buffer.concat([bytes, chunk]);
        for (;;) {
          const frame = parse(bytes);
          if (!frame) return;
          bytes = bytes.subarray(frame.size);
          text += frame.payload;
          const messages = text.split('\x1e');
          text = messages.pop();
          for (const message of messages.map(m => JSON.parse(m))) {
            if (message.type === 2) frames.push(...message.item);
            if (message.type === 3) { this.socket.removeAllListeners(); this.socket.destroy(); resolve({ frames, error: message.error }); return; }
          }
        }
      });
      this.socket.resume();
    });
  }

  stop() { this.socket.destroy(); }

  #send(message) {
    const payload = Buffer.from(`${JSON.stringify(message)}\x1e`);
    const mask = randomBytes(4);
    // Short enough for the two-byte length.
    const head = payload.length < 126 ? Buffer.from([0x81, 0x80 | payload.length]) : Buffer.from([0x81, 0xfe, payload.length >> 8, payload.length & 255]);
    this.socket.write(Buffer.concat([head, mask, payload.map((byte, i) => byte ^ mask[i % 4])]));
  }
}

// The first WebSocket frame in the bytes; servers do not mask.
function parse(bytes) {
  if (bytes.length < 2) return null;
  const short = bytes[1] & 127;
  const head = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < head) return null;
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  return bytes.length < head + length ? null : { size: head + length, payload: bytes.toString('utf8', head, head + length) };
}
