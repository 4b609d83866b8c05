import { readFile, stat } from 'node:fs/promises'
import { type AdvxError, expected } from '../../errors.ts'
import { locator } from '../folder.ts'
import { ofFile } from '../of-file.ts'
import type { OnnxModel } from '../onnx/schema.ts'
import { parseGraphModel } from './graph-model.ts'
import { TENSORFLOW } from './graph-nodes.ts'
import { isObject, type Json, object, parseJson } from './json.ts'
import { KERAS, parseLayersModel } from './layers-model.ts'
import { parseManifest } from './manifest.ts'
import { exportsOf, SCRIPT } from './script.ts'
import { shards } from './shards.ts'
import { readWeights } from './weights.ts'

/** The topology of a few thousand nodes has a few megabytes. */
const MAX_FILE = 2 ** 27

/**
 * Reads a TensorFlow.js model, given by its model.json (or the script that exports it: model.min.js), and its weights
 * from the files beside it: the same plain data as
 * an ONNX file, with operators of the set `tensorflow` (a GraphModel's) or `keras` (a LayersModel's layers). Tensors are
 * as these have them: pictures channels last, kernels [h, w, in, out].
 *
 * Whatever is wrong with the files is an AdvxError with the fault `model` that begins with the path.
 */
export async function readTfjs(path: string): Promise<OnnxModel> {
  try {
    const { size } = await stat(path)
    if (size > MAX_FILE) throw expected('model', 'at most 128 MiB', 'a model.json', `${size} bytes`)
    const text = await readFile(path, 'utf8')
    const scripts = path.endsWith(SCRIPT)
    const json = scripts ? object(exportsOf(text), 'a tfjs model') : parseJson(text)
    if (!isObject(json.modelTopology)) throw noModel(json)
    const weights = await readWeights(parseManifest(json.weightsManifest), shards(locator(path), scripts))
    const topology = json.modelTopology
    const own = isObject(json.userDefinedMetadata) ? json.userDefinedMetadata : {}
    const layers = topology.node === undefined
    const signature = [own.signature, json.signature].find(isObject) ?? {}
    return {
      irVersion: 0,
      producer: producerOf(json, topology),
      opsets: new Map([[layers ? KERAS : TENSORFLOW, 0]]),
      ...(layers
        ? { graph: parseLayersModel(topology, weights), functions: [] }
        : parseGraphModel(topology, signature, weights)),
      metadata: new Map(Object.entries(own).map(([key, value]) => [key, asText(value)])),
    }
  } catch (error) {
    throw ofFile(path, error)
  }
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const producerOf = ({ generatedBy }: Json, { keras_version }: Json): string =>
  typeof generatedBy === 'string' ? generatedBy : typeof keras_version === 'string' ? `Keras ${keras_version}` : ''

function noModel(json: Json): AdvxError {
  const hint = Array.isArray(json.layers) || json.class_name ? 'It has no weights: save the model with them.' : ''
  const keys = Object.keys(json).slice(0, 8).join(', ') || 'nothing'
  return expected('model', "'modelTopology' and 'weightsManifest' of a tfjs model", 'a model.json', keys, hint)
}
