// A moment in words, in the address, and among its neighbours.

function calendar(film) {
  const { seq, day } = film.stops;
  const steps = { event: [], day: [], week: [] };
  for (let stop = 0; stop < film.count; stop += 1) {
    if (film.said[stop]) steps.event.push(stop);
    const last = stop === film.last;
    if (last || day[stop + 1] !== day[stop]) steps.day.push(stop);
    if (last || film.days[day[stop + 1]].week !== film.days[day[stop]].week) steps.week.push(stop);
  }
  // The ends of the film can be reached by every step.
  for (const places of Object.values(steps)) {
    if (places[0] !== 0) places.unshift(0);
    if (places[places.length - 1] !== film.last) places.push(film.last);
  }
  Object.assign(steps, film.jumps);

  const nameOf = (stop) => {
    const found = film.said[stop];
    return found && found.about >= 0 ? valueAt(film.slots[found.about], stop) : "";
  };

  function words(stop) {
    const found = film.said[stop];
    const when = film.days[day[stop]].name;
    if (!found) return `${when} · #${seq[stop]}`;
    const about = nameOf(stop);
    return `${when} · #${seq[stop]} ${found.who}: ${found.what}${about ? ` — ${about}` : ""}`;
  }

  return {
    words,
    nameOf,
    next(stop, step) {
      const places = steps[step];
      return places[firstBeyond(places, stop)];
    },
    previous(stop, step) {
      const places = steps[step];
      return places[lastUpTo(places, stop - 1)];
    },
    // `#at=412`, or `#day=2026-08-14` where a day ends with this stop. What was imported out of turn
    // has no position of its own: its moment names it.
    link(stop) {
      if (!film.said[stop] && day[stop + 1] !== day[stop]) return `#day=${film.days[day[stop]].iso}`;
      if (firstBeyond(seq, seq[stop] - 1) === stop) return `#at=${seq[stop]}`;
      return `#time=${new Date(film.stops.at[stop] * 1000).toISOString().slice(0, 19)}Z`;
    },
    // The stop that an address names; none where it names something else.
    find(address) {
      const at = /^#at=(\d{1,15})$/.exec(address);
      if (at) {
        // Where it became known; of what is about something else, what was known before it.
        const place = firstBeyond(seq, Number(at[1]) - 1);
        return Math.max(0, seq[place] === Number(at[1]) ? place : place - 1);
      }
      const moment = /^#time=(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z)$/.exec(address);
      if (moment) return Math.max(0, lastUpTo(film.stops.at, Date.parse(moment[1]) / 1000));
      const on = /^#day=(\d{4}-\d{2}-\d{2})$/.exec(address);
      if (!on) return undefined;
      const place = lastUpTo(film.days.map(({ iso }) => iso), on[1]);
      return Math.max(0, lastUpTo(day, place));
    },
    // What happened up to a stop, latest first.
    before(stop, many) {
      const found = [];
      for (let at = stop; at >= 0 && found.length < many; at -= 1) if (film.said[at]) found.push(at);
      return found;
    },
  };
}
