import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Adds report.md to the summary of a job of GitHub Actions, where the environment names its file
 * (https://docs.github.com/actions, "Adding a job summary").
 * @returns why it could not be added; a run does not fail by that. Null: it was, or nobody asked for it.
 */
export async function addStepSummary(out: string, file: string | undefined): Promise<string | null> {
  if (!file) return null
  try {
    await appendFile(file, `${await readFile(join(out, 'report.md'), 'utf8')}\n`)
    return null
  } catch (cause) {
    return `report.md could not be added to the job's summary ($GITHUB_STEP_SUMMARY): ${(cause as Error).message}`
  }
}
