import { AdvxError } from '../../errors.ts'
import { nodeTitle, quote } from '../../formats/onnx/quote.ts'
import type { OnnxAttribute, OnnxFunction, OnnxGraph, OnnxNode } from '../../formats/onnx/schema.ts'
import { captured, reads } from '../../formats/onnx/scope.ts'
import { Call, type Setting } from './call.ts'
import { checkCall, functionOf } from './functions.ts'
import { OPERATORS, operatorName } from './operators.ts'
import { asNumbers, fromFile, isTensor, type Value } from './value.ts'

/** Nodes with the names that they read and write: a graph of the file, or the body of a function. */
export interface Body {
  readonly nodes: readonly OnnxNode[]
  readonly initializers: OnnxGraph['initializers']
  readonly inputs: readonly { readonly name: string }[]
  /** The values that are asked for. */
  readonly outputs: readonly string[]
}

/** What holds for all graphs of the model, and within one function. */
export interface Frame {
  readonly setting: Setting
  readonly functions: ReadonlyMap<string, OnnxFunction>
  /** Values that depend on the picture. */
  readonly live: Set<Value>
  /** Values whose size was counted. */
  readonly counted: Set<Value>
  readonly opsets: ReadonlyMap<string, number>
  /** The attributes of the node that calls the function. */
  readonly attributes: ReadonlyMap<string, OnnxAttribute>
  /** The functions that lead here, the outermost first. */
  readonly calls: readonly OnnxFunction[]
}

/**
 * The values of one body by name, each computed when it is first asked for. A branch of an If reads the values around
 * it too; a function reads its own alone. Whatever goes wrong in a node is told with the node.
 */
export class Scope {
  readonly #body: Body
  readonly #frame: Frame
  readonly #outer: Scope | null
  readonly #values: Map<string, Value | undefined>
  readonly #makers: ReadonlyMap<string, number>
  readonly #wanted: ReadonlySet<string>
  readonly #ran = new Set<number>()

  /** `given`: the values of inputs; undefined is an optional one that is absent. */
  constructor(body: Body, given: ReadonlyMap<string, Value | undefined>, frame: Frame, outer: Scope | null = null) {
    this.#body = body
    this.#frame = frame
    this.#outer = outer
    this.#values = new Map(given)
    this.#makers = new Map(body.nodes.flatMap(({ outputs }, i) => outputs.map(name => [name, i] as const)))
    this.#wanted = new Set([...body.nodes.flatMap(reads), ...body.outputs])
  }

