import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { machineOf } from '../../src/exec/machine.ts'
import { cpu } from '../../src/exec/ort/cpu.ts'
import { readCheckpoint } from '../../src/train/checkpoint.ts'
import { schedule } from '../../src/train/schedule.ts'
import { type TrainEvent, type Trained, type Training, train } from '../../src/train/trainer.ts'
import { training } from './sample.ts'

const executor = cpu()
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'advx-train-'))
})
afterAll(async () => {
  await executor.close()
  await rm(folder, { recursive: true })
})

async function run(job: Training, on?: (event: TrainEvent) => void, signal?: AbortSignal): Promise<Trained> {
  const machine = machineOf(executor)
  try {
    return await train(job, executor, machine, on, signal)
  } finally {
    await machine.close()
  }
}

const bits = ({ weights }: Trained): Record<string, number[]> =>
  Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, [...new Uint32Array(values.buffer)]]))

test('a few epochs tell bars apart, also those that were not trained on', async () => {
  const events: TrainEvent[] = []
  const { history } = await run(training({ epochs: 30, average: 0 }), event => events.push(event))
  expect(history.map(e => e.epoch)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
  expect(history[29].loss).toBeLessThan(history[0].loss)
  expect(history[29].validation!.accuracy).toBe(1)
  expect(events.filter(e => e.type === 'step').length).toBe(30 * 2)
})

describe('a training that was stopped and goes on', () => {
  // Two steps an epoch: in the middle of one, and between two.
  test.each([1, 2, 3])('after step %i ends with the same bits', async steps => {
    const [whole, parted] = [join(folder, `whole${steps}`), join(folder, `parted${steps}`)]
    const uninterrupted = await run(training({}, { checkpoint: { path: whole, resume: false } }))
    const controller = new AbortController()
    const stop = (event: TrainEvent): void => {
      if (event.type === 'step' && event.step === steps) controller.abort()
    }
    const stopped = run(training({}, { checkpoint: { path: parted, resume: false } }), stop, controller.signal)
    await expect(stopped).rejects.toMatchObject({ name: 'Interrupted' })
    expect((await readCheckpoint(parted)).step).toBe(steps)
    const resumed = await run(training({}, { checkpoint: { path: parted, resume: true } }))
    expect(bits(resumed)).toEqual(bits(uninterrupted))
    expect(resumed.history).toEqual(uninterrupted.history)
  })

  test('asks for the same options', async () => {
    const path = join(folder, 'plan')
    await run(training({ epochs: 1 }, { checkpoint: { path, resume: false } }))
    const other = run(training({ epochs: 1 }, { checkpoint: { path, resume: true }, plan: { seed: 2 } }))
    await expect(other).rejects.toThrow("had 'seed' 1, this one has 2")
  })
})

test('another number of threads gives the same bits', async () => {
  const [one, two] = [await run(training({ epochs: 1 })), await run(training({ epochs: 1 }, { threads: 2 }))]
  expect(bits(two)).toEqual(bits(one))
})

test('another seed gives other weights', async () => {
  const [one, other] = [await run(training({ epochs: 1 })), await run(training({ epochs: 1, seed: 2 }))]
  expect(bits(other)).not.toEqual(bits(one))
})

test('a loss that is no number stops it, and what was kept stays', async () => {
  const path = join(folder, 'diverged')
  const settings = { epochs: 3, clip: Infinity, schedule: schedule('constant', { rate: 1e30, momentum: 0, warmUp: 0 }) }
  const diverging = run(training(settings, { checkpoint: { path, resume: false } }))
  await expect(diverging).rejects.toThrow(/no finite number any more at step \d of epoch \d.*Try a tenth of --lr/)
  const { step, state } = await readCheckpoint(path)
  expect(step % 2).toBe(0)
  for (const values of Object.values(state)) expect(values.every(Number.isFinite)).toBe(true)
})
