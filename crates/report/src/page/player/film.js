"use strict";
// The player of a page. It knows nothing of what it shows: the page carries a film, and the film says
// which text stood in which place from which stop on. Every number and word was made where the page
// was written; here they are only put in their places.
//
// film.js   reads the film
// paint.js  puts a stop onto the page
// time.js   words, links and keys of a moment
// play.js   the controls

const CODES = new Map(
  Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", (c, n) => [c.charCodeAt(0), n]),
);

// Numbers from text: five bits a character, the sixth says that more follow.
function numbers(text) {
  const found = [];
  let value = 0;
  let factor = 1;
  for (let at = 0; at < text.length; at += 1) {
    const code = CODES.get(text.charCodeAt(at));
    value += (code & 31) * factor;
    if (code & 32) {
      factor *= 32;
    } else {
      found.push(value);
      value = 0;
      factor = 1;
    }
  }
  return found;
}

// Each number is the distance from the one before it.
function sums(text) {
  let sum = 0;
  return numbers(text).map((step) => (sum += step));
}

// The place of the last of the sorted numbers that is at most `limit`; -1 for none.
function lastUpTo(sorted, limit) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

// The place of the first of the sorted numbers that is beyond `limit`; their count for none.
const firstBeyond = (sorted, limit) => lastUpTo(sorted, limit) + 1;

// Base64 of what was deflated.
async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text();
}

function readFilm(text) {
  const film = JSON.parse(text);
  const stops = {
    seq: sums(film.stops.seq),
    at: sums(film.stops.at),
    day: sums(film.stops.day),
    said: numbers(film.stops.said),
  };
  const count = stops.seq.length;
  // What happened at a stop: who, what, and the slot that names what it was about.
  const said = new Array(count).fill(null);
  let next = 0;
  for (let n = 0; n + 3 < stops.said.length; n += 4) {
    const at = next + stops.said[n];
    said[at] = {
      who: film.who[stops.said[n + 1]],
      what: film.what[stops.said[n + 2]],
      about: stops.said[n + 3] - 1,
    };
    next = at + 1;
  }
  const slots = film.cells.map((cell) => {
    const all = numbers(cell);
    const { kind, values } = film.fields[all[0]];
    const when = [];
    const what = [];
    let last = 0;
    for (let n = 1; n + 1 < all.length; n += 2) {
      last += all[n];
      when.push(last);
      what.push(all[n + 1]);
    }
    return { kind, values, when, what, shown: -1, nodes: [] };
  });
  const days = film.days.map(([iso, name, short, week, share]) => ({ iso, name, short, week, share }));
  const layers = film.layers.map(([spans, pieces]) => {
    const all = numbers(spans);
    const from = [];
    const until = [];
    let last = 0;
    for (let n = 0; n + 1 < all.length; n += 2) {
      last += all[n];
      from.push(last);
      until.push(all[n + 1] === 0 ? Infinity : last + all[n + 1]);
    }
    return { from, until, pieces };
  });
  const jumps = {};
  for (const [name, places] of Object.entries(film.jumps)) jumps[name] = sums(places);
  return { ...film, count, days, stops, said, slots, layers, jumps, last: count - 1 };
}

// What a slot says at a stop; empty before it says anything.
function valueAt(slot, stop) {
  const place = lastUpTo(slot.when, stop);
  return place < 0 ? "" : slot.values[slot.what[place]];
}

// The pieces of a layer that are there at a stop, in their order.
function piecesAt(layer, stop) {
  const found = [];
  for (let n = 0; n < layer.from.length && layer.from[n] <= stop; n += 1) {
    if (layer.until[n] > stop) found.push(layer.pieces[n]);
  }
  return found;
}
