import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { folderOf } from '../io/folder.ts'

/** The browser that ADVX_CHROMIUM names, or one on the PATH; null where there is none. */
export function findChromium(): string | null {
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const folders = (process.env.PATH ?? '').split(delimiter)
  const candidates = [
    process.env.ADVX_CHROMIUM ?? '',
    ...folders.flatMap(folder => names.map(name => join(folder, name))),
  ]
  return candidates.find(path => path !== '' && isExecutable(path)) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** How a browser of one width lays a page out, in CSS pixels. */
export interface Layout {
  readonly width: number
  /** More than the width: the page scrolls sideways. */
  readonly scrollWidth: number
  /** Elements that reach beyond either side. */
  readonly beyond: readonly string[]
  readonly images: number
  /** Images that were not decoded. */
  readonly broken: number
  /** The smallest and the largest lettering of its charts, as it is drawn. */
  readonly lettering: readonly [least: number, most: number]
  /** Lengths of the bars that stand below each other in the table of classes. */
  readonly bars: readonly number[]
  /** How many cards stand in each row of the headline. */
  readonly cards: readonly number[]
  /** Text and its colour against the page, as a browser computes them. */
  readonly ink: string
  readonly paper: string
}

/**
 * Lays a page out at several widths in one headless browser: frames of those widths hold a copy that measures itself and
 * tells the page around it. The copy has no policy, which forbids scripts; `print`: with the rules for paper.
 */
export async function layouts(
  chromium: string,
  html: string,
  widths: readonly number[],
  { print = false, dark = false }: { print?: boolean; dark?: boolean } = {},
): Promise<Layout[]> {
  const copy = html
    .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '')
    .replaceAll(print ? '@media print' : '@media screen', '@media all')
    .replaceAll(print ? '@media screen' : '@media print', '@media not all')
    .replace('</body>', `<script>(${measure})()</script></body>`)
  const frames = widths.map(width => `<iframe src="copy.html" style="width:${width}px;height:900px;border:0"></iframe>`)
  const collect = `<script>
    const got = []
    addEventListener('message', e => { got.push(e.data); document.querySelector('pre').textContent = JSON.stringify(got) })
  </script>`
  const folder = await folderOf({ 'copy.html': copy })
  await writeFile(
    join(folder, 'all.html'),
    `<!doctype html><meta charset="utf-8"><pre></pre>${collect}${frames.join('')}`,
  )
  // Virtual time may run out before a busy machine has laid all frames out.
  for (let attempt = 0; attempt < 5; attempt++) {
    const { stdout } = await promisify(execFile)(
      chromium,
      [
        ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars'],
        ...(dark ? ['--blink-settings=preferredColorScheme=0'] : []),
        `--user-data-dir=${join(folder, 'profile')}`,
        '--virtual-time-budget=20000',
        '--dump-dom',
        pathToFileURL(join(folder, 'all.html')).href,
      ],
      { maxBuffer: 64e6 },
    )
    const json = /<pre>(.+?)<\/pre>/s.exec(stdout)?.[1] ?? '[]'
    const found: Layout[] = JSON.parse(json.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'))
    if (found.length === widths.length) return found.sort((a, b) => a.width - b.width)
  }
  throw new Error(`${chromium} did not lay the page out at ${widths.join(', ')} pixels`)
}

/** Runs in the page; as text, so that nothing of the test comes with it. */
const measure = `async () => {
  const images = [...document.images]
  await Promise.all(images.map(image => image.decode().catch(() => {})))
  for (const details of document.querySelectorAll('details')) details.open = true
  const width = document.documentElement.clientWidth
  const unseen = e => e.closest('thead') !== null && getComputedStyle(e.closest('thead')).position === 'absolute'
  const beyond = [...document.body.querySelectorAll('*')].filter(e => {
    const { left, right } = e.getBoundingClientRect()
    return (right > width + 1 || left < -1) && right > left && !unseen(e)
  })
  const sizes = [...document.querySelectorAll('figure svg text')].map(
    e => parseFloat(getComputedStyle(e).fontSize) * e.ownerSVGElement.getScreenCTM().a)
  const lengths = [...document.querySelectorAll('.figures .bar')].map(e => Math.round(e.getBoundingClientRect().width))
  const rows = Map.groupBy(document.querySelectorAll('.cards > *'), e => e.getBoundingClientRect().top)
  const { color, backgroundColor } = getComputedStyle(document.body)
  parent.postMessage({
    width,
    scrollWidth: document.documentElement.scrollWidth,
    beyond: beyond.slice(0, 5).map(e => e.outerHTML.slice(0, 160)),
    images: images.length,
    broken: images.filter(image => image.naturalWidth === 0).length,
    lettering: [Math.min(...sizes), Math.max(...sizes)],
    bars: [...new Set(lengths)],
    cards: [...rows.values()].map(row => row.length),
    ink: color,
    paper: backgroundColor,
  }, '*')
}`
