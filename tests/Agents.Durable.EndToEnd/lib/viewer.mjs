// Watches one task over SignalR through any number of crashes, and checks that every number is covered exactly once.
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';

export class Viewer {
  // `onFrame(frame)` is called for each frame, in order, before the next one is looked at.
  constructor(url, taskId, { after = 0, onFrame = () => {} } = {}) {
    Object.assign(this, { url, taskId, cursor: after, onFrame, frames: [], begun: new Set(), connects: 0, faults: [], stopped: false });
    this.ended = this.#watch();
    // Whether the stream was seen to its end.
    this.over = false;
    this.ended.then(() => { this.over = !this.stopped; }, () => {});
  }

  async #watch() {
    while (!this.stopped) {
      const connection = new HubConnectionBuilder().withUrl(`${this.url}/hubs/tasks`).configureLogging(LogLevel.None).build();
      this.connection = connection;
      try {
        await connection.start();
        this.connects++;
        await new Promise((resolve, reject) => {
          connection.onclose(error => reject(error ?? new Error('closed')));
          connection.stream('Subscribe', this.taskId, this.cursor).subscribe({ next: frames => this.#take(frames), complete: resolve, error: reject });
        });
        return;
      } catch (error) {
        if (/does not exist/.test(error.message)) throw error;
        const resume = /resume:(\d+)/.exec(error.message);
        if (resume && Number(resume[1]) !== this.cursor) this.faults.push(`told to resume at ${resume[1]} instead of ${this.cursor}`);
        await new Promise(resolve => setTimeout(resolve, 50));
      } finally {
        connection.stop().catch(() => {});
      }
    }
  }

  #take(frames) {
    if (!Array.isArray(frames) || frames.length === 0) this.faults.push(`not an array of frames: ${JSON.stringify(frames)}`);
    for (const frame of frames) {
      const from = frame.from ?? frame.seq;
      // A row that stands for a range replaces what was seen of it.
      if (from <= this.cursor && frame.seq > this.cursor && frame.from !== undefined) this.frames = this.frames.filter(f => f.seq < from);
      else if (from !== this.cursor + 1) this.faults.push(`after ${this.cursor} came ${from}..${frame.seq}`);
      this.cursor = frame.seq;
      // Viewers drop older attempts by their number, so no two tries of a call may have the same.
      const begun = frame.update.type === 'start' && frame.call_id !== undefined && `${frame.call_id} ${frame.attempt} ${frame.update.parent_task_message?.id}`;
      if (begun && this.begun.has(begun)) this.faults.push(`begun twice under one number: ${begun}`);
      this.begun.add(begun);
      this.frames.push(frame);
      this.onFrame(frame);
    }
  }

  // Loses the connection; the next one goes on after the cursor.
  drop() { return this.connection.stop().catch(() => {}); }

  stop() { this.stopped = true; return this.connection?.stop(); }
}

// What a viewer shows: of each call only the frames of its newest attempt.
export function converged(frames) {
  const newest = new Map();
  for (const { call_id, attempt } of frames) if (call_id !== undefined && attempt > (newest.get(call_id) ?? 0)) newest.set(call_id, attempt);
  return frames.filter(f => f.call_id === undefined || f.attempt === undefined || f.attempt === newest.get(f.call_id));
}
