import { AdvxError, expected } from '../../../errors.ts'
import type { Call } from '../call.ts'
import { demandPair, type Layout, paddingNamed, type Walk } from '../channels-last.ts'

// The settings of a layer, as Keras spells them. What is null or absent has Keras' default.

/** A number, whole or not. */
export function numberOf(call: Call, name: string, absent: number): number {
  const attribute = call.node.attributes.get(name)
  if (!attribute) return absent
  if (attribute.kind === 'int' || attribute.kind === 'float') return attribute.value
  throw expected('model', 'a number', `its setting '${name}'`, attribute.value)
}

export const flagOf = (call: Call, name: string, absent: boolean): boolean => call.int(name, Number(absent)) !== 0

/** Whole numbers; one alone is a list of one. */
export function wholeOf(call: Call, name: string, absent: readonly number[]): readonly number[] {
  const attribute = call.node.attributes.get(name)
  if (!attribute) return absent
  if (attribute.kind === 'int') return [attribute.value]
  if (attribute.kind === 'ints') return attribute.value
  throw expected('model', 'whole numbers', `its setting '${name}'`, String(attribute.value))
}

/** For height and width; one number is for both. */
export function pairOf(call: Call, name: string, absent: readonly number[]): readonly [number, number] {
  const values = wholeOf(call, name, absent)
  return demandPair(values.length === 1 ? [values[0], values[0]] : values, `its setting '${name}'`)
}

export function layoutOf(call: Call): Layout {
  const format = call.text('data_format', 'channels_last')
  if (format === 'channels_last') return 'last'
  if (format === 'channels_first') return 'first'
  throw new AdvxError('model', `Its data_format '${format}' is not known.`)
}

export const walkOf = (call: Call, strides: readonly [number, number] = pairOf(call, 'strides', [1, 1])): Walk => ({
  strides,
  dilations: pairOf(call, 'dilation_rate', [1, 1]),
  padding: paddingNamed(call.text('padding', 'valid')),
  layout: layoutOf(call),
})

/** Top, bottom, left, right: as four numbers, as two for both sides of each axis, or as one for all. */
export function sidesOf(call: Call, name: string): readonly [number, number, number, number] {
  const values = wholeOf(call, name, [1])
  const [a, b = a] = values
  const sides = values.length === 4 ? values : [a, a, b, b]
  if (![1, 2, 4].includes(values.length) || !sides.every(v => Number.isInteger(v) && v >= 0 && v <= 4096))
    throw expected('model', 'one, two or four numbers from 0 to 4096', `its setting '${name}'`, values)
  return [sides[0], sides[1], sides[2], sides[3]]
}
