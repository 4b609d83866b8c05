import type { Line } from '../../src/engine/options.ts'
import { sampleLine } from '../report/sample.ts'

/** A line of a picture that was broken at so many levels of L∞; null: that held. */
export const brokenAt = (image: string, levels: number | null, change: Partial<Line> = {}): Line =>
  levels === null
    ? sampleLine({ image, outcome: 'robust', adversarial: null, distance: null, file: null, ...change })
    : sampleLine({
        image,
        distance: { linf: levels / 255, l2: levels / 10, l1: levels, l0: levels },
        file: `pgd/${image}`,
        ...change,
      })

export const misclassified = (image: string, change: Partial<Line> = {}): Line =>
  brokenAt(image, null, { outcome: 'misclassified', clean: { class: 1, confidence: 0.6 }, ...change })
