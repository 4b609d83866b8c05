import { floats, node, type Small } from './small-model.ts'

/** A model whose figures ONNX Runtime's shall be: nodes from x to y, and what else it has. */
export type Case = readonly [name: string, small: Small]

/** One operator, whatever it gives flattened to scores; Neg keeps a Softmax from being the end. */
export const one = (
  type: string,
  attributes: Parameters<typeof node>[2] = {},
  rest: Partial<Small> & { readonly extra?: readonly string[] } = {},
  more = '',
): Case => {
  const { extra = [], ...small } = rest
  const name = `${type}${small.opset ? ` of opset ${small.opset}` : ''} ${JSON.stringify(attributes)}${more}`
  const flow = ['x', ...extra].join(', ')
  return [
    name,
    {
      ...small,
      nodes: [node(type, `${flow} -> z`, attributes), node('Flatten', 'z -> flat'), node('Neg', 'flat -> y')],
    },
  ]
}

export const f = (float: number | readonly number[]) => ({ float })

const above = (bound: number, type: string): Case => [
  `${type} of values above ${bound}`,
  {
    nodes: [node('Abs', 'x -> a'), node('Add', 'a, c -> p'), node(type, 'p -> z'), node('Flatten', 'z -> y')],
    weights: { c: floats([], [bound + 0.1]) },
  },
]

/** What fits where x has only values above 0, or above 1. */
export const positive = (type: string): Case => above(0, type)
export const above1 = (type: string): Case => above(1, type)
