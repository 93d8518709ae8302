// A QR code (ISO/IEC 18004): bytes, error correction L, versions 1 to 8. tests/browser holds it to segno.

// By version: data codewords of a block, correction codewords of a block, blocks, and where alignment patterns are.
const VERSIONS = [
  null,
  [19, 7, 1, []],
  [34, 10, 1, [6, 18]],
  [55, 15, 1, [6, 22]],
  [80, 20, 1, [6, 26]],
  [108, 26, 1, [6, 30]],
  [68, 18, 2, [6, 34]],
  [78, 20, 2, [6, 22, 38]],
  [97, 24, 2, [6, 24, 42]],
];
const MASKS = [
  (r, c) => (r + c) % 2,
  (r) => r % 2,
  (r, c) => c % 3,
  (r, c) => (r + c) % 3,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2,
  (r, c) => ((r * c) % 2) + ((r * c) % 3),
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2,
  (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2,
];

// The modules of a text as rows of booleans, true for dark. Throws for a text too long.
export function qr(text, mask = null) {
  const bytes = new TextEncoder().encode(text);
  const version = VERSIONS.findIndex((one) => one && one[0] * one[2] >= bytes.length + 2);
  if (version < 1) throw new Error("The text is too long for this QR code.");
  const codewords = interleave(fill(bytes, VERSIONS[version]), VERSIONS[version]);
  const masks = mask === null ? [0, 1, 2, 3, 4, 5, 6, 7] : [mask];
  const drawn = masks.map((one) => draw(codewords, version, one));
  return drawn.reduce((best, one) => (penalty(one) < penalty(best) ? one : best));
}

function fill(bytes, [count, , blocks]) {
  const bits = [0, 1, 0, 0, ...toBits(bytes.length, 8), ...[...bytes].flatMap((byte) => toBits(byte, 8))];
  const room = count * blocks * 8;
  while (bits.length < room && bits.length % 8) bits.push(0);
  bits.push(...[0, 0, 0, 0].slice(0, Math.max(0, room - bits.length)));
  while (bits.length % 8) bits.push(0);
  const words = [];
  for (let at = 0; at < bits.length; at += 8) words.push(parseInt(bits.slice(at, at + 8).join(""), 2));
  for (let pad = 0; words.length < count * blocks; pad++) words.push(pad % 2 ? 0x11 : 0xec);
  return words;
}

const toBits = (value, length) => [...value.toString(2).padStart(length, "0")].map(Number);

// Reed-Solomon over GF(256), x^8 + x^4 + x^3 + x^2 + 1.
const EXP = [];
const LOG = [];
for (let power = 0, value = 1; power < 255; power++) {
  EXP[power] = value;
  LOG[value] = power;
  value = value * 2 > 255 ? (value * 2) ^ 0x11d : value * 2;
}
const times = (a, b) => (a && b ? EXP[(LOG[a] + LOG[b]) % 255] : 0);

function correction(data, count) {
  let generator = [1];
  for (let power = 0; power < count; power++) {
    generator = [...generator, 0].map((term, at) => term ^ times(at ? generator[at - 1] : 0, EXP[power]));
  }
  const rest = [...data, ...Array(count).fill(0)];
  for (let at = 0; at < data.length; at++) {
    const factor = rest[at];
    generator.forEach((term, offset) => (rest[at + offset] ^= times(term, factor)));
  }
  return rest.slice(data.length);
}

function interleave(words, [count, corrections, blocks]) {
  const data = Array.from({ length: blocks }, (_, block) => words.slice(block * count, (block + 1) * count));
  const checks = data.map((block) => correction(block, corrections));
  const across = (rows) => rows[0].flatMap((_, at) => rows.map((row) => row[at]));
  return [...across(data), ...across(checks)];
}

function draw(codewords, version, mask) {
  const size = 17 + 4 * version;
  const grid = Array.from({ length: size }, () => Array(size).fill(null));
  const set = (r, c, dark) => r >= 0 && c >= 0 && r < size && c < size && (grid[r][c] = Boolean(dark));
  for (const [top, left] of [[0, 0], [0, size - 7], [size - 7, 0]]) {
    for (let r = -1; r < 8; r++) for (let c = -1; c < 8; c++) set(top + r, left + c, ring(Math.max(Math.abs(r - 3), Math.abs(c - 3))));
  }
  const places = VERSIONS[version][3];
  for (const row of places) {
    for (const column of places) {
      if (grid[row][column] !== null) continue;
      for (let r = -2; r <= 2; r++) for (let c = -2; c <= 2; c++) set(row + r, column + c, Math.max(Math.abs(r), Math.abs(c)) !== 1);
    }
  }
  for (let at = 8; at < size - 8; at++) {
    set(6, at, at % 2 === 0);
    set(at, 6, at % 2 === 0);
  }
  formats(set, size, mask);
  if (version >= 7) versions(set, size, version);
  place(grid, codewords, size, MASKS[mask]);
  return grid;
}

// A finder pattern by the distance from its middle; 4 is the light border.
const ring = (distance) => distance !== 2 && distance !== 4;

function remainder(value, polynomial, bits) {
  let rest = value << bits;
  for (let at = 31; at >= bits; at--) if (rest & (1 << at)) rest ^= polynomial << (at - bits);
  return (value << bits) | rest;
}

function formats(set, size, mask) {
  const word = remainder((1 << 3) | mask, 0x537, 10) ^ 0x5412;
  for (let bit = 0; bit < 15; bit++) {
    const dark = (word >> bit) & 1;
    set(bit < 6 ? bit : bit < 8 ? bit + 1 : size - 15 + bit, 8, dark);
    set(8, bit < 8 ? size - 1 - bit : bit < 9 ? 7 : 14 - bit, dark);
  }
  set(size - 8, 8, true);
}

function versions(set, size, version) {
  const word = remainder(version, 0x1f25, 12);
  for (let bit = 0; bit < 18; bit++) {
    const dark = (word >> bit) & 1;
    set(Math.floor(bit / 3), size - 11 + (bit % 3), dark);
    set(size - 11 + (bit % 3), Math.floor(bit / 3), dark);
  }
}

function place(grid, codewords, size, masked) {
  let at = 0;
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right--;
    for (let step = 0; step < size; step++) {
      const row = up ? size - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (grid[row][column] !== null) continue;
        const bit = at < codewords.length * 8 ? (codewords[at >> 3] >> (7 - (at & 7))) & 1 : 0;
        at++;
        grid[row][column] = Boolean(bit) !== (masked(row, column) === 0);
      }
    }
  }
}

function penalty(grid) {
  const size = grid.length;
  const lines = [...grid, ...grid.map((_, column) => grid.map((row) => row[column]))].map((line) => line.map(Number).join(""));
  let points = 0;
  for (const line of lines) {
    for (const run of line.match(/0{5,}|1{5,}/g) ?? []) points += run.length - 2;
    for (let at = 0; at + 11 <= size; at++) points += /^(10111010000|00001011101)/.test(line.slice(at, at + 11)) ? 40 : 0;
  }
  for (let r = 1; r < size; r++) for (let c = 1; c < size; c++) if (new Set([grid[r][c], grid[r - 1][c], grid[r][c - 1], grid[r - 1][c - 1]]).size === 1) points += 3;
  const dark = grid.flat().filter(Boolean).length / (size * size);
  return points + Math.floor(Math.abs(dark * 20 - 10)) * 10;
}
