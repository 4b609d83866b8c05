const BREAKS = /[\t-\r\x85\u2028\u2029]+/g
// What is not seen but changes what is: controls, turns of direction, zero-width and filler characters, tags. Joiners
// and variation selectors stay: scripts and emoji are written with them.
const UNSEEN = /(?!\u200c|\u200d|[\ufe00-\ufe0f])[\p{Cc}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/gu
const LONE_SURROGATES = /\p{Surrogate}/gu
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * Text in one line, as much of it as is seen: control, bidirectional and invisible characters go, line breaks and tabs
 * become a space, half a surrogate pair becomes U+FFFD.
 */
export const visible = (text: string): string =>
  text.replace(BREAKS, ' ').replace(UNSEEN, '').replace(LONE_SURROGATES, '\ufffd')

/** Any text, its visible part, safe as the content of an element and inside a quoted attribute. */
export const escapeHtml = (text: string): string => visible(text).replace(/[&<>"']/g, c => ENTITIES[c])
