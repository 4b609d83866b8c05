import type { OnnxAttribute } from '../onnx/schema.ts'
import type { Json } from './json.ts'

/**
 * The settings of a layer as attributes: numbers, truth as 0 or 1, texts, and lists of numbers, those of lists one after
 * the other and null as −1 (an axis of any length). What else there is tells how a layer is trained, and is left out;
 * an object with a class is named by it.
 */
export const layerAttributes = (config: Json): ReadonlyMap<string, OnnxAttribute> =>
  new Map(
    Object.entries(config).flatMap(([name, value]) => {
      const attribute = attributeOf(value)
      return attribute ? [[name, attribute] as const] : []
    }),
  )

function attributeOf(value: unknown): OnnxAttribute | undefined {
  if (typeof value === 'boolean') return { kind: 'int', value: Number(value) }
  if (typeof value === 'number') return { kind: Number.isInteger(value) ? 'int' : 'float', value }
  if (typeof value === 'string') return { kind: 'string', value }
  if (Array.isArray(value)) return listOf(value.flat(2).map(item => item ?? -1))
  const named = (value as Json | null)?.class_name
  return typeof named === 'string' ? { kind: 'string', value: named } : undefined
}

function listOf(values: readonly unknown[]): OnnxAttribute | undefined {
  const numbers = values.filter(value => typeof value === 'number')
  if (numbers.length < values.length) return undefined
  return { kind: numbers.every(Number.isInteger) ? 'ints' : 'floats', value: numbers }
}
