// Writes the protocol's packages as .proto files, one a package, from the descriptors in @temporalio/proto.
//   node generate.mjs OUT_DIR
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const root = require('@temporalio/proto/protos/json-module.js');
const { Namespace, Type, Enum, Service, MapField } = require(
  require.resolve('protobufjs', { paths: [require.resolve('@temporalio/proto/package.json')] }));

// The well-known types ship with protoc and the runtime; the rest only annotates HTTP gateways and documentation.
const LEFT_OUT = ['google.protobuf', 'google.api', 'grpc.gateway', 'nexusannotations', 'temporal.api.protometa'];
const WELL_KNOWN = {
  Any: 'any', Duration: 'duration', Empty: 'empty', FieldMask: 'field_mask', Timestamp: 'timestamp',
  Struct: 'struct', Value: 'struct', ListValue: 'struct', NullValue: 'struct',
  DoubleValue: 'wrappers', FloatValue: 'wrappers', Int64Value: 'wrappers', UInt64Value: 'wrappers',
  Int32Value: 'wrappers', UInt32Value: 'wrappers', BoolValue: 'wrappers', StringValue: 'wrappers', BytesValue: 'wrappers',
};
// The official assembly keeps the SDK's inner seam under this root.
const CORE_SDK = 'Temporalio.Bridge.Api';

const out = process.argv[2];
if (!out) throw new Error('usage: node generate.mjs OUT_DIR');
mkdirSync(out, { recursive: true });
root.resolveAll();
const files = [];
visit(root);
writeFileSync(join(out, 'packages.txt'), files.join('\n') + '\n');

function visit(namespace) {
  const name = nameOf(namespace);
  if (LEFT_OUT.some((p) => name === p || name.startsWith(p + '.'))) return;
  const members = namespace.nestedArray;
  const own = members.filter((m) => m instanceof Type || m instanceof Enum || m instanceof Service);
  if (own.length > 0) writePackage(name, namespace, own);
  for (const m of members) if (isPackage(m)) visit(m);
}

function writePackage(name, namespace, own) {
  const imports = new Set();
  const body = own.flatMap((m) => declaration(m, name, imports, ''));
  const csharp = namespace.options?.csharp_namespace ?? csharpNamespace(name);
  const file = `${name}.proto`;
  writeFileSync(join(out, file), [
    'syntax = "proto3";', `package ${name};`, ...[...imports].sort().map((i) => `import "${i}";`),
    `option csharp_namespace = "${csharp}";`, ...body, '',
  ].join('\n'));
  files.push(file);
}

function csharpNamespace(name) {
  const pascal = (s) => s.split('_').map((w) => w[0].toUpperCase() + w.slice(1)).join('');
  const parts = name.split('.');
  if (parts[0] === 'coresdk') return [CORE_SDK, ...(parts.length > 1 ? parts.slice(1).map(pascal) : ['CoreInterface'])].join('.');
  return parts.map(pascal).join('.');
}

function declaration(member, pkg, imports, indent) {
  if (member instanceof Enum) return enumeration(member, indent);
  if (member instanceof Service) return service(member, pkg, imports, indent);
  return message(member, pkg, imports, indent);
}

function message(type, pkg, imports, indent) {
  const deeper = indent + '  ';
  const lines = [`${indent}message ${type.name} {`];
  for (const nested of type.nestedArray) lines.push(...declaration(nested, pkg, imports, deeper));
  const inOneof = new Set();
  for (const oneof of type.oneofsArray) {
    if (oneof.fieldsArray.length === 1 && isOptional(oneof.fieldsArray[0])) continue;
    lines.push(`${deeper}oneof ${snake(oneof)} {`);
    for (const f of oneof.fieldsArray) { inOneof.add(f); lines.push(deeper + '  ' + field(f, pkg, imports)); }
    lines.push(`${deeper}}`);
  }
  for (const f of type.fieldsArray) if (!inOneof.has(f)) lines.push(deeper + (isOptional(f) ? 'optional ' : '') + field(f, pkg, imports));
  lines.push(`${indent}}`);
  return lines;
}

function field(f, pkg, imports) {
  f.resolve();
  const type = f.resolvedType ? reference(f.resolvedType, pkg, imports) : f.type;
  const shape = f instanceof MapField ? `map<${f.keyType}, ${type}>` : f.repeated ? `repeated ${type}` : type;
  return `${shape} ${snake(f)} = ${f.id}${f.options?.deprecated ? ' [deprecated = true]' : ''};`;
}

function enumeration(e, indent) {
  const values = Object.entries(e.values);
  const alias = new Set(values.map(([, v]) => v)).size < values.length ? [`${indent}  option allow_alias = true;`] : [];
  return [`${indent}enum ${e.name} {`, ...alias, ...values.map(([k, v]) => `${indent}  ${k} = ${v};`), `${indent}}`];
}

function service(s, pkg, imports, indent) {
  const method = (m) => {
    m.resolve();
    const name = m.name[0].toUpperCase() + m.name.slice(1);
    const request = (m.requestStream ? 'stream ' : '') + reference(m.resolvedRequestType, pkg, imports);
    const response = (m.responseStream ? 'stream ' : '') + reference(m.resolvedResponseType, pkg, imports);
    return `${indent}  rpc ${name} (${request}) returns (${response});`;
  };
  return [`${indent}service ${s.name} {`, ...s.methodsArray.map(method), `${indent}}`];
}

function reference(type, pkg, imports) {
  const full = type.fullName.replace(/^\./, '');
  let holder = type.parent;
  while (!isPackage(holder)) holder = holder.parent;
  const home = nameOf(holder);
  if (home === 'google.protobuf') imports.add(`google/protobuf/${WELL_KNOWN[full.split('.')[2]]}.proto`);
  else if (home !== pkg) imports.add(`${home}.proto`);
  return '.' + full;
}

function nameOf(ns) { return ns.fullName.replace(/^\./, ''); }
function isPackage(m) { return m instanceof Namespace && !(m instanceof Type) && !(m instanceof Service); }
function isOptional(f) { return f.options?.proto3_optional === true; }
function snake(member) { return member.protoName ?? member.options?.protoName ?? member.name.replace(/[A-Z]/g, (c) => '_' + c.toLowerCase()); }
