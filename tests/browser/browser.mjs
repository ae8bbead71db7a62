// A Chromium of one's own for tests, and what all of them ask of a page.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(`${process.env.QUARTERDECK_BROWSER}/`);
const { chromium } = require("playwright-core");

export const axe = require.resolve("axe-core");
export const page = pathToFileURL(process.env.PAGE).href;

export function start() {
  return chromium.launch({
    executablePath: process.env.QUARTERDECK_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
      "--no-default-browser-check",
    ],
  });
}

// A tab with all that went wrong in it, and all that it asked for from elsewhere.
export async function open(browser, { address = page, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const tab = await context.newPage();
  const wrong = [];
  const asked = [];
  tab.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) wrong.push(message.text());
  });
  tab.on("pageerror", (error) => wrong.push(String(error)));
  tab.on("dialog", (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  tab.on("request", (request) => {
    if (!request.url().startsWith("data:")) asked.push(request.url());
  });
  await tab.goto(address);
  if (options.javaScriptEnabled !== false) await tab.locator("body.plays").waitFor();
  return { tab, context, wrong, asked };
}

// What the page says of each goal: by its id, field by field.
export async function said(tab) {
  await tab.locator("body:not(.behind)").waitFor();
  return tab.evaluate(() => {
    const goals = {};
    for (const goal of document.querySelectorAll("[data-id]")) {
      const fields = {};
      for (const field of goal.querySelectorAll("[data-field]")) {
        if (field.closest("[data-id]") === goal) fields[field.dataset.field] = field.textContent;
      }
      goals[goal.dataset.id] = { there: !goal.hidden, ...fields };
    }
    const top = document.querySelector(".sum");
    const sum = {};
    for (const field of top.querySelectorAll("[data-field]")) sum[field.dataset.field] ??= field.textContent;
    return { goals, sum };
  });
}
