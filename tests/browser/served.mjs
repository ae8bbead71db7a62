// A page as okrd serves it: opened by a link, from this machine and from another site, and following the log.
// Says `ready` when something is to be recorded, and waits for it.

import assert from "node:assert/strict";

import { open, start } from "./browser.mjs";

const [link, chat, title] = [process.env.LINK, process.env.CHAT, process.env.TITLE];
const origin = new URL(link).origin;
const address = `${origin}/acme/2026-Q1`;
const browser = await start();

async function opened({ tab, wrong, asked }) {
  assert.match(await tab.title(), /^2026-Q1 retrospective/);
  assert.ok(await tab.isVisible("#player"));
  assert.ok(!tab.url().includes("/open/"), `the secret has left the address: ${tab.url()}`);
  assert.deepEqual(wrong, []);
  assert.ok(asked.every((url) => url.startsWith(origin)), asked.join("\n"));
}

try {
  // By the link, as a terminal gives it.
  const wall = await open(browser, { address: link });
  assert.equal(wall.tab.url(), address);
  await opened(wall);
  const [cookie] = await wall.context.cookies();
  assert.ok(cookie.httpOnly && cookie.sameSite === "Strict", JSON.stringify(cookie));
  assert.equal(await wall.tab.evaluate(() => document.cookie), "", "no script sees it");

  // By a link on another site: first the secret one, then the address that somebody copied.
  const context = await browser.newContext();
  await context.route("http://chat.example/**", (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<a id="link" href="${chat}">open</a><a id="copied" href="${address}#at=9">look</a>`,
    }),
  );
  const tab = await context.newPage();
  await tab.goto("http://chat.example/");
  await tab.click("#link");
  await tab.waitForURL(address);
  await tab.waitForSelector("#player");
  await tab.goto("http://chat.example/");
  await tab.click("#copied");
  await tab.waitForURL(`${address}#at=9`);
  await tab.waitForSelector("#player");
  assert.match(await tab.title(), /^2026-Q1 retrospective/);
  // Nobody else's page shows it within theirs.
  await tab.goto("http://chat.example/");
  await tab.evaluate((src) => {
    const frame = document.createElement("iframe");
    frame.src = src;
    document.body.append(frame);
    return new Promise((done) => (frame.onload = done));
  }, address);
  for (const frame of tab.frames().slice(1)) {
    assert.equal(await frame.$("#player"), null, "it is not framed");
  }
  await context.close();

  // It follows what is recorded.
  assert.ok(!(await wall.tab.content()).includes(title));
  console.log("ready");
  await wall.tab.waitForFunction((text) => document.body.innerText.includes(text), title, { timeout: 60_000 });
  await opened(wall);
  await wall.context.close();

  // A stranger sees nothing.
  const stranger = await browser.newContext();
  const nothing = await stranger.newPage();
  const answer = await nothing.goto(address);
  assert.equal(answer.status(), 404);
  assert.ok((await nothing.content()).includes("Nothing is shown here"));
  await stranger.close();
} finally {
  await browser.close();
}
console.log("done");
