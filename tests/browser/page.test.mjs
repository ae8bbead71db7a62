import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { axe, open, page, said, start } from "./browser.mjs";

const moments = JSON.parse(readFileSync(process.env.MOMENTS, "utf8"));
let browser;
before(async () => (browser = await start()));
after(() => browser.close());

const two = (share) => (share === null ? "–" : Number(share).toFixed(2));
const percent = (share) => {
  if (share === null) return "–";
  // Half to even, as decimals are rounded.
  const hundred = Math.round(Number(share) * 1e6) / 1e4;
  const floor = Math.floor(hundred);
  const rounded = hundred - floor === 0.5 ? floor + (floor % 2) : Math.round(hundred);
  return `${rounded} %`;
};

function compare(found, status, where) {
  const there = new Set();
  for (const objective of status.objectives) {
    const goal = found.goals[objective.id];
    assert.ok(goal?.there, `${where}: ${objective.ref} is there`);
    there.add(objective.id);
    assert.equal(goal.score, two(objective.score), `${where}: score of ${objective.ref}`);
    assert.equal(goal.status ?? "", objective.status ?? "", `${where}: status of ${objective.ref}`);
    assert.equal(goal.kind, objective.kind, where);
    for (const one of objective.key_results) {
      const kr = found.goals[one.id];
      const at = `${where}: ${one.ref}`;
      assert.ok(kr?.there, `${at} is there`);
      there.add(one.id);
      assert.equal(kr.score, two(one.score), `${at} score`);
      assert.equal(kr.pace, two(one.pace), `${at} pace`);
      assert.equal(kr.progress, percent(one.progress), `${at} progress`);
      assert.equal(kr.confidence, percent(one.confidence), `${at} confidence`);
      assert.equal(kr.status ?? "", one.status ?? "", `${at} status`);
      assert.equal(kr.owner ?? "", one.owner ?? "", `${at} owner`);
      assert.equal(kr.last_check_in, one.last_check_in ?? "–", `${at} checked in`);
      const grade = one.grade ? `${two(one.grade.grade)} ${one.grade.band}` : "";
      assert.equal(kr.grade ?? "", grade, `${at} grade`);
      if (["increase", "decrease"].includes(one.metric)) {
        const unit = one.unit ? ` ${one.unit}` : "";
        assert.equal(kr.standing, `${one.current ?? "?"} / ${one.target}${unit}`, `${at} standing`);
      }
    }
  }
  for (const [id, goal] of Object.entries(found.goals)) {
    assert.equal(goal.there, there.has(id), `${where}: nothing else is there, ${id}`);
  }
  assert.equal(found.sum.score, two(status.cycle.score), `${where}: score of the cycle`);
  assert.equal(found.sum.committed, two(status.cycle.committed), where);
  assert.equal(found.sum.aspirational, two(status.cycle.aspirational), where);
}

