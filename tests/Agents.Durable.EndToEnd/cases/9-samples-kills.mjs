// The sample agent in code, whose host dies at each place that its steps pass, and whose own program dies at some numbers of the stream.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Host } from '../lib/host.mjs';
import { Program } from '../lib/program.mjs';
import { finals, persist, shown } from '../lib/run.mjs';
import { Viewer } from '../lib/viewer.mjs';
import { equal, patience, test, until, within } from '../lib/cases.mjs';

const failPoints = [
  'mail.after_commit', 'mail.after_stream', 'say.after_commit', 'say.after_stream:2', 'tool.after_effect', 'tool.after_commit', 'model.after_commit', 'settle.after_commit',
];

async function prepare(scope) {
  const data = scope.folder();
  const host = scope.use(await Host.create(data, { env: { Agents__HeartbeatTimeout: '00:00:01' } }));
  await host.start();
  const agent = scope.use(new Program('workers/samples/Samples.CodeAgent', 'Samples.CodeAgent', ['--CodeAgents:Gateway', host.url, '--CodeAgents:Temporal', `127.0.0.1:${host.temporalPort}`]));
  await agent.start('is known to the gateway');
  return { data, host, agent };
}

// A task that takes one note and ends, and all that can be seen of it in the end.
class Note {
  static async begin({ host, data }, name, onFrame) {
    const note = Object.assign(new Note(), { host, data, name });
    note.task = await persist(host, 'note-taker', 'task/create', { name });
    note.viewer = new Viewer(host.url, note.task.id, { onFrame });
    note.told = note.#tell();
    note.told.catch(() => {});
    return note;
  }

  async #tell() {
    await this.#say('Buy milk.');
    // The note and what the model made of it.
    while (!this.viewer.stopped && finals(this.viewer.frames).filter(c => c.type === 'text' && c.author === 'agent').length < 2) await new Promise(resolve => setTimeout(resolve, 25));
    await this.#say('done');
  }

  #say(text) { return persist(this.host, 'note-taker', 'event/send', { task_id: this.task.id, content: { type: 'text', author: 'user', content: text } }); }

  async over() {
    await within(`${this.name} to end`, Promise.all([this.told, this.viewer.ended]), patience).finally(() => this.viewer.stop());
    equal(this.viewer.faults, [], `${this.name}: numbers of the stream that were missed or repeated`);
    // Another process may be the one that told the viewer of the end.
    const ask = path => until(`${path} to be answered`, async () => { try { return await this.host.call('GET', path); } catch { return null; } });
    const messages = await ask(`/messages?task_id=${this.task.id}&order_direction=asc`);
    const texts = messages.filter(m => m.content.type === 'text').map(m => m.content.content);
    equal(shown(this.viewer.frames).filter(m => typeof m === 'string').sort(), [...texts].sort(), `${this.name}: the texts that the viewer has in the end`);
    return {
      status: (await ask(`/tasks/${this.task.id}`)).status,
      texts,
      file: readFileSync(join(this.data, 'workspaces', this.task.id, 'note-1.md'), 'utf8'),
      states: (await ask(`/states?task_id=${this.task.id}`)).map(s => s.state),
      spans: (await ask(`/spans?task_id=${this.task.id}`)).map(s => [s.name, s.output.summary]),
      results: this.host.query(`SELECT count(*)::int AS n FROM model_calls WHERE task_id = '${this.task.id}' AND model <> ''`),
    };
  }
}

const undisturbed = {
  status: 'COMPLETED',
  texts: ['Buy milk.', 'Note 1: written.', 'Buy milk.', 'done', 'Notes written: 1. Goodbye.'],
  file: 'Buy milk.',
  states: [{ Count: 1 }],
  spans: [['note', 'Buy milk.']],
  results: [{ n: 1 }],
};

test('an agent in code goes on when its host dies at any place of its steps', async scope => {
  const stage = await prepare(scope);
  const { host } = stage;
  equal(await (await Note.begin(stage, 'calm')).over(), undisturbed, 'the undisturbed run');
  for (const point of failPoints) {
    await host.drain();
    await host.start({ AGENTS_FAIL_POINTS: point });
    const note = await Note.begin(stage, point.replace(/[^a-z]/g, '-'));
    equal(await within(`the host to die at ${point}`, host.exited), 'SIGKILL', `${point}: how the host ended`);
    await host.start();
    equal(await note.over(), undisturbed, point);
  }
  console.log(`     ${failPoints.length} fail points`);
});

test('an agent in code goes on when its program dies', async scope => {
  const stage = await prepare(scope);
  for (const seq of [2, 6]) {
    let again;
    const note = await Note.begin(stage, `number-${seq}`, frame => {
      if (frame.seq >= seq) again ??= stage.agent.kill().then(() => stage.agent.start('is known to the gateway'));
    });
    equal(await note.over(), undisturbed, `number ${seq}`);
    await again;
  }
});
