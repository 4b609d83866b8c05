import type { Report } from '../engine/options.ts'

type Recipe = Report['model']['preprocessing']

/** `(255x - [104, 117, 123]) / 1, BGR` with x in 0..1, leaving out what does nothing. */
export function formula({ scale, mean, std, order }: Pick<Recipe, 'scale' | 'mean' | 'std' | 'order'>): string {
  const list = (values: readonly number[]): string =>
    values.length === 1 ? String(values[0]) : `[${values.join(', ')}]`
  let text = scale === 1 ? 'x' : `${Number(scale.toPrecision(8))}x`
  if (mean?.some(v => v !== 0)) text = `(${text} - ${list(mean)})`
  if (std?.some(v => v !== 1)) text = `${text} / ${list(std)}`
  return `${text}${order === 'bgr' ? ', channels as BGR' : ''}, x in 0..1`
}

/** "shorter edge to 256 (bilinear), then the centre, 224 × 224"; null where a picture stays as it is. */
export function fitting({ resize, crop, resample }: Recipe['geometry']): string | null {
  const steps = [
    resize && `${resize.kind === 'exact' ? size(resize) : `shorter edge to ${resize.edge}`} (${resample})`,
    crop && `the centre, ${size(crop)}`,
  ].filter(step => step !== null)
  return steps.length > 0 ? steps.join(', then ') : null
}

/** Width first, as people say it. */
const size = ({ height, width }: { readonly height: number; readonly width: number }): string => `${width} × ${height}`
