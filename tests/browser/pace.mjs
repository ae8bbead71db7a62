// How long a step of the slider takes in a page: from the key until the browser has painted.

import { open, start } from "./browser.mjs";

const browser = await start();
const began = performance.now();
const { tab, wrong } = await open(browser);
const opened = performance.now() - began;
const figures = await tab.evaluate(async () => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const median = (all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)];
  const press = (key, shiftKey = false) =>
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }));
  const slider = document.getElementById("slider");
  document.getElementById("goals").scrollIntoView();
  await painted();
  // What the script and the layout that it causes take; then until it stands on the screen.
  const measure = async (many, act) => {
    const worked = [];
    const shown = [];
    for (let n = 0; n < many; n += 1) {
      const from = performance.now();
      act(n);
      document.body.getBoundingClientRect();
      worked.push(performance.now() - from);
      await painted();
      shown.push(performance.now() - from);
    }
    return { work: median(worked), worst: worked.at(-1), shown: median(shown) };
  };
  const step = (name) => (document.getElementById("step").value = name);
  step("event");
  const event = await measure(200, () => press("ArrowLeft"));
  const day = await measure(80, () => press("ArrowLeft", true));
  const anywhere = await measure(60, (n) => {
    slider.value = String(((n * 7919) % 100) * (Number(slider.max) / 100));
    slider.dispatchEvent(new Event("input"));
  });
  return { event, day, anywhere };
});
const told = ({ work, worst, shown }) =>
  `median ${work.toFixed(1)} ms, worst ${worst.toFixed(1)} ms; until painted ${shown.toFixed(1)} ms`;
console.log(`opened in Chromium           ${opened.toFixed(0).padStart(9)} ms`);
console.log(`a step by event              ${told(figures.event)}`);
console.log(`a step by day                ${told(figures.day)}`);
console.log(`to anywhere                  ${told(figures.anywhere)}  (wanted: 16)`);
if (wrong.length > 0) {
  console.error(wrong);
  process.exitCode = 1;
}
await browser.close();
