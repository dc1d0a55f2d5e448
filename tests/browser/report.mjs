// Opens a report as a reader would: at 1280 and 400 px, in light and dark, without script errors, without network
// traffic, without accessibility violations, without scrolling the page sideways, and with keyboard focus.
import { chromium } from 'playwright-core';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [report, shots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let passed = 0, failed = 0;

function check(name, problems) {
    if (problems.length === 0) { passed++; return; }
    failed++;
    console.log(`failed: ${name}`);
    for (const problem of problems.slice(0, 10)) console.log(`    ${problem}`);
}

const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
});
for (const width of [1280, 400]) {
    for (const colorScheme of ['light', 'dark']) {
        const name = `${width} px, ${colorScheme}`;
        const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
        const errors = [], requests = [];
        page.on('console', message => { if (message.type() === 'error') errors.push(message.text()); });
        page.on('pageerror', error => errors.push(String(error)));
        page.on('request', request => { if (!request.url().startsWith('file:') && !request.url().startsWith('data:')) requests.push(request.url()); });
        await page.goto(`file://${report}`);
        check(`${name}: no console errors`, errors);
        check(`${name}: no network requests`, requests);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        check(`${name}: the page does not scroll sideways`, overflow > 0 ? [`${overflow} px too wide`] : []);
        await page.evaluate(axe);
        const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
        check(`${name}: axe-core finds no violations`,
            result.violations.map(v => `${v.id}: ${v.help} (${v.nodes.length}; ${v.nodes[0].html.slice(0, 120)})`));
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(() => document.activeElement && document.activeElement.tagName);
        check(`${name}: the first Tab reaches a link`, focused === 'A' ? [] : [`it reaches ${focused}`]);
        if (shots) await page.screenshot({ path: `${shots}/report-${width}-${colorScheme}.png`, fullPage: true });
        await page.close();
    }
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
