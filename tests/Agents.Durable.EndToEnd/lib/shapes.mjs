// Compares an answer with a recorded shape: an object of types ("a|b": either), a list of one shape, or a type's name. A shape is merged from samples, so an
// object or list in it may be null or empty in one answer.

// What people put there is not of the contract.
const free = new Set(['params', 'task_metadata', 'registration_metadata', 'arguments', 'content', 'input', 'output', 'data']);

const typeOf = value => value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

// Differences as texts. `partial`: the shape is merged from several kinds of answer, so fields may be missing.
export function differences(shape, value, { path = '', partial = false } = {}) {
  if (typeof shape === 'string') return shape.split('|').includes(typeOf(value)) ? [] : [`${path}: expected ${shape}, got ${JSON.stringify(value)}`];
  if (value === null) return [];
  if (typeOf(shape) !== typeOf(value)) return [`${path}: expected ${typeOf(shape)}, got ${JSON.stringify(value)}`];
  if (Array.isArray(shape)) return shape.length === 0 ? [] : value.flatMap((item, i) => differences(shape[0], item, { path: `${path}[${i}]`, partial }));
  return [...new Set([...Object.keys(shape), ...Object.keys(value)])].flatMap(key => {
    const at = path ? `${path}.${key}` : key;
    if (!(key in value)) return partial ? [] : [`${at}: missing`];
    if (!(key in shape)) return [`${at}: not in the recorded answer: ${JSON.stringify(value[key])}`];
    return free.has(key) && typeof value[key] === 'object' ? [] : differences(shape[key], value[key], { path: at, partial: partial || key === 'result' });
  });
}
