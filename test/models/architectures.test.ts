import { describe, expect, test } from '@jest/globals'
import { networkOf } from '../../src/models/architectures/architecture.ts'
import { ARCHITECTURES, architectureNamed } from '../../src/models/architectures/registry.ts'
import { size } from '../../src/shape.ts'

const parameters = (name: string, channels: 1 | 3, side: number, classes: number): number =>
  networkOf(ARCHITECTURES[name], { channels, height: side, width: side }, classes, 0).weights.reduce(
    (total, { tensor }) => total + size(tensor.shape),
    0,
  )

describe('parameters', () => {
  // Those of torchvision; its VGGs have biases of convolutions besides, which the normalisation behind them cancels.
  test.each([
    ['resnet18', 224, 11_689_512],
    ['resnet34', 224, 21_797_672],
    ['resnet50', 224, 25_557_032],
    ['mobilenetv2', 224, 3_504_872],
    ['inception-v3', 299, 27_161_264],
    ['vgg11', 224, 132_868_840 - 2752],
    ['vgg16', 224, 138_365_992 - 4224],
  ])('%s', (name, size, count) => expect(parameters(name, 3, size, 1000)).toBe(count))

  // Those of fixtures/scripts.
  test.each([
    ['resnet', 174_970],
    ['mobilenet', 40_378],
    ['inception', 85_194],
  ])('%s', (name, count) => expect(parameters(name, 1, 28, 10)).toBe(count))
})

test('weights begin as the seed and their name say', () => {
  const start = (seed: number) =>
    networkOf(ARCHITECTURES.resnet, { channels: 1, height: 28, width: 28 }, 10, seed).weights.map(w => w.start)
  expect(start(1)).toEqual(start(1))
  expect(start(2)[0]).not.toEqual(start(1)[0])
  const names = networkOf(ARCHITECTURES['inception-v3'], { channels: 3, height: 299, width: 299 }, 10, 0).weights.map(
    w => w.name,
  )
  expect(new Set(names).size).toBe(names.length)
})

test('a convolution begins with the deviation of He et al.', () => {
  const { weights } = networkOf(ARCHITECTURES.resnet18, { channels: 3, height: 224, width: 224 }, 10, 0)
  const { start, tensor } = weights.find(w => w.name === 'stage4.block2.conv2.weight')!
  const deviation = Math.sqrt(start.reduce((sum, v) => sum + v * v, 0) / start.length)
  expect(deviation).toBeCloseTo(Math.sqrt(2 / (tensor.shape[0] * 9)), 4)
})

test('a name that there is not', () => {
  expect(() => architectureNamed('resnet19')).toThrow(/one of resnet, resnet18.*Did you mean 'resnet18'/)
})
