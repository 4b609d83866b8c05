import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@jest/globals'
import { runAttack } from 'advx'
import { encodePng } from '../../src/io/png.ts'
import { loadModel } from '../../src/models/load.ts'
import { cifar10, fashion, figuresOf, robustMnist } from './figures.ts'

test('x', async () => {
  for (const w of [fashion, cifar10, robustMnist]) {
    const { sha256 } = await loadModel(w.model, { preprocess: w.preprocess })
    const f = figuresOf(sha256)
    const given = await w.pictures(f)
    const dir = await mkdtemp(join(tmpdir(), 'advx-zz-'))
    const names: string[] = []
    for (const [i, p] of given.pictures.entries()) {
      const name = `${String(given.labels[i])}/${String(i).padStart(4, '0')}.png`
      names.push(name)
      await mkdir(join(dir, 'in', String(given.labels[i])), { recursive: true })
      await writeFile(join(dir, 'in', name), await encodePng(p))
    }
    const classes = join(dir, 'classes.txt')
    await writeFile(classes, Array.from({ length: 10 }, (_, i) => `${i}`).join('\n'))
    const done = new Set<string>()
    for (const a of f.attacks as any[]) {
      const alphas = a.attack === 'fgsm' ? [undefined] : a.attack === 'bim' ? [0.2] : [a.relStepsize, 0.25, 0.1]
      for (const alpha of alphas)
        for (const seed of a.attack === 'pgd' ? [0, 1, 2] : [0]) {
          const params: any = a.attack === 'fgsm' ? {} : { steps: a.steps, alpha }
          const began = performance.now()
          const out = join(dir, `out`)
          await runAttack({
            seed,
            images: [join(dir, 'in')],
            out,
            classes,
            model: w.model,
            attacks: [a.attack],
            eps: [a.eps],
            norm: a.norm,
            params,
            force: true,
            ...(w.preprocess ? { preprocess: w.preprocess } : {}),
          })
          const lines = (await readFile(join(out, 'results.jsonl'), 'utf8'))
            .trim()
            .split('\n')
            .map(l => JSON.parse(l))
          const idx = lines.filter(l => l.outcome === 'adversarial').map(l => names.indexOf(l.image))
          let diff = ''
          if (a.broken.images) {
            const A = new Set(idx),
              B = new Set(a.broken.images as number[])
            diff = `+[${idx.filter(i => !B.has(i))}] -[${(a.broken.images as number[]).filter(i => !A.has(i))}]`
          }
          console.error(
            'RES',
            w.name,
            a.attack,
            a.norm,
            (a.eps * 255).toFixed(2),
            'alpha',
            alpha,
            'seed',
            seed,
            'ours',
            idx.length,
            'theirs',
            a.broken.count ?? a.broken.median,
            'written',
            a.written.count ?? a.written.median,
            diff,
            `${((performance.now() - began) / 1000).toFixed(1)}s`,
            'grads',
            lines.reduce((s, l) => s + l.gradients, 0),
            lines.filter(l => l.outcome === 'robust' && l.beforeRounding.adversarial).length,
          )
        }
    }
    await rm(dir, { recursive: true })
  }
}, 1e6)
