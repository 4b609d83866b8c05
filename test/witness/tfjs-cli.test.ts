import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { Line, Report } from '../../src/engine/options.ts'
import { isInstalled, kindOf } from '../../src/exec/tfjs/kinds.ts'
import { decodePicture } from '../../src/io/decode.ts'
import { advx, images } from '../cli/process.ts'
import { folderOf } from '../io/folder.ts'
import { describeWith, shared } from '../support/shared-data.ts'

// The models of ../shared/data/tfjs attacked from the command line.

const PHOTO = 'images/foolbox/imagenet_00_243.jpg'
const COAT = join(images, 'coat')

/** Preprocessing and pictures of each. */
const MODELS: Readonly<Record<string, readonly [preprocess: string, pictures: string]>> = {
  'mobilenet_v1_0.25_224-layers': ['inception', shared(PHOTO)],
  'mobilenet_v1_0.25_224-graph': ['unit', shared(PHOTO)],
  'nsfwjs-mobilenet_v2-uint8': ['unit', shared(PHOTO)],
  'emotion-graph': ['unit', COAT],
  doodlenet: ['unit', COAT],
  'teachablemachine-2class': ['inception', shared(PHOTO)],
  'teachablemachine-tiny-96gray': ['inception', COAT],
}
const PATIENCE = 300_000
const native = kindOf('tfjs-node')
const devices = ['cpu', 'tfjs-wasm', ...(isInstalled(native) ? [native.device] : [])]
if (!isInstalled(native)) console.log(`Skipped: ${native.device} is not installed.`)

/** Attacks, labels from the model; gives the report, and where the results lie. */
async function attack(name: string, attacks: string, ...more: readonly string[]): Promise<[Report, string]> {
  const [preprocess, pictures] = MODELS[name]
  const out = join(await folderOf(), 'out')
  const model = shared(`tfjs/${name}`)
  const options = ['-m', model, '--preprocess', preprocess, '-a', attacks, '--label-from', 'prediction', '-o', out]
  const { code, stdout, stderr } = await advx(['attack', pictures, ...options, '--json', ...more])
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('Error') })
  return [JSON.parse(stdout), out]
}

for (const name of Object.keys(MODELS))
  describeWith(`tfjs/${name}`, PHOTO)(name, () => {
    test(
      'with pgd and deepfool',
      async () => {
        const [report, out] = await attack(name, 'pgd,deepfool', '--limit', '4')
        expect(report.attacks.map(one => [one.name, one.success!.value])).toEqual([
          ['pgd', 1],
          ['deepfool', expect.any(Number)],
        ])
        expect(report.attacks[1].success!.value).toBeGreaterThan(0)
        if (name === 'doodlenet')
          expect(report.model.notes.join()).toContain('1 layer names an input shape that is not the one it gets')
        expect((await advx(['verify', out])).code).toBe(0)
      },
      PATIENCE,
    )
  })

describeWith('tfjs/teachablemachine-tiny-96gray')('on every device', () => {
  test.each(devices)(
    '%s',
    async device => {
      const [report, out] = await attack('teachablemachine-tiny-96gray', 'pgd,deepfool', '--limit', '1', '-d', device)
      expect(report.attacks.map(({ success }) => success!.value)).toEqual([1, 1])
      expect((await advx(['verify', out, '-d', 'cpu'])).code).toBe(0)
    },
    PATIENCE,
  )
})

const describeNative = isInstalled(native) ? describeWith('tfjs/nsfwjs-mobilenet_v2-uint8', PHOTO) : describe.skip
describeNative('tfjs-node beside ONNX Runtime', () => {
  test(
    'a step of PGD gives the same picture, but where the gradient is 0 up to rounding',
    async () => {
      const values = await Promise.all(
        ['cpu', 'tfjs-node'].map(async device => {
          const [, out] = await attack('nsfwjs-mobilenet_v2-uint8', 'pgd', '--steps', '1', '-d', device)
          const [line] = (await readFile(join(out, 'results.jsonl'), 'utf8')).trimEnd().split('\n')
          const { outcome, file }: Line = JSON.parse(line)
          expect(outcome).toBe('adversarial')
          return (await decodePicture(join(out, file!), 3)).levels
        }),
      )
      const differing = values[0].filter((v, i) => v !== values[1][i]).length
      expect(differing / values[0].length).toBeLessThan(1e-3)
    },
    PATIENCE,
  )
})
