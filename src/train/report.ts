import { writeFileAtomic } from '../io/write-file.ts'
import { trainingHtml } from '../report/training.ts'
import type { Epoch } from './trainer.ts'

/** What a training came to: the .json beside the file. */
export interface TrainingReport {
  readonly schema: 1
  /** The .onnx file's name, and its sha256. */
  readonly file: string
  readonly sha256: string
  readonly command: string
  readonly version: string
  readonly date: string
  readonly seconds: number
  readonly threads: number
  readonly parameters: number
  readonly pictures: { readonly trained: number; readonly measured: number }
  readonly history: readonly Epoch[]
  readonly plan: Readonly<Record<string, unknown>>
}

/** Writes it beside the .onnx file, for programs and for people. */
export async function writeTrainingReport(out: string, report: TrainingReport): Promise<void> {
  const stem = out.replace(/\.onnx$/i, '')
  await writeFileAtomic(`${stem}.json`, `${JSON.stringify(report, null, 2)}\n`, '-o')
  await writeFileAtomic(`${stem}.html`, trainingHtml(report), '-o')
}
