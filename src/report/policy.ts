/** What a browser shall not do for a page of ours even if it were told to: fetch, run, frame, send. A second wall behind `escapeHtml`. */
export const POLICY =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