test("it opens from a file, asks for nothing else, and nothing goes wrong", async () => {
  const { tab, context, wrong, asked } = await open(browser);
  assert.match(await tab.title(), /^2026-Q1 retrospective/);
  assert.ok(await tab.isVisible("#player"));
  for (const moment of [moments[0], moments.at(-1)]) {
    await tab.evaluate((seq) => (location.hash = `#at=${seq}`), moment.seq);
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(asked.map((url) => url.split("#")[0]), [page]);
  await context.close();
});

test("at every moment it says what status as of that moment says", async () => {
  const { tab, context, wrong } = await open(browser);
  for (const { seq, status } of moments) {
    await tab.evaluate((at) => {
      history.replaceState(null, "", `#at=${at}`);
      dispatchEvent(new HashChangeEvent("hashchange"));
    }, seq);
    compare(await said(tab), status, `#${seq}`);
  }
  // And backwards, in leaps.
  for (const { seq, status } of moments.filter((_, n) => n % 7 === 0).reverse()) {
    await tab.evaluate((at) => {
      history.replaceState(null, "", `#at=${at}`);
      dispatchEvent(new HashChangeEvent("hashchange"));
    }, seq);
    compare(await said(tab), status, `back to #${seq}`);
  }
  assert.deepEqual(wrong, []);
  await context.close();
});

test("curves grow, and the table of values grows with them", async () => {
  const { tab, context } = await open(browser);
  const leads = tab.locator("article.kr", { hasText: "Qualified leads" });
  await leads.locator("summary").click();
  assert.equal(await leads.locator("tbody tr").count(), 5);
  const whole = await leads.locator("path.curve").getAttribute("d");
  await tab.keyboard.press("Home");
  assert.equal(await leads.isVisible(), false);
  await tab.evaluate(() => (location.hash = "#day=2026-02-01"));
  await tab.waitForFunction(() => document.getElementById("moment").textContent.includes("1 Feb"));
  assert.equal(await leads.locator("tbody tr").count(), 2);
  await leads.scrollIntoViewIfNeeded();
  await tab.waitForFunction(
    (all) => {
      const drawn = document.querySelector("article.kr:not([hidden]) path.curve").getAttribute("d");
      return drawn.length < all;
    },
    whole.length,
  );
  const part = await leads.locator("path.curve").getAttribute("d");
  assert.ok(whole.startsWith(part), `${whole} begins with ${part}`);
  assert.deepEqual(await leads.locator("tbody th").allTextContents(), ["2026-01-12", "2026-01-26"]);
  await context.close();
});

test("it is driven by keyboard", async () => {
  const { tab, context } = await open(browser);
  const slider = tab.getByRole("slider", { name: "Moment of the quarter" });
  const now = () => slider.getAttribute("aria-valuetext");
  const end = await now();
  await tab.keyboard.press("ArrowLeft");
  assert.notEqual(await now(), end);
  await tab.keyboard.press("ArrowRight");
  assert.equal(await now(), end);
  await tab.keyboard.press("Home");
  const first = await now();
  await tab.keyboard.press("Shift+ArrowRight");
  assert.notEqual(await now(), first);
  await tab.keyboard.press("g");
  assert.match(await now(), /target 550 → 600 leads/);
  await tab.keyboard.press("g");
  assert.match(await now(), /dropped/);
  await slider.focus();
  await tab.keyboard.press("End");
  assert.equal(await now(), end);
  await tab.keyboard.press("?");
  assert.ok(await tab.getByRole("dialog").isVisible());
  await tab.keyboard.press("Escape");
  assert.ok(!(await tab.getByRole("dialog").isVisible()));
  await context.close();
});

test("it plays, pauses, and stops at the end", async () => {
  const { tab, context } = await open(browser);
  await tab.selectOption("#step", "week");
  await tab.selectOption("#speed", "8");
  await tab.keyboard.press("Space");
  await tab.getByRole("button", { name: "Pause" }).waitFor();
  // While it plays it is not read out.
  await tab.waitForFunction(() => document.getElementById("slider").value > 0);
  assert.equal(await tab.textContent("#live"), "");
  await tab.keyboard.press("Space");
  await tab.getByRole("button", { name: "Play", exact: true }).waitFor();
  await tab.waitForFunction(() => document.getElementById("live").textContent !== "");
  await tab.getByRole("button", { name: "Play", exact: true }).click();
  await tab.waitForFunction(() => document.getElementById("slider").value === document.getElementById("slider").max);
  await tab.getByRole("button", { name: "Play", exact: true }).waitFor();
  await context.close();
});

test("the slider moves the page, and the address names the moment", async () => {
  const { tab, context } = await open(browser);
  const slider = tab.locator("#slider");
  const box = await slider.boundingBox();
  await tab.mouse.click(box.x + box.width * 0.4, box.y + box.height / 2);
  const words = await slider.getAttribute("aria-valuetext");
  const hash = await tab.evaluate(() => location.hash);
  assert.match(hash, /^#(at|day)=/);
  const other = await open(browser, { address: page + hash });
  assert.equal(await other.tab.locator("#slider").getAttribute("aria-valuetext"), words);
  await other.context.close();
  // Back and forward.
  await tab.mouse.click(box.x + box.width * 0.8, box.y + box.height / 2);
  await tab.goBack();
  await tab.waitForFunction((text) => document.getElementById("moment").textContent === text, words);
  await context.close();
});

test("what people wrote is shown as text", async () => {
  const { tab, context, wrong } = await open(browser);
  const evil = "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>";
  assert.equal(await tab.locator("h3", { hasText: evil }).count(), 1);
  assert.equal(await tab.locator("img").count(), 0);
  assert.equal(await tab.locator("script").count(), 2);
  const whole = await tab.evaluate(() => document.documentElement.textContent);
  assert.ok(!/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(whole));
  assert.ok(whole.includes("\\u{202e}desrever"));
  await tab.keyboard.press("Home");
  await tab.evaluate(() => document.getElementById("slider").dispatchEvent(new Event("input")));
  assert.doesNotMatch(await tab.title(), /owned/);
  assert.deepEqual(wrong, []);
  await context.close();
});

for (const [name, options] of [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["a phone", { viewport: { width: 390, height: 800 } }],
]) {
  test(`roles, labels and contrast: ${name}`, async () => {
    const { tab, context } = await open(browser, { ...options, bypassCSP: true });
    await tab.addScriptTag({ path: axe });
    for (const moment of [undefined, moments[Math.floor(moments.length / 2)].seq]) {
      if (moment) await tab.evaluate((seq) => (location.hash = `#at=${seq}`), moment);
      const { violations } = await tab.evaluate(() => window.axe.run());
      const told = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).slice(0, 3).join(" | ")}`);
      assert.deepEqual(told, []);
    }
    await context.close();
  });
}

test("on a phone nothing hangs over the edge", async () => {
  const { tab, context } = await open(browser, { viewport: { width: 360, height: 740 } });
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `${wide} wide`);
  await context.close();
});

test("without a script it is the whole retrospective", async () => {
  const { tab, context } = await open(browser, { javaScriptEnabled: false });
  assert.equal(await tab.isVisible("#player"), false);
  for (const text of ["What happened", "Goalposts", "Late and corrected", "Calibration", "Notes", "Carried over"]) {
    assert.ok(await tab.getByRole("heading", { name: text }).first().isVisible(), text);
  }
  assert.equal(await tab.locator("svg.okr-chart").count(), 6);
  await context.close();
});

test("on paper the controls are gone, and the moment is stated", async () => {
  const { tab, context } = await open(browser);
  await tab.locator("details.objective summary").first().click();
  await tab.emulateMedia({ media: "print" });
  assert.equal(await tab.isVisible("#player"), false);
  assert.ok(await tab.isVisible("#stated"));
  const paper = await tab.pdf({ format: "A4" });
  assert.ok(paper.length > 10_000);
  await context.close();
});