  /** The value of a name; undefined where it is an absent input. */
  value(name: string): Value | undefined {
    if (this.#values.has(name)) return this.#values.get(name)
    const maker = this.#makers.get(name)
    if (maker === undefined) this.#values.set(name, this.#source(name))
    else if (!this.#ran.has(maker)) this.#compute(maker)
    if (!this.#values.has(name)) {
      const title = nodeTitle(this.#body.nodes[maker!], maker!)
      throw new AdvxError('model', `Nothing computes ${quote(name)}: advx does not know this output of ${title}.`)
    }
    return this.#values.get(name)
  }

  results(): (Value | undefined)[] {
    return this.#body.outputs.map(name => this.value(name))
  }

  /** Where no node of this body makes a value. */
  #source(name: string): Value | undefined {
    const weight = this.#body.initializers.get(name)
    if (weight) {
      this.#frame.setting.budget.constant([weight.data.length])
      return fromFile(weight)
    }
    if (this.#outer) return this.#outer.value(name)
    const second = this.#body.inputs.some(input => input.name === name)
    const hint = second ? ', a second input of the model: export it with pictures as the only one' : ''
    throw new AdvxError('model', `Nothing computes ${quote(name)}${hint}.`)
  }

  /** Runs a node after all that it needs: on a stack of its own, as chains of nodes may be longer than the call stack. */
  #compute(node: number): void {
    const stack = [node]
    while (stack.length > 0) {
      const i = stack[stack.length - 1]
      const missing = this.#ran.has(i) ? [] : this.#missing(this.#body.nodes[i])
      for (const before of missing.reverse()) stack.push(before)
      if (missing.length > 0) continue
      stack.pop()
      if (this.#ran.has(i)) continue
      this.#ran.add(i)
      this.#run(this.#body.nodes[i], i)
    }
  }

  /** The nodes that have to run before one: those of its inputs, then those of the branch that it takes. */
  #missing(node: OnnxNode): number[] {
    const makers = (names: Iterable<string>): number[] =>
      [...names].flatMap(name => this.#makers.get(name) ?? []).filter(i => !this.#ran.has(i))
    const direct = makers(node.inputs)
    return direct.length > 0 ? direct : makers(this.#branches(node).flatMap(graph => [...captured(graph)]))
  }

  #branches({ domain, type, inputs, attributes }: OnnxNode): OnnxGraph[] {
    if (domain !== '' || type !== 'If') return []
    const condition = this.#values.get(inputs[0])
    const truth = condition && asNumbers(condition)?.data[0]
    const branch = attributes.get(truth ? 'then_branch' : 'else_branch')
    return truth !== undefined && branch?.kind === 'graph' ? [branch.value] : []
  }

  #run(node: OnnxNode, i: number): void {
    const { setting, opsets, live, counted } = this.#frame
    const opset = opsets.get(node.domain) ?? 0
    setting.budget.node()
    const inputs = within(node, i, opset, () => node.inputs.map(name => (name === '' ? undefined : this.value(name))))
    const own = { ...node, attributes: bound(node.attributes, this.#frame.attributes) }
    const fed = inputs.some(value => value !== undefined && live.has(value))
    const made = functionOf(this.#frame.functions, node)
    const results = made ? this.#call(made, own, i, inputs) : this.#operate(own, i, opset, inputs, fed)
    for (const [k, value] of results.entries()) {
      if (value && !counted.has(value)) {
        if (isTensor(value)) within(node, i, opset, () => setting.budget[fed ? 'activation' : 'constant'](value.shape))
        if (fed) live.add(value)
        counted.add(value)
      }
      if (value && node.outputs[k]) this.#values.set(node.outputs[k], value)
    }
  }

  #operate(
    node: OnnxNode,
    i: number,
    opset: number,
    inputs: readonly (Value | undefined)[],
    live: boolean,
  ): readonly (Value | undefined)[] {
    const { setting } = this.#frame
    const operator = OPERATORS.get(operatorName(node))
    if (!operator) throw unknown(node, i, opset)
    const graph = (graph: OnnxGraph): (Value | undefined)[] =>
      new Scope({ ...graph, outputs: graph.outputs.map(({ name }) => name) }, new Map(), this.#frame, this).results()
    const results = within(node, i, opset, () =>
      [operator(new Call(node, inputs, { opset, setting, live, graph }))].flat(),
    )
    const known = (values: readonly (Value | undefined)[]): Value[] => values.filter(value => value !== undefined)
    setting.observe?.(operatorName(node), known(inputs), known(results))
    return results
  }

  /** The body of a function in the place of a node that calls it, as far as its results are wanted. */
  #call(
    made: OnnxFunction,
    node: OnnxNode,
    i: number,
    inputs: readonly (Value | undefined)[],
  ): readonly (Value | undefined)[] {
    const title = `function ${quote(operatorName(node))} of ${nodeTitle(node, i)}`
    return told(`In the ${title}: `, () => {
      checkCall(made, node, this.#frame.calls)
      const frame = {
        ...this.#frame,
        opsets: new Map([...this.#frame.opsets, ...made.opsets]),
        attributes: new Map([...made.defaults, ...node.attributes]),
        calls: [...this.#frame.calls, made],
      }
      const given = new Map(made.inputs.map((name, k) => [name, inputs[k]]))
      const outputs = made.outputs.map((name, k) => (this.#wanted.has(node.outputs[k]) ? name : ''))
      const body = { nodes: made.nodes, initializers: new Map(), inputs: [], outputs: outputs.filter(Boolean) }
      const inner = new Scope(body, given, frame)
      return outputs.map(name => (name ? inner.value(name) : undefined))
    })
  }
}

/** Attributes with what the caller of the function says for those that refer to it. */
function bound(
  attributes: OnnxNode['attributes'],
  caller: ReadonlyMap<string, OnnxAttribute>,
): ReadonlyMap<string, OnnxAttribute> {
  const entries = Array.from(attributes, ([name, attribute]) => {
    const value = attribute.kind === 'reference' ? caller.get(attribute.value) : attribute
    return value ? ([[name, value]] as const) : []
  })
  return new Map(entries.flat())
}

const within = <T>(node: OnnxNode, i: number, opset: number, work: () => T): T =>
  told(`The ${nodeTitle(node, i)}${opset > 0 ? ` of opset ${opset}` : ''} cannot be read. `, work)

/** Errors with where they happened. */
function told<T>(place: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof AdvxError)) throw error
    throw new AdvxError('model', `${place}${error.message}`, { cause: error })
  }
}

/** Sets that ONNX Runtime makes up while it loads a file, for the machine it runs on. */
const LAYOUTS = new Set(['com.microsoft.nchwc', 'com.ms.internal.nhwc'])

function unknown(node: OnnxNode, i: number, opset: number): AdvxError {
  if (LAYOUTS.has(node.domain))
    return new AdvxError(
      'model',
      `The ${nodeTitle(node, i)} is from ${quote(node.domain)}: ONNX Runtime laid the file out for one machine. Use the file from before, or save it at the level 'extended' or lower.`,
    )
  const set = node.domain === '' ? 'ai.onnx' : node.domain
  const prefix = node.domain === '' ? '' : `${node.domain}.`
  const known = [...OPERATORS.keys()]
    .filter(name => (prefix ? name.startsWith(prefix) : !name.includes('.')))
    .map(name => name.slice(prefix.length))
    .sort()
    .join(', ')
  return new AdvxError(
    'model',
    `The operator of ${nodeTitle(node, i)} from ${quote(set)}${opset > 0 ? `, opset ${opset},` : ''} is not known. Known are: ${known || 'none of this set'}.`,
  )
}
