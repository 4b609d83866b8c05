import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Prepared } from '../../src/engine/prepare.ts'
import { writeReports } from '../../src/engine/reports.ts'
import { stripsOf } from '../../src/engine/strips.ts'
import { encodePng } from '../../src/io/png.ts'
import { folderOf } from '../io/folder.ts'
import { sampleLine, sampleReport } from '../report/sample.ts'

const SIDE = 224
const FILES = 10

/** Noise in every value: no picture compresses worse. */
async function noise(seed: number): Promise<Uint8Array> {
  let state = seed + 1
  const levels = Uint8Array.from(
    { length: 3 * SIDE * SIDE },
    () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 24,
  )
  return encodePng({ width: SIDE, height: SIDE, channels: 3, levels })
}

const prepared = (images: readonly string[]): Pick<Prepared, 'items' | 'classifier'> =>
  ({
    items: images.map((name, i) => ({ source: { name }, output: `${i % FILES}.png` })),
    classifier: { input: { channels: 3 }, classes: sampleReport().model.classNames },
  }) as unknown as Prepared

test('10,000 pictures of the worst kind, broken by two attacks, give a report below 20 MB', async () => {
  const out = await folderOf()
  for (const folder of ['clean', 'pgd', 'bim']) await mkdir(join(out, folder))
  for (let i = 0; i < FILES; i++)
    for (const folder of ['clean', 'pgd', 'bim']) await writeFile(join(out, folder, `${i}.png`), await noise(i))
  const images = Array.from({ length: 10_000 }, (_, i) => `${'long/'.repeat(40)}${i}.png`)
  const lines = ['pgd', 'bim'].flatMap(attack =>
    images.map((image, i) =>
      i % 3 === 0
        ? sampleLine({ image, attack, outcome: 'robust', adversarial: null, distance: null, file: null })
        : sampleLine({ image, attack, file: `${attack}/${i % FILES}.png` }),
    ),
  )
  await writeReports(out, sampleReport(), lines, prepared(images), stripsOf(out, lines.length, 3))
  const html = await readFile(join(out, 'report.html'), 'utf8')
  expect(html.match(/<img /g)).toHaveLength(200)
  expect(html.match(/<div class="strip three"><img/g)).toHaveLength(150)
  expect(Buffer.byteLength(html)).toBeLessThan(20e6)
  expect((await readFile(join(out, 'report.csv'), 'utf8')).split('\r\n')).toHaveLength(20_002)
  expect((await stat(join(out, 'report.md'))).size).toBeLessThan(10_000)
})

test('a picture that was deleted meanwhile leaves a gap, not an error', async () => {
  const out = await folderOf({
    'clean/0.png': await noise(0),
    'pgd/0.png': 'no picture',
    'clean/1.png': await noise(1),
  })
  const lines = ['0.png', '1.png', '2.png'].map((image, i) => sampleLine({ image, file: `pgd/${i}.png` }))
  await writeReports(out, sampleReport(), lines, prepared(['0.png', '1.png', '2.png']), stripsOf(out, 3, 3))
  const html = await readFile(join(out, 'report.html'), 'utf8')
  expect(html.match(/its files cannot be read any more/g)).toHaveLength(3)
  expect(html).not.toContain('<img')
})
