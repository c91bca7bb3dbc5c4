// Numbers from a seed (mulberry32), so that the vectors come out the same on every run.

export class Dice {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  /** A number from 0 up to, and without, 1. */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number, both ends included. */
  between(low, high) {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  one(items) {
    return items[this.between(0, items.length - 1)];
  }

  chance(share) {
    return this.next() < share;
  }

  some(items, share) {
    return items.filter(() => this.chance(share));
  }

  /** Numbers up to `high` in a few runs. */
  runs(high, count) {
    const found = new Set();
    for (let run = 0; run < count; run += 1) {
      const first = this.between(1, high);
      const last = Math.min(high, first + this.between(0, 40));
      for (let each = first; each <= last; each += 1) found.add(each);
    }
    return [...found].sort((a, b) => a - b);
  }
}

/** Sorted numbers as text, such as "1-3,7". */
export function spans(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const parts = [];
  for (let at = 0; at < sorted.length; at += 1) {
    const first = sorted[at];
    while (sorted[at + 1] === sorted[at] + 1) at += 1;
    parts.push(first === sorted[at] ? `${first}` : `${first}-${sorted[at]}`);
  }
  return parts.join(",");
}
