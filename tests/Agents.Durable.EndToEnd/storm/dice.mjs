// Random numbers that a seed repeats. Each part of a program has dice of its own, so that what one does next does not depend on when another was at it.
export class Dice {
  // Mulberry32 over a hash of the names.
  constructor(...names) {
    this.state = [...names.join('/')].reduce((hash, c) => Math.imul(hash ^ c.codePointAt(0), 16777619), 2166136261);
  }

  next() {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(limit) { return Math.floor(this.next() * limit); }

  between(from, to) { return from + this.next() * (to - from); }

  chance(share) { return this.next() < share; }

  one(things) { return things[this.below(things.length)]; }

  // { thing: weight } → thing
  weighed(weights) {
    let at = this.next() * Object.values(weights).reduce((a, b) => a + b);
    for (const [thing, weight] of Object.entries(weights)) if ((at -= weight) < 0) return thing;
    return Object.keys(weights).at(-1);
  }
}
