// Watches one task as server-sent events, through any number of lost connections; numbers must ascend and never repeat.
export class EventViewer {
  constructor(url, taskId) {
    Object.assign(this, { url, taskId, cursor: 0, updates: [], faults: [], connects: 0, stopped: false });
    this.ended = this.#watch();
    this.ended.catch(() => {});
  }

  async #watch() {
    while (!this.stopped) {
      this.abort = new AbortController();
      try {
        const response = await fetch(`${this.url}/tasks/${this.taskId}/stream`, { headers: { 'last-event-id': `${this.cursor}` }, signal: this.abort.signal });
        this.connects++;
        let text = '';
        for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
          text += chunk;
          const events = text.split('\n\n');
          text = events.pop();
          for (const event of events) this.#take(event);
        }
        if (this.over) return;
      } catch (error) {
        if (error.name !== 'AbortError' && error.name !== 'TypeError') throw error;
      }
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }

  #take(event) {
    const id = /^id: (\d+)$/m.exec(event)?.[1];
    const data = /^data: (.*)$/m.exec(event)?.[1];
    if (id === undefined) return;
    if (Number(id) <= this.cursor) this.faults.push(`after ${this.cursor} came ${id}`);
    this.cursor = Number(id);
    const update = JSON.parse(data);
    this.updates.push({ seq: Number(id), update });
    if (update.type === 'task_updated' && !['RUNNING', 'INTERRUPTED'].includes(update.task?.status)) this.over = true;
  }

  drop() { this.abort.abort(); }

  stop() { this.stopped = true; this.abort.abort(); }
}
